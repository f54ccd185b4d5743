"""One run: what it is, what was asked for, what its reader should know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyterlab_hotspots.runs.event_tail import last_seq
from jupyterlab_hotspots.server.messages import RequestRecord, RunAnswer, TargetBody
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.reading import read_warnings

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile


def run_answer(store: Store, run: str, profile: Callable[[str], Profile]) -> RunAnswer:
    """Everything about a run but what was measured.

    Raises:
        NotFound: there is no such run.
    """
    directory = store.directory(run)
    summary = store.look(run)
    request = directory.request()
    over = summary.status not in ("queued", "running")
    return RunAnswer(
        summary=summary,
        request=RequestRecord(
            target=TargetBody(
                kind=request.target.kind,
                path=request.target.path,
                module=request.target.module,
                args=list(request.target.args),
                pid=request.target.pid,
            ),
            profiler=request.profiler,
            options=dict(request.options),
            cwd=request.cwd,
            python=request.python,
            env=dict(request.env),
            timeout_s=request.timeout_s,
        ),
        warnings=list(profile(run).measurements.warnings) if over else read_warnings(directory),
        last_seq=last_seq(directory.events_file),
    )
