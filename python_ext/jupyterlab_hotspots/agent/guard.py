"""The ties between the target's process and the one that watches over it."""

from __future__ import annotations

import os
import sys

from .prctl import PTRACER_ANY, SET_PDEATHSIG, SET_PTRACER, prctl

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
else:
    import _signal


def die_with_parent(parent: object) -> None:
    """Have SIGTERM sent to this process when the one that started it dies: it must not go on unwatched. Linux only.

    Args:
        parent: process id of the one that started us; anything but a number if it is not known.
    """
    if not sys.platform.startswith("linux"):
        return
    prctl(SET_PDEATHSIG, int(_signal.SIGTERM))
    if isinstance(parent, int) and os.getppid() != parent:
        os.kill(os.getpid(), _signal.SIGTERM)  # It died before we asked.


def permit_reading() -> None:
    """Let other processes of this user read this one, where the security module Yama lets its ancestors alone do so.

    The sampler is none of them, nor is `attach`. Other users' processes get no permission by that.
    """
    prctl(SET_PTRACER, PTRACER_ANY)
