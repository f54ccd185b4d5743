"""Whose code a function is: the user's own, a library's or the interpreter's. Decided here, where the paths are known.

`builtin` are C functions and frozen modules; `library` is the standard library and what is installed in a
`site-packages` or `dist-packages` folder, wherever that lies (also in a `.venv` inside the project); everything else is
`own`. A target that lies in a library itself is own, and so is what lies in its folder.
"""

from __future__ import annotations

import os
import sys

from .quiet import length, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INSTALLED = ("/site-packages/", "/dist-packages/")


class Origins:
    """Decides for the files of one process; its methods are called on the profiled thread and call nothing reported."""

    def __init__(self) -> None:
        self._folder = os.getcwd()
        standard = os.path.dirname(os.__file__)
        version = f"{sys.version_info[0]}{sys.version_info[1]}"
        folders = {
            standard,
            os.path.realpath(standard),
            os.path.join(sys.base_exec_prefix, "lib", os.path.basename(standard)),
            os.path.join(sys.base_prefix, "lib", f"python{version}.zip"),
        }
        self._standard = sorted(f"{folder}/" for folder in folders)
        self._own_file: str | None = None
        self._own_folder: str | None = None

    def claim(self, target: str) -> None:
        """Declares a file, a folder or an archive, and what lies in its folder, the user's own."""
        self._own_file = target
        folder = target if os.path.isdir(target) else os.path.dirname(target)
        shared = any(f"{folder}/" == standard for standard in self._standard) or f"{folder}/".endswith(_INSTALLED)
        self._own_folder = None if shared else folder.rstrip("/") + "/"

    def told(self) -> dict[str, Any]:
        """What is known here and decides, for those who decide elsewhere (`profilers/told_origins.py`), as JSON."""
        return {
            "folder": self._folder,
            "standard": self._standard,
            "installed": list(_INSTALLED),
            "own_file": self._own_file,
            "own_folder": self._own_folder,
        }

    def absolute(self, file: str) -> str:
        """The path of a file as a code object names it, absolute; names in angle brackets stay as they are."""
        if file[:1] == "<":
            return file
        if file[:1] != "/":
            file = f"{self._folder}/{file}"
        if "/." not in file and "//" not in file:
            return file
        parts: list[str] = []
        for part in split(file, "/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts += [part]
        path = ""
        for part in parts:
            path = f"{path}/{part}"
        return path

    def of(self, file: str) -> str:
        """`own`, `library` or `builtin`, for an absolute path or a name in angle brackets."""
        if file[:7] == "<frozen":
            return "builtin"
        if file[:1] == "<":
            # Code made by `exec` has the plain name `<string>`; libraries that make code give it one of their own.
            return "own" if file == "<string>" else "library"
        if file == self._own_file:
            return "own"
        own, rest = self._own_folder, file
        if own is not None and file[: length(own)] == own:
            rest = file[length(own) - 1 :]
        for standard in self._standard:
            if file[: length(standard)] == standard and (rest is file or length(standard) > length(own or "")):
                return "library"
        for folder in _INSTALLED:
            if folder in rest:
                return "library"
        return "own"
