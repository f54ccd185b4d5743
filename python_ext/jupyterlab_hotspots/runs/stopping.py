"""How a run is stopped: asked to, told to, and killed, with time in between."""

from __future__ import annotations

import os
import signal

from jupyterlab_hotspots.runs.process_tree import send

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

IMPATIENT_AFTER_S = 0.5
"""A second wish to stop goes on to the next step at once, unless it comes so soon that it is the same wish."""


class Stopping:
    """SIGINT to the target's process group; after a grace SIGTERM to all processes; after another one SIGKILL.

    Args:
        group: the target's process group.
        grace_s: seconds after SIGINT, and after SIGTERM.
        everyone: the processes of the whole tree, also those in other groups and those whose parent has ended.

    Attributes:
        code: why: ``cancelled``, ``timed_out`` or ``over_budget``; None while nobody wants the run to stop.
        reason: the sentence for that.
        due: when the next step comes; None if there is none.
    """

    def __init__(self, group: int, grace_s: tuple[float, float], everyone: Callable[[], list[int]]) -> None:
        self._group = group
        self._grace_s = grace_s
        self._everyone = everyone
        self._steps = 0
        self._last_wish = 0.0
        self.code: str | None = None
        self.reason: str | None = None
        self.due: float | None = None

    def begin(self, now: float, code: str, reason: str) -> bool:
        """Wish the run to stop, or be less patient about it; `step` is due then.

        Returns:
            Whether this was the first wish.
        """
        first = self.code is None
        if first:
            self.code, self.reason = code, reason
        elif now - self._last_wish < IMPATIENT_AFTER_S:
            return False
        self._last_wish = now
        self.due = now
        return first

    def step(self, now: float) -> str | None:
        """Do what is due.

        Returns:
            The name of the signal that was sent, if one was.
        """
        if self.due is None or now < self.due:
            return None
        step = self._steps
        self._steps += 1
        if step == 0:
            self._signal_group(signal.SIGINT)
            self.due = now + self._grace_s[0]
            return "SIGINT"
        if step == 1:
            send(self._everyone(), signal.SIGTERM)
            self.due = now + self._grace_s[1]
            return "SIGTERM"
        send(self._everyone(), signal.SIGKILL)
        self.due = now + 0.1  # Again until the target is gone: a process may have been made meanwhile.
        return "SIGKILL"

    def grace_left_s(self) -> float:
        """How long those who are left when the target has ended may take, after SIGTERM, to end too."""
        return self._grace_s[1] if self._steps < 3 else 0.0

    def _signal_group(self, number: int) -> None:
        for one in (number, signal.SIGCONT):
            try:
                os.killpg(self._group, one)
            except OSError:
                return
