"""Names come from files and programs; what they hold must not move a terminal's cursor or change its title."""

from __future__ import annotations

from typing import Final

_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}


def printable(text: object) -> str:
    """The text with control characters (C0, DEL, C1) written as ``\\x1b``, and lone surrogates as `?`."""
    return str(text).translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")
