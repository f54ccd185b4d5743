"""The ties between the target's process and the one that watches over it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
else:
    import _signal

_PR_SET_PDEATHSIG = 1
_PR_SET_PTRACER = 0x59616D61
_PR_SET_PTRACER_ANY = (1 << 64) - 1
"""From `linux/prctl.h`."""


def tie(parent: object) -> None:
    """Have SIGTERM sent to this process when the one that started it dies, and let it be read. Linux only.

    It must not go on unwatched. And where the security module Yama lets a process read its own descendants alone, the
    sampler, which is no ancestor, and `attach` need its permission; other users' processes get none by that.

    Python has no function for it, and the module `ctypes` is too much for a script that did not ask for it: its C half
    is enough. Where that is missing, nothing happens.

    Args:
        parent: process id of the one that started us; anything but a number if it is not known.
    """
    if sys.platform != "linux":
        return
    try:
        import _ctypes

        class Number(_ctypes._SimpleCData):  # pyright: ignore
            _type_ = "i"

        class Function(_ctypes.CFuncPtr):  # pyright: ignore
            _flags_ = _ctypes.FUNCFLAG_CDECL
            _restype_ = Number

        class Word(_ctypes._SimpleCData):  # pyright: ignore
            _type_ = "L"

        prctl = Function(_ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl"))  # pyright: ignore
        prctl(_PR_SET_PDEATHSIG, int(_signal.SIGTERM), 0, 0, 0)
        prctl(_PR_SET_PTRACER, Word(_PR_SET_PTRACER_ANY), 0, 0, 0)  # an error without Yama, which is as well
    except Exception:
        return
    if isinstance(parent, int) and os.getppid() != parent:
        os.kill(os.getpid(), _signal.SIGTERM)  # It died before we asked.
