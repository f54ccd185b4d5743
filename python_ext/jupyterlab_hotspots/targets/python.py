"""Which Python runs the target."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from jupyterlab_hotspots.errors import BadRequest


def find_python(words: str | None = None, folder: str | os.PathLike[str] | None = None) -> str:
    """The absolute path of an interpreter.

    It is not started to ask for its version: that would cost every run tens of milliseconds, and the agent says it
    anyway. Symbolic links stay as they are, because a virtual environment is known by the link's own place.

    Args:
        words: a path, a name on the search path such as ``python3.12``, or a folder with a virtual environment; None
            for the Python that runs this.
        folder: what a relative path is relative to; None for the working directory.

    Raises:
        BadRequest: there is no such file, or it may not be executed.
    """
    if not words:
        return os.path.abspath(sys.executable)  # noqa: PTH100  (not resolved: see above)
    if os.sep not in words and not words.startswith("~") and not os.path.isdir(Path(folder or ".") / words):  # noqa: PTH112
        found = shutil.which(words)
        if found is None:
            raise BadRequest(
                f"There is no program {words!r} on the search path.",
                hint="Give the absolute path of a Python interpreter.",
                reason="python_not_found",
            )
        return os.path.abspath(found)  # noqa: PTH100
    # `os.path` has no error for a user who is not there or a name that is too long.
    path = Path(os.path.abspath(Path(folder or ".") / os.path.expanduser(words)))  # noqa: PTH100, PTH111
    if os.path.isdir(path):  # noqa: PTH112
        path = path / "bin" / "python"
    if not os.path.isfile(path):  # noqa: PTH113
        raise BadRequest(
            f"There is no Python interpreter at {path}.",
            hint="Check the path, or leave it out to use the Python that runs Hotspots.",
            reason="python_not_found",
        )
    if not os.access(path, os.X_OK):
        raise BadRequest(f"{path} may not be executed.", hint="Choose a Python interpreter.", reason="python_not_found")
    return str(path)
