"""Whose code a file is, told from its path alone: the process that knows better is watched, not asked."""

from __future__ import annotations

import re

_LIBRARY = re.compile(r"/(?:site|dist)-packages/|/lib(?:64)?/(?:python|pypy)\d\.\d+[a-z]?/|/python\d+\.zip/")


class Origins:
    """Decides as `agent/origin.py` does in the process itself.

    Args:
        own: the target's file, or None.
        cwd: its working directory; relative paths are taken from there.
    """

    def __init__(self, own: str | None, cwd: str) -> None:
        self._own = own
        self._folder = None if own is None else own.rpartition("/")[0] + "/"
        self._cwd = cwd
        self._known: dict[str, str] = {}

    def of(self, file: str) -> str:
        """`own`, `library` or `builtin`."""
        if file not in self._known:
            self._known[file] = self._decide(file)
        return self._known[file]

    def is_own(self, file: str) -> bool:
        """Whether it is the user's."""
        return self.of(file) == "own"

    def _decide(self, file: str) -> str:
        if not file or file.startswith("<frozen"):
            return "builtin"
        if file.startswith("<"):
            return "own" if file == "<string>" else "library"
        if file == self._own:
            return "own"
        rest = file
        if self._folder is not None and len(self._folder) > 1 and file.startswith(self._folder):
            if _LIBRARY.search(self._folder):
                return "own"
            rest = file[len(self._folder) - 1 :]
        return "library" if _LIBRARY.search(rest) else "own"
