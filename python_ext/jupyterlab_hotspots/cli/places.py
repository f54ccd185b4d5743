"""Names and places cut to a width so that what tells them apart stays: both ends of a name, the line of a place."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any, Final

from rich.cells import cell_len, set_cell_size

MACHINERY: Final = "<frozen importlib"
"""The files of what carries out `import` begin with this; nobody can make it faster but by importing less."""
_BUILT_IN: Final = re.compile(r"<built-in method ([^<>]+)>")
_METHOD: Final = re.compile(r"<method '([^']+)' of '([^']+)' objects>")


def function_name(row: dict[str, Any]) -> str:
    """A function's name; of a built-in without the words that all of them begin with."""
    name = str(row.get("qualname") or row.get("function") or row.get("name") or "?")
    if match := _BUILT_IN.fullmatch(name):
        return match[1]
    if match := _METHOD.fullmatch(name):
        return f"{match[2]}.{match[1]}"
    return name


def place(file: str | None, line: int | None, cwd: str | None) -> str:
    """`fit.py:12`: below the working directory or `site-packages` as it is there, else the whole path."""
    if not file:
        return ""
    path = PurePosixPath(file)
    if "site-packages" in path.parts:
        path = PurePosixPath(*path.parts[path.parts.index("site-packages") + 1 :])
    elif cwd and path.is_relative_to(cwd):
        path = path.relative_to(cwd)
    return f"{path}:{line}" if line else str(path)


def base_name(text: str) -> str:
    """The last part of a place, with its line."""
    return text.rpartition("/")[2]


def cut_place(text: str, width: int) -> str:
    """A place in so many columns: folders go first, then the file's name from its left, never the line's number."""
    if cell_len(text) <= width:
        return text
    parts = text.split("/")
    for first in range(1, len(parts)):
        rest = "/".join(parts[first:])
        if cell_len(rest) + 2 <= width:
            return f"…/{rest}"
    name = parts[-1]
    if cell_len(name) <= width:
        return name
    line = name[name.rfind(":") :] if ":" in name else ""
    while cell_len(name) > width - 1 and len(name) > len(line):
        name = name[1:]
    return f"…{name}"


def cut_middle(text: str, width: int) -> str:
    """A name in so many columns: long names often differ in their last part only."""
    if cell_len(text) <= width:
        return text
    if cell_len(text) > len(text):  # of characters two columns wide the half is not a matter of counting
        return cut_end(text, width)
    end = (width - 1) // 2
    return f"{text[: max(0, width - 1 - end)]}…{text[len(text) - end :] if end > 0 else ''}"


def cut_end(text: str, width: int) -> str:
    """A line of source in so many columns."""
    return text if cell_len(text) <= width else f"{set_cell_size(text, max(0, width - 1))}…"
