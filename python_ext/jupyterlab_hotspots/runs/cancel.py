"""Stops a run, whoever started it."""

from __future__ import annotations

import os
import signal

from jupyterlab_hotspots.errors import Conflict
from jupyterlab_hotspots.runs import layout, lock, recover
from jupyterlab_hotspots.runs.directory import RunDirectory, State
from jupyterlab_hotspots.runs.ending import end_unstarted
from jupyterlab_hotspots.runs.outcome import Outcome


def cancel(run: RunDirectory) -> State:
    """Ask a run to stop, with every process it started. This returns at once; the events say how it goes on.

    A run that waits in the queue ends here and now. Asking again is being less patient: SIGTERM, then SIGKILL.

    Returns:
        Its state now: ``running`` until it has stopped, ``ended`` if it never ran or had lost its supervisor.

    Raises:
        NotFound: there is no such run.
        Conflict: it has ended.
    """
    state = run.state()
    if state == "ended":
        raise Conflict(f"The run {run.id} has ended already.", hint="There is nothing to stop.", reason="has_ended")
    wish = signal.SIGURG
    try:
        run.append_control(layout.CANCEL)  # Before anything else: it may be started this very moment.
    except OSError:
        wish = signal.SIGTERM  # The disk is full, which may be the reason to stop.
    if state == "queued" and _end_queued(run):
        return "ended"
    if state == "lost":
        recover.reconcile(run)
        return "ended"
    _tell(run, wish)
    return "running"


def _end_queued(run: RunDirectory) -> bool:
    held = lock.acquire(run.lock_file)
    if held is None:
        return False
    try:
        if run.supervisor_log.exists() or run.events_file.exists():
            return run.result() is not None
        outcome = Outcome("cancelled", "cancelled", "It was cancelled before it began.")
        end_unstarted(str(run.path), run.request_document(), outcome)
        return True
    finally:
        os.close(held)


def _tell(run: RunDirectory, number: int) -> None:
    """Have the supervisor look at ``control`` now rather than at its next tick (SIGURG), or stop the run (SIGTERM)."""
    watcher = run.supervisor()
    if watcher is None or watcher.get("host") != os.uname().nodename or not lock.is_held(run.lock_file):
        return
    try:
        # Whoever got this process id, should the supervisor have ended just now, ignores SIGURG unless told otherwise.
        os.kill(int(watcher["pid"]), number)
    except (OSError, KeyError, TypeError, ValueError):
        pass
