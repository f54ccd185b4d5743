"""Whose code a file is, told from its path alone, where nobody can be asked who knows better.

Standard library only: it is also used by processes that must start at once.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.rows import Origin

_LIBRARY = re.compile(r"/(?:site|dist)-packages/|/lib(?:64)?/(?:python|pypy)\d(?:\.\d+)?[a-z]?/|/python\d*\.zip/")


def origin_of(file: str | None, target: str | None = None) -> Origin:
    """`own`, `library` or `builtin`, by the rule of `agent/origin.py`.

    Args:
        file: its path as a code object names it; None for built-ins.
        target: the file that was run, if that is known: what lies in its folder is the user's own, too.
    """
    if not file or file.startswith("<frozen"):
        return "builtin"
    if file.startswith("<"):
        return "own" if file in ("<string>", "<stdin>") else "library"
    if file == target:
        return "own"
    path = file.replace("\\", "/")
    folder = "" if target is None else target.rpartition("/")[0] + "/"
    if len(folder) > 1 and path.startswith(folder):
        if _LIBRARY.search(folder):
            return "own"
        path = path[len(folder) - 1 :]
    return "library" if _LIBRARY.search(path) else "own"
