"""What a target took before: the shortest of its runs that succeeded, which is nearest to what it takes unwatched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterlab_hotspots.targets.target import Target

if TYPE_CHECKING:
    from jupyterlab_hotspots.store.index import Index

_LOOKED_AT: Final = 100


def expected_s(index: Index, target: Target) -> float | None:
    """Seconds of wall time; None if it has never run to its end with these arguments."""
    page = index.page(text=target.name, statuses=("succeeded",), limit=_LOOKED_AT)
    times = [
        run.wall_s
        for run in page.runs
        if run.wall_s is not None
        and (run.target.kind, run.target.path, run.target.module, tuple(run.target.args))
        == (target.kind, target.path, target.module, target.args)
    ]
    return min(times, default=None)
