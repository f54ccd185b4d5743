"""What a reader says of a run whose process ended before its collector had written the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyterlab_hotspots.profiles.rows import ProfileWarning

if TYPE_CHECKING:
    from jupyterlab_hotspots.profilers.agent_lines import AgentLines
    from jupyterlab_hotspots.profiles.run_info import RunInfo


def seconds_missing(said: AgentLines, known_until: float, info: RunInfo) -> float | None:
    """How long the code went on after a moment; None if it is not known when it began or ended.

    Args:
        said: what the agent said.
        known_until: in seconds of the machine's monotonic clock.
        info: what is known of the run.
    """
    if said.started is None or info.wall_s is None or info.startup_s is None:
        return None
    return max(0.0, said.started + info.wall_s - info.startup_s - known_until)


def tables_cut_short(said: AgentLines, written: float, info: RunInfo, *, not_live: str = "") -> ProfileWarning:
    """The warning that tables are those before the final ones, live rows put over them.

    Args:
        said: what the agent said.
        written: when the tables were, in seconds of the machine's monotonic clock; -inf if they never were.
        info: what is known of the run.
        not_live: a sentence on what the tables have and live rows have not.
    """
    known_until = max(written, -math.inf if said.told is None else said.told)
    missing = seconds_missing(said, known_until, info)
    if math.isinf(known_until):
        message = "The process ended before its first figures were written."
    elif said.stopped is not None:
        message = "The code ended, but its final tables could not be written: the last ones before are shown."
    elif missing is None:
        message = "The process ended before its final tables were written: the last ones before are shown."
    else:
        message = f"The process ended before its final tables were written: its last {missing:.1f} s are missing."
    if not_live and math.isinf(written) and not math.isinf(known_until):
        message = f"{message} {not_live}"
    hint = "Why it ended is in the run's reason; all that was measured before is here."
    return ProfileWarning(code="cut_short", message=message, hint=hint)
