"""One line of the history: what a list of runs shows of each of them.

The struct is at once the row of the SQLite index, the answer of ``GET runs`` and what ``jupyter hotspots list`` prints.
Importing this module must stay cheap (no NumPy, no pyarrow): the command line lists the history in 150 ms.
"""

from __future__ import annotations

import msgspec

from jupyterlab_hotspots.profiles.run_info import RunInfo, Status, TargetKind


class TargetSummary(msgspec.Struct, kw_only=True, frozen=True):
    """What was run: `name` is what a person sees, `path` is absolute, `module` is dotted."""

    kind: TargetKind
    name: str
    path: str | None
    module: str | None
    args: list[str]


class RunSummary(msgspec.Struct, kw_only=True, frozen=True):
    """A run as one row of a list.

    Times of day are ISO-8601 in UTC, durations seconds, sizes bytes; null means not known (yet).
    """

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


def summary_of(info: RunInfo) -> RunSummary:
    """The row of a run."""
    target = info.target
    return RunSummary(
        id=info.id,
        status=info.status,
        reason=info.reason,
        target=TargetSummary(
            kind=target.kind, name=target.name, path=target.path, module=target.module, args=list(target.args)
        ),
        profiler=info.profiler,
        cwd=info.cwd or "",
        created=info.created,
        started=info.started,
        ended=info.ended,
        wall_s=info.wall_s,
        cpu_s=info.cpu_s,
        peak_rss_bytes=info.peak_rss_bytes,
        exit_code=info.exit_code,
        signal=info.signal,
        by=info.by or "",
        group=info.group,
    )
