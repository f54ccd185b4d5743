"""How long a run may take at most under a profiler that makes it slow.

Line by line, a hot loop of seconds can take hours. A run that is past its budget is stopped; what was measured until
then is kept, and is nearly always enough to see the hot spot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

DEFAULT_FACTOR: Final = 100.0
DEFAULT_SECONDS: Final = 12 * 3600.0
LONGEST_SECONDS: Final = 1e9
"""No time-out or budget is longer: 31 years, after which nobody waits."""
LEAST_SECONDS: Final = 600.0
"""Even a script that took a second before may take so long: a hundred times a second would be hasty."""


@dataclass(frozen=True)
class Budget:
    """What a setting says: generous by default, because a stopped run is a disappointment too.

    Attributes:
        factor: at most so many times what the target took before.
        seconds: at most so long, where it has not run before.
        least: never less than that many seconds by the factor.
    """

    factor: float = DEFAULT_FACTOR
    seconds: float = DEFAULT_SECONDS
    least: float = LEAST_SECONDS

    def of(self, expected_s: float | None) -> dict[str, Any]:
        """The `budget` of a request.

        Args:
            expected_s: what the target took before, in seconds; None if it is not known.
        """
        if expected_s is None:
            return {"limit_s": min(LONGEST_SECONDS, self.seconds), "expected_s": None}
        limit_s = min(LONGEST_SECONDS, max(self.least, self.factor * expected_s))
        return {"limit_s": limit_s, "expected_s": expected_s}


def overrun(budget: dict[str, Any], profiler: str) -> str:
    """The sentences that say why a run was stopped, and what to do."""
    expected = budget.get("expected_s")
    than = ""
    if isinstance(expected, (int, float)) and expected > 0:
        than = f", {budget['limit_s'] / expected:.0f} times what it took before"
    advice = _ADVICE.get(profiler, "Choose sampling, which slows nothing down, or run it on less data")
    limit = f"{budget['limit_s']:g} s"
    return f"It was stopped past its budget of {limit}{than}; what was measured until then is kept. {advice}."


_ADVICE: Final = {
    "line": "Select fewer functions (--select), or choose sampling, which slows nothing down",
    "memory": "Select fewer functions (--select), or choose allocations, which is much faster",
    "sampling": "Give it a larger budget (--budget), or less data",
}
