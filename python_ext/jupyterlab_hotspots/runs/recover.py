"""Gives a run whose supervisor died the end it could not write, and ends what is left of its processes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, cast

from jupyterlab_hotspots.runs import lock, process_tree
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.ending import end_unstarted, known_before, write_end
from jupyterlab_hotspots.runs.event_log import EventLog
from jupyterlab_hotspots.runs.event_tail import parse
from jupyterlab_hotspots.runs.files import as_object, write_json
from jupyterlab_hotspots.runs.live import LiveReader, number
from jupyterlab_hotspots.runs.outcome import Outcome

_LATE_CHILD_S = 1.0
"""The target may have run this much longer than the last event says: telemetry comes twice a second."""
_GRACE_S = 1.0
_TELLING = (b'"type":"status"', b'"type":"telemetry"')


def reconcile(run: RunDirectory) -> bool:
    """Write the end of a lost run: ``status`` lost, ``finished`` with what is known, ``result.json``.

    Also writes ``result.json`` and the last events of a run that ended when the disk was full, once there is room.
    Whoever comes second, of two processes that do this at once, does nothing.

    Returns:
        Whether anything was written.

    Raises:
        NotFound: there is no such run.
        OSError: it cannot be written.
    """
    request = run.request_document()
    if run.result_file.exists() or (run.state() not in ("lost", "ended")):
        return False
    held = lock.acquire(run.lock_file)
    if held is None:
        return False
    try:
        if run.result_file.exists():
            return False
        info = run.result()
        if info is not None:
            _finish_writing(run, info)
            return True
        if not run.events_file.exists():
            end_unstarted(str(run.path), request, Outcome("lost", "never_started", _why(run, "It was never started")))
            return True
        log = _read_and_repair(run)
        _end_processes(run, _t(log.last))
        _write_lost(run, request, log)
        return True
    finally:
        os.close(held)


@dataclass
class _Log:
    """What a run's events say."""

    count: int = 0
    last: dict[str, Any] | None = None
    running: dict[str, Any] = field(default_factory=dict[str, Any])
    """The event with its process and start."""
    peak_bytes: int = 0
    limits: dict[str, Any] = field(default_factory=dict[str, Any])

    def take(self, event: dict[str, Any]) -> None:
        """Remember what its end will need."""
        if event.get("type") == "status" and isinstance(event.get("started"), str):
            self.running = event
        elif event.get("type") == "telemetry":
            self.limits = as_object(event.get("limits")) or self.limits
            sizes = (as_object(event.get("columns")) or {}).get("rss_bytes")
            if isinstance(sizes, list):
                self.peak_bytes = max(
                    self.peak_bytes, *(int(number(size) or 0) for size in cast("list[Any]", sizes)), 0
                )


def _read_and_repair(run: RunDirectory) -> _Log:
    """Read the events once; a torn last line is cut off."""
    log = _Log()
    tail = run.tail()
    while lines := tail.read():
        log.count += len(lines)
        log.last = parse(lines[-1])
        for line in lines:
            # Most events are live tables, which are long and say nothing of the end.
            if any(mark in line[:200] for mark in _TELLING) and (event := parse(line)) is not None:
                log.take(event)
    if run.events_file.exists() and run.events_file.stat().st_size > tail.offset:
        os.truncate(run.events_file, tail.offset)
    return log


def _finish_writing(run: RunDirectory, info: dict[str, Any]) -> None:
    log = _read_and_repair(run)
    last = log.last or {}
    if last.get("type") != "finished":
        events = EventLog(str(run.events_file), run.id, started=monotonic(), seq=log.count)
        if last.get("type") != "status" or last.get("status") != info.get("status"):
            outcome = Outcome(info["status"], info.get("reason_code"), info.get("reason"))
            events.append("status", outcome.as_json(), t=_t(log.last))
        events.append("finished", {"info": info}, t=_t(log.last))
        events.close()
    write_json(run.result_file, info, durable=True)
    run.last_words_file.unlink(missing_ok=True)


def _write_lost(run: RunDirectory, request: dict[str, Any], log: _Log) -> None:
    outcome = Outcome("lost", "supervisor_died", _why(run, "The process that watched it died, and the run with it"))
    info = {**known_before(request), **_known(run, log), **outcome.as_json()}
    events = EventLog(str(run.events_file), run.id, started=monotonic(), seq=log.count)
    write_end(str(run.path), events, info, None, _t(log.last))
    events.close()
    run.last_words_file.unlink(missing_ok=True)


def _end_processes(run: RunDirectory, last_t: float) -> None:
    watcher = run.supervisor() or {}
    if watcher.get("host", os.uname().nodename) != os.uname().nodename:
        return  # They are on another machine, out of reach.
    pid, mark = watcher.get("target_pid"), watcher.get("target_started")

    def left() -> list[int]:
        if isinstance(pid, int) and isinstance(mark, str):
            return process_tree.left_behind(run.id, pid, mark, last_t + _LATE_CHILD_S)
        return process_tree.carrying(run.id)

    process_tree.end_all(left, lambda: None, grace_s=_GRACE_S)


def _known(run: RunDirectory, log: _Log) -> dict[str, Any]:
    """What the events and the agent's lines say of a run without an end."""
    live = LiveReader(str(run.live_file), started=0.0)
    live.read()
    started, last_t = log.running.get("started"), _t(log.last)
    fields: dict[str, Any] = {
        "started": started,
        "ended": None if started is None else iso_utc(_seconds(started) + last_t),
        "wall_s": last_t,
        "pid": log.running.get("pid"),
        "peak_rss_bytes": log.peak_bytes or None,
        **live.interpreter,
        "cpus": log.limits.get("cpu_limit_cores") or log.limits.get("host_cores"),
        "memory_bytes": log.limits.get("memory_limit_bytes"),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _why(run: RunDirectory, what: str) -> str:
    """A sentence, with the last line the supervisor printed if it printed any: then it was a fault of ours."""
    try:
        said = run.supervisor_log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        said = []
    return f"{what}: {said[-1]}" if said else f"{what}."


def _t(event: dict[str, Any] | None) -> float:
    return number((event or {}).get("t")) or 0.0


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()
