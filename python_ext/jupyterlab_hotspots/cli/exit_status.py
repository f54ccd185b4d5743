"""What the command line's exit status means, the same for every command.

A run exits with its target's own status; the values below are for what is not the target's. They follow the shell
(128 + signal number), GNU timeout (124) and ``docker run`` (125: the tool itself failed, not what it ran).
"""

from __future__ import annotations

from typing import Final, Protocol

TIMED_OUT: Final = 124
HOTSPOTS_FAILED: Final = 125
CANCELLED: Final = 130


class Ending(Protocol):
    """How a run ended: the part of `RunInfo` that decides the exit status."""

    @property
    def status(self) -> str: ...
    @property
    def reason_code(self) -> str | None: ...
    @property
    def exit_code(self) -> int | None: ...
    @property
    def signal(self) -> int | None: ...


def of_run(ending: Ending) -> int:
    """The exit status for a run that has ended."""
    if ending.status == "cancelled":
        return CANCELLED
    if ending.reason_code in ("timed_out", "over_budget"):
        return TIMED_OUT
    if ending.signal:
        return 128 + ending.signal
    if ending.exit_code is not None:
        return ending.exit_code
    return 0 if ending.status == "succeeded" else HOTSPOTS_FAILED
