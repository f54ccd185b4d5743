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
"""From `linux/prctl.h`."""


def die_with_parent(parent: object) -> None:
    """Have SIGTERM sent to this process when the one that started it dies: it must not go on unwatched. Linux only.

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

        Function(_ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl"))(_PR_SET_PDEATHSIG, int(_signal.SIGTERM), 0, 0, 0)  # pyright: ignore
    except Exception:
        return
    if isinstance(parent, int) and os.getppid() != parent:
        os.kill(os.getpid(), _signal.SIGTERM)  # It died before we asked.
