"""`prctl(2)`, for which Python has no function.

The module `ctypes` takes 10 ms to load and is too much for a script that did not ask for it: its C half is enough.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SET_PDEATHSIG = 1
SET_CHILD_SUBREAPER = 36
SET_PTRACER = 0x59616D61
PTRACER_ANY = (1 << 64) - 1
"""From `linux/prctl.h`."""


def prctl(option: int, argument: int) -> bool:
    """Whether the kernel has done it; false also where there is no such call."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import _ctypes

        class Number(_ctypes._SimpleCData):  # pyright: ignore
            _type_ = "i"

        class Word(_ctypes._SimpleCData):  # pyright: ignore
            _type_ = "L"

        class Function(_ctypes.CFuncPtr):  # pyright: ignore
            _flags_ = _ctypes.FUNCFLAG_CDECL
            _restype_ = Number

        call: Any = Function(_ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl"))  # pyright: ignore
        return call(option, Word(argument), Word(0), Word(0), Word(0)) == 0
    except Exception:  # A Python without that half, or of another make.
        return False
