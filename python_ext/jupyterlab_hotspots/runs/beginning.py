"""Says that a run has begun, as soon as its target has been started."""

# ruff: noqa: PTH118

from __future__ import annotations

import os

from jupyterlab_hotspots.runs import layout
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.runs.event_log import EventLog
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.last_words import LastWords
from jupyterlab_hotspots.runs.process_tree import start_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.runs.target_process import TargetProcess


def begin(folder: str, run_id: str, target: TargetProcess, *, is_ours: bool = True) -> tuple[EventLog, LastWords]:
    """Reserve room for the end, write ``supervisor.json`` and the first event.

    Args:
        folder: the run directory, locked by this process.
        run_id: the run's id.
        target: the process, just started.
        is_ours: whether it is to be ended if this process dies.
    """
    last_words = LastWords(os.path.join(folder, layout.LAST_WORDS))
    document = {
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "started": iso_utc(target.started_time),
        "target_pid": target.pid if is_ours else None,
        "target_started": start_mark(target.pid) if is_ours else None,
    }
    try:
        write_json(os.path.join(folder, layout.SUPERVISOR), document)
    except OSError:
        pass  # The disk is full: the run goes on, it only cannot be recovered.
    events = EventLog(os.path.join(folder, layout.EVENTS), run_id, started=target.started, last_words=last_words)
    events.append("status", running(target))
    return events, last_words


def running(target: TargetProcess, reason: str | None = None) -> dict[str, Any]:
    """The fields of a ``status`` event of a run that goes on."""
    fields: dict[str, Any] = {"status": "running", "pid": target.pid, "started": iso_utc(target.started_time)}
    if reason is not None:
        fields["reason"] = reason
    return fields
