"""Gives a run whose supervisor died the end it could not write, and ends what is left of its processes."""

from __future__ import annotations

import os
from datetime import datetime
from time import monotonic
from typing import Any

from jupyterlab_hotspots.runs import lock, process_tree
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.runs.directory import RunDirectory, runs_in
from jupyterlab_hotspots.runs.ending import end_unstarted, known_before, write_end
from jupyterlab_hotspots.runs.event_log import EventLog
from jupyterlab_hotspots.runs.event_tail import parse
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.live import LiveReader
from jupyterlab_hotspots.runs.outcome import Outcome

_LATE_CHILD_S = 1.0
"""The target may have run this much longer than the last event says: telemetry comes twice a second."""
_GRACE_S = 1.0


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
        _end_processes(run)
        _write_lost(run, request)
        return True
    finally:
        os.close(held)


def reconcile_all(store_root: str | os.PathLike[str]) -> list[RunDirectory]:
    """`reconcile` every run of a store that needs it; a server does so when it starts.

    Returns:
        The runs that got an end.
    """
    return [run for run in runs_in(store_root) if not run.result_file.exists() and run.exists() and reconcile(run)]


def _finish_writing(run: RunDirectory, info: dict[str, Any]) -> None:
    seq, last = _repair(run)
    if last is None or last.get("type") != "finished":
        events = EventLog(str(run.events_file), run.id, started=monotonic(), seq=seq)
        if last is None or last.get("type") != "status" or last.get("status") != info.get("status"):
            status = {name: info[name] for name in ("status", "reason", "reason_code") if name in info}
            events.append("status", status, t=_t(last))
        events.append("finished", {"info": info}, t=_t(last))
        events.close()
    write_json(run.result_file, info, durable=True)
    run.last_words_file.unlink(missing_ok=True)


def _write_lost(run: RunDirectory, request: dict[str, Any]) -> None:
    seq, last = _repair(run)
    outcome = Outcome("lost", "supervisor_died", _why(run, "The process that watched it died, and the run with it"))
    info = {**known_before(request), **_known(run, _t(last)), **outcome.as_json()}
    events = EventLog(str(run.events_file), run.id, started=monotonic(), seq=seq)
    write_end(str(run.path), events, info, None, _t(last))
    events.close()
    run.last_words_file.unlink(missing_ok=True)


def _repair(run: RunDirectory) -> tuple[int, dict[str, Any] | None]:
    """Cut off a torn last line; gives the number of events and the last one."""
    tail = run.tail()
    count, last = 0, None
    while lines := tail.read():
        count += len(lines)
        last = parse(lines[-1])
    if run.events_file.exists() and run.events_file.stat().st_size > tail.offset:
        os.truncate(run.events_file, tail.offset)
    return count, last


def _end_processes(run: RunDirectory) -> None:
    watcher = run.supervisor() or {}
    if watcher.get("host", os.uname().nodename) != os.uname().nodename:
        return  # They are on another machine, out of reach.
    pid, mark = watcher.get("target_pid"), watcher.get("target_started")
    _, last = _count_and_last(run)

    def left() -> list[int]:
        if isinstance(pid, int) and isinstance(mark, str):
            return process_tree.left_behind(run.id, pid, mark, _t(last) + _LATE_CHILD_S)
        return process_tree.carrying(run.id)

    process_tree.end_all(left, lambda: None, grace_s=_GRACE_S)


def _count_and_last(run: RunDirectory) -> tuple[int, dict[str, Any] | None]:
    events = run.events()
    return len(events), events[-1] if events else None


def _known(run: RunDirectory, last_t: float) -> dict[str, Any]:
    """What the events and the agent's lines say of a run without an end."""
    started = pid = None
    peak_bytes = 0
    limits: dict[str, Any] = {}
    for event in run.events():
        if event.get("type") == "status" and event.get("status") == "running":
            started, pid = event.get("started"), event.get("pid")
        elif event.get("type") == "telemetry":
            limits = event.get("limits") or limits
            columns: dict[str, list[int | None]] = event.get("columns") or {}
            peak_bytes = max(peak_bytes, *(size or 0 for size in columns.get("rss_bytes") or [0]))
    live = LiveReader(str(run.live_file), started=0.0)
    live.read()
    ready = live.ready or {}
    fields: dict[str, Any] = {
        "started": started,
        "ended": None if started is None else iso_utc(_seconds(started) + last_t),
        "wall_s": last_t,
        "pid": pid,
        "peak_rss_bytes": peak_bytes or None,
        "python": ready.get("python"),
        "implementation": ready.get("implementation"),
        "profiler_version": ready.get("profiler_version"),
        "cpus": limits.get("cpu_limit_cores") or limits.get("host_cores"),
        "memory_bytes": limits.get("memory_limit_bytes"),
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
    t = (event or {}).get("t")
    return float(t) if isinstance(t, (int, float)) else 0.0


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()
