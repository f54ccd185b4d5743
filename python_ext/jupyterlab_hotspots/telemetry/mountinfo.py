"""What ``/proc/<pid>/mountinfo`` writes in a way of its own (proc(5))."""

from __future__ import annotations

_ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))


def unescaped(path: str) -> str:
    """A path of a mount: blanks, tabs, newlines and backslashes stand there as octal numbers."""
    for code, character in _ESCAPES:
        path = path.replace(code, character)
    return path
