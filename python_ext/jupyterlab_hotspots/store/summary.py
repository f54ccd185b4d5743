"""One line of the history: what a list of runs shows of each of them.

The struct is at once the row of the SQLite index, the answer of ``GET runs`` and what ``jupyter hotspots list`` prints.
Importing this module must stay cheap (no NumPy, no pyarrow): the command line lists the history in 150 ms.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "lost"]
TargetKind = Literal["cell", "script", "module", "notebook", "function", "process"]

STATUSES: Final[tuple[Status, ...]] = ("queued", "running", "succeeded", "failed", "cancelled", "lost")
ENDED: Final[frozenset[str]] = frozenset({"succeeded", "failed", "cancelled", "lost"})


class TargetSummary(msgspec.Struct, kw_only=True, frozen=True):
    """What was run: `name` is what a person sees, `path` is absolute, `module` is dotted."""

    kind: TargetKind
    name: str
    path: str | None
    module: str | None
    args: list[str]


class RunSummary(msgspec.Struct, kw_only=True, frozen=True):
    """A run as one row. Times of day are ISO-8601 in UTC, durations seconds, sizes bytes; null means not known (yet)."""

    id: str
    status: Status
    reason: str | None
    target: TargetSummary
    profiler: str
    cwd: str
    created: str
    started: str | None
    ended: str | None
    wall_s: float | None
    cpu_s: float | None
    peak_rss_bytes: int | None
    exit_code: int | None
    signal: int | None
    by: str
    group: str | None
