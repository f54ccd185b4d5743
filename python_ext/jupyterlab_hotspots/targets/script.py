"""A path as a target: what Python could run, and what it could not, said before anything is started."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import BadRequest, NotFound
from jupyterlab_hotspots.targets.target import Target

_START_BYTES: Final = 4096
_COMPILED_MAGIC_END: Final = b"\r\n"
"""Bytes 2 and 3 of every ``.pyc`` file (``importlib.util.MAGIC_NUMBER``)."""


def script_target(
    path: str | os.PathLike[str], args: Sequence[str] = (), folder: str | os.PathLike[str] = "."
) -> Target:
    """A script, or a folder or archive with a ``__main__.py``, to be run as ``python PATH ARGS`` would.

    Symbolic links stay as they are: a script finds its own folder by the path it was called by.

    Args:
        path: absolute, with ``~``, or relative to ``folder``.
        args: the script's own arguments.
        folder: what a relative path is relative to.

    Raises:
        NotFound: there is no such file.
        BadRequest: it is there, but Python cannot run it: a notebook, a binary file, another language.
    """
    words = os.fspath(path)
    if not words:
        raise BadRequest("No script was named.", hint="Give the path of a Python file.", reason="bad_target")
    # Not resolved, see above; and `os.path` has no error for a user who is not there or a name that is too long.
    script = Path(os.path.abspath(Path(folder) / os.path.expanduser(words)))  # noqa: PTH100, PTH111
    if os.path.isdir(script):  # noqa: PTH112
        if not (script / "__main__.py").is_file():
            raise BadRequest(
                f"{script} is a folder without a __main__.py.",
                hint="Give a Python file in it, or a package by -m and its name.",
                reason="bad_target",
            )
    elif not os.path.exists(script):  # noqa: PTH110
        raise NotFound(f"There is no file {script}.", hint=_similar(script), reason="target_not_found")
    else:
        _check_contents(script)
    return Target(kind="script", name=script.name, path=str(script), args=tuple(args))


def _check_contents(script: Path) -> None:
    if not script.is_file():
        # A pipe such as /dev/stdin or <(…) can be read once only, and the agent must be the one who does.
        raise BadRequest(f"{script} is not a regular file.", hint="Save the code in a file.", reason="bad_target")
    if script.suffix.lower() == ".ipynb":
        raise BadRequest(
            f"{script.name} is a notebook, and notebooks cannot be profiled as a whole yet.",
            hint=f"Save it as a script (jupyter nbconvert --to script {script.name}) and profile that.",
            reason="notebook_not_yet",
        )
    try:
        with script.open("rb") as file:
            start = file.read(_START_BYTES)
    except OSError as error:
        raise BadRequest(
            f"{script} cannot be read: {error.strerror}.", hint="Check its permissions.", reason="bad_target"
        ) from error
    if start.startswith(b"PK") or zipfile.is_zipfile(script):
        _check_archive(script)
    elif b"\0" in start and start[2:4] != _COMPILED_MAGIC_END:
        raise BadRequest(
            f"{script.name} is not Python: it is a binary file.", hint="Give a Python file.", reason="not_python"
        )
    elif start.startswith(b"#!") and (other := _other_language(start)):
        raise BadRequest(
            f"{script.name} is not Python: its first line asks for {other}.",
            hint="Give a Python file; Hotspots profiles Python code only.",
            reason="not_python",
        )


def _check_archive(script: Path) -> None:
    try:
        with zipfile.ZipFile(script) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise BadRequest(
            f"{script.name} is not Python: it looks like an archive that cannot be read.",
            hint="Give a Python file.",
            reason="not_python",
        ) from error
    if "__main__.py" not in names and "__main__.pyc" not in names:
        raise BadRequest(
            f"{script.name} is an archive without a __main__.py.", hint="Give a Python file.", reason="bad_target"
        )


def _other_language(start: bytes) -> str | None:
    """The interpreter that a ``#!`` line asks for, None if that is a Python or cannot be known."""
    words = start.split(b"\n", 1)[0][2:].decode("utf-8", "replace").split()
    names = [word.rpartition("/")[2] for word in words if not word.startswith("-") and "=" not in word]
    names = [name for name in names if name != "env"]
    known = {"sh", "bash", "dash", "zsh", "ksh", "fish", "perl", "ruby", "node", "Rscript", "julia", "awk", "lua"}
    return names[0] if names and names[0] in known else None


def _similar(script: Path) -> str:
    """A hint that names a file the user may have meant."""
    import difflib

    try:
        names = [entry.name for entry in os.scandir(script.parent) if entry.name.endswith(".py") or entry.is_dir()]
    except OSError:
        there = os.path.exists(script.parent)  # noqa: PTH110
        return "Check the path." if there else f"There is no folder {script.parent} either."
    close = difflib.get_close_matches(script.name, names, n=1)
    return f"Did you mean {close[0]}?" if close else f"Check the path; it was looked for in {script.parent}."
