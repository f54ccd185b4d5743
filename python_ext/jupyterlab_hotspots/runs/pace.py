"""When to ask the profiled process for a snapshot of its hot spots."""

from __future__ import annotations

FIRST_AFTER_S = 0.2
EVERY_S = 0.4
SLOWEST_S = 5.0
AGE_SHARE = 1 / 300
"""A table grows with the age of a run and changes less: after 25 minutes a snapshot every 5 s is as telling."""
COST_FACTOR = 200
"""A snapshot may take a 200th of the time; the agent's whole tables, for the case of a crash, another 200th
(`agent/live.py`): together one per cent."""
PATIENCE_S = (1.0, 2.0, 4.0, 8.0)
"""How long to wait before asking again. No answer comes if nothing has changed, and within a long call into C; there
the wish stays noted, and each further signal may interrupt a system call of a library that does not expect it."""


class Pace:
    """The times of the snapshots; pure, all times are of one monotonic clock, in seconds.

    Args:
        started: when the first line of the code ran.
    """

    def __init__(self, started: float) -> None:
        self._started = started
        self._cost_s = 0.0
        self._unanswered = 0
        self.asked_at = 0.0
        """When the last snapshot was asked for."""
        self.waiting = False
        """Whether its answer is outstanding."""
        self.due = started + FIRST_AFTER_S
        """When to ask next."""

    def asked(self, now: float) -> None:
        """Note that a snapshot has been asked for."""
        self.asked_at = now
        self.waiting = True
        self.due = now + PATIENCE_S[min(self._unanswered, len(PATIENCE_S) - 1)]
        self._unanswered += 1

    def answered(self, now: float, cost_s: float) -> None:
        """Note an answer and what it cost the profiled process."""
        self.waiting = False
        self._unanswered = 0
        self._cost_s = max(cost_s, self._cost_s / 2)  # One cheap snapshot does not make the next one cheap.
        interval = max(EVERY_S, min(SLOWEST_S, (now - self._started) * AGE_SHARE), self._cost_s * COST_FACTOR)
        self.due = max(self.asked_at + interval, now)
