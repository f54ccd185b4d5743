"""Sleeps until something happens: a child ended, somebody wants the run to stop, or the time is up."""

from __future__ import annotations

import os
import select
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


class Wakeup:
    """The supervisor's signals.

    SIGCHLD and SIGURG only end a sleep (SIGURG: look at ``control``), SIGTERM and SIGINT are wishes to stop, SIGHUP is
    ignored: the run outlives the terminal.

    Attributes:
        wishes: how often a stop has been wished for since this was last set to 0.
    """

    def __init__(self) -> None:
        self.wishes = 0
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._wish)
        for number in (signal.SIGCHLD, signal.SIGURG):
            signal.signal(number, self._notice)

    def sleep(self, seconds: float) -> None:
        """Sleep for so long, or until a signal comes; signals that came before this call count."""
        try:
            if select.select([self._read], [], [], max(0.0, seconds))[0]:
                while len(os.read(self._read, 512)) == 512:
                    pass
        except (BlockingIOError, InterruptedError):
            pass

    def _wish(self, _number: int, _frame: FrameType | None) -> None:
        self.wishes += 1

    def _notice(self, _number: int, _frame: FrameType | None) -> None:
        pass
