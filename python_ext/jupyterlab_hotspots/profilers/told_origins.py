"""Whose code a file is, decided in this process by what the agent knew in the other one.

A tool that writes its own file names code whose origin nobody asked the agent for while it was there. What the agent
would have gone by is written beside it (`agent/origin.py`, `Origins.told`), and the rule is the same; it stands twice
because neither room may import the other, and a test holds that both answer alike.
"""

from __future__ import annotations

import posixpath
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.profiles.rows import Origin


class _Told(msgspec.Struct):
    folder: str = "/"
    standard: tuple[str, ...] = ()
    installed: tuple[str, ...] = ("/site-packages/", "/dist-packages/")
    own_file: str | None = None
    own_folder: str | None = None


_NOTHING: Final = msgspec.convert({}, _Told)  # as msgspec looks at a struct on first use, on one thread only


class ToldOrigins:
    """Decides for the files of one process that is gone.

    Args:
        told: what `Origins.told` gave; it comes from the profiled process, and what is not of its form counts as not
            told.
    """

    def __init__(self, told: Any) -> None:
        try:
            self._told = msgspec.convert(told, _Told)
        except msgspec.ValidationError:
            self._told = _NOTHING
        self._known: dict[str, tuple[str, Origin]] = {}

    def place(self, file: str) -> tuple[str, Origin]:
        """The absolute path of a file as a code object names it, and whose it is."""
        known = self._known.get(file)
        if known is None:
            path = self.absolute(file)
            known = self._known[file] = (path, self.of(path))
        return known

    def absolute(self, file: str) -> str:
        """The path of a file as a code object names it, absolute; names in angle brackets stay as they are."""
        if file.startswith("<"):
            return file
        path = posixpath.normpath(posixpath.join(self._told.folder, file))
        return path[1:] if path.startswith("//") else path

    def of(self, file: str) -> Origin:
        """`own`, `library` or `builtin`, for an absolute path or a name in angle brackets."""
        told = self._told
        if file.startswith("<frozen"):
            return "builtin"
        if file.startswith("<"):
            return "own" if file == "<string>" else "library"
        if file == told.own_file:
            return "own"
        own = told.own_folder
        inside = own is not None and file.startswith(own)
        rest = file[len(own) - 1 :] if own is not None and inside else file
        if any(
            file.startswith(folder) and (not inside or len(folder) > len(own or ""))
            for folder in told.standard
            if folder
        ):
            return "library"
        return "library" if any(part in rest for part in told.installed if part) else "own"
