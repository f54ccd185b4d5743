"""Identifiers that sort by time: ULID (https://github.com/ulid/spec)."""

from __future__ import annotations

import os
import re
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_guard = threading.Lock()
_last = 0


def new_id() -> str:
    """A new ULID: 48 bits of milliseconds since 1970 and 80 random bits, 26 characters of Crockford's base 32.

    Ids of one process always increase, also within a millisecond and when the clock is set back.
    """
    global _last
    with _guard:
        now = time.time_ns() // 1_000_000
        value = now << _RANDOM_BITS | int.from_bytes(os.urandom(_RANDOM_BITS // 8), "big")
        _last = value if now > _last >> _RANDOM_BITS else _last + 1
        value = _last
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def is_id(text: str) -> bool:
    """Whether a text is a ULID as `new_id` writes it: safe as the name of a folder."""
    return re.fullmatch(f"[0-7][{_ALPHABET}]{{25}}", text) is not None
