"""Writes the end of a run: its last events and ``result.json``."""

# ruff: noqa: PTH118, PTH119

from __future__ import annotations

import os
import sys
from time import monotonic

from jupyterlab_hotspots.runs import layout
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.runs.event_log import EventLog
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.last_words import LastWords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.runs.outcome import Outcome


def known_before(request: dict[str, Any]) -> dict[str, Any]:
    """The fields of a `RunInfo` that are known before a run starts; what is not known is absent.

    Args:
        request: ``run.json``.
    """
    target: dict[str, Any] = request.get("target") or {}
    fields: dict[str, Any] = {
        "id": request.get("id"),
        "target": {name: value for name, value in target.items() if value is not None},
        "profiler": request.get("profiler"),
        "created": request.get("created"),
        "executable": request.get("python"),
        "cwd": request.get("cwd"),
        "by": request.get("by"),
        "group": request.get("group"),
        "options": request.get("options") or None,
        "version": request.get("version"),
        "host": os.uname().nodename,
        "platform": f"{sys.platform}-{os.uname().machine}",
    }
    return {name: value for name, value in fields.items() if value is not None}


def write_end(
    folder: str, events: EventLog, info: dict[str, Any], last_words: LastWords | None, t: float | None
) -> None:
    """Write the last ``status``, ``finished`` and ``result.json``, or what the disk has room for.

    Args:
        folder: the run directory.
        events: its events.
        info: the final `RunInfo` as JSON.
        last_words: where the end is kept if the disk is full.
        t: seconds since the run's start for the events; None for now.
    """
    status = {name: info[name] for name in ("status", "reason", "reason_code") if name in info}
    whole = events.append("status", status, t=t, vital=True)
    whole = events.append("finished", {"info": info}, t=t, vital=True) and whole
    if not whole and last_words is not None:
        last_words.say({"info": info})
    try:
        write_json(os.path.join(folder, layout.RESULT), info, durable=True)
    except OSError:
        whole = False
    if last_words is not None:
        if whole:
            last_words.remove()
        else:
            last_words.say({"info": info})
            last_words.close()


def end_unstarted(folder: str, request: dict[str, Any], outcome: Outcome) -> None:
    """Write the end of a run whose target never ran; the caller holds the run's lock."""
    info = {**known_before(request), "ended": iso_utc(), **outcome.as_json()}
    info.setdefault("id", os.path.basename(folder))
    events = EventLog(os.path.join(folder, layout.EVENTS), info["id"], started=monotonic())
    write_end(folder, events, info, None, 0.0)
    events.close()
