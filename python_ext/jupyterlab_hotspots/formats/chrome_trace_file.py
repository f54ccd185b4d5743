"""Writes the Trace Event Format, which Perfetto, `chrome://tracing` and speedscope open.

`{"traceEvents": […]}` with complete events (`X`: `ts` and `dur` in microseconds), counters (`C`) and metadata (`M`), as
in "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats.call_tree import CallTree, Frame
from jupyterlab_hotspots.profiles.arrow import Table, lists_of
from jupyterlab_hotspots.profiles.profile import Profile

_US: Final = 1e6
_SAME_S: Final = 1e-6
_COUNTERS: Final = (
    ("CPU", "cpu_percent", "percent"),
    ("host CPU", "host_cpu_percent", "percent"),
    ("resident memory", "rss_bytes", "bytes"),
    ("unique memory", "uss_bytes", "bytes"),
    ("control group memory", "cgroup_memory_bytes", "bytes"),
    ("threads", "threads", "count"),
    ("read", "read_bytes_per_s", "bytes/s"),
    ("write", "write_bytes_per_s", "bytes/s"),
    ("GPU", "gpu_percent", "percent"),
    ("GPU memory", "gpu_memory_bytes", "bytes"),
)
"""Name of the track, column of the telemetry, unit."""

Event = dict[str, Any]


def write(profile: Profile, path: Path) -> None:
    """Write calls over time where samples were kept, else the call tree as if each call had come once, and telemetry.

    Raises:
        BadRequest: nothing of it was measured.
    """
    tree, samples = profile.table("tree"), profile.table("samples")
    events: list[Event] = []
    nodes = CallTree.of(tree) if tree is not None and tree.num_rows else None
    if nodes is not None and samples is not None and {"node", "duration_s"} <= set(samples.column_names):
        events += _over_time(profile, nodes, samples)
    elif nodes is not None and any(nodes.values.get("own_s", ())):
        events += _once(profile, nodes)
    if samples is not None:
        events += _counters(lists_of(samples), (("heap", "heap_bytes", "bytes"), ("RSS", "rss_bytes", "bytes")))
    if profile.telemetry is not None:
        # Telemetry counts from the start of the process, calls from that of the code.
        events += _counters(lists_of(profile.telemetry), _COUNTERS, profile.run.startup_s or 0.0)
    if not events:
        raise BadRequest(
            f"A run under {profile.run.profiler} measured nothing over time.",
            hint="Run the target under sampling, or choose another format.",
        )
    process = {"name": "process_name", "ph": "M", "pid": 1, "tid": 0, "args": {"name": profile.run.target.name}}
    document = {
        "traceEvents": [process, *sorted(events, key=_order)],
        "displayTimeUnit": "ms",
        "otherData": {"producer": "jupyterlab-hotspots", "run": profile.run.id, "profiler": profile.run.profiler},
    }
    path.write_bytes(msgspec.json.encode(document) + b"\n")


def _order(event: Event) -> tuple[float, float]:
    """Metadata first; of two that begin together the longer one, which contains the other."""
    return event.get("ts", -1.0), -event.get("dur", 0.0)


def _over_time(profile: Profile, nodes: CallTree, samples: Table) -> Iterator[Event]:
    columns = lists_of(samples)
    blank: list[Any] = [None] * samples.num_rows
    names = ("process", "thread", "t_s", "duration_s", "node")
    threads: dict[tuple[Any, Any], list[tuple[float, float, int | None]]] = {}
    for process, thread, t_s, duration_s, node in zip(*(columns.get(name, blank) for name in names), strict=True):
        if duration_s is not None:
            threads.setdefault((process, thread), []).append((t_s, duration_s, node))
    for number, ((process, thread), seen) in enumerate(threads.items(), 1):
        name = " ".join(str(word) for word in (process, thread) if word is not None) or profile.run.target.name
        yield {"name": "thread_name", "ph": "M", "pid": 1, "tid": number, "args": {"name": name}}
        yield from _slices(nodes, sorted(seen, key=lambda one: one[0]), number)


def _slices(nodes: CallTree, seen: list[tuple[float, float, int | None]], thread: int) -> Iterator[Event]:
    """Frames that stay on the stack from one sample to the next are one slice."""
    opened: list[tuple[int, float]] = []
    end = seen[0][0]
    for t_s, duration_s, node in [*seen, (float("inf"), 0.0, None)]:
        stack = nodes.stack(node) if node is not None else []
        gap = t_s > end + max(duration_s, _SAME_S)
        kept = 0
        if not gap:
            for (row, _), wanted in zip(opened, stack, strict=False):
                if row != wanted:
                    break
                kept += 1
        for row, since in opened[kept:]:  # outermost first: those that are as long contain the others
            yield _slice(nodes.frames[row], since, min(end, t_s) - since, thread)
        del opened[kept:]
        opened += [(row, t_s) for row in stack[kept:]]
        end = t_s + duration_s


def _once(profile: Profile, nodes: CallTree) -> Iterator[Event]:
    yield {"name": "thread_name", "ph": "M", "pid": 1, "tid": 1, "args": {"name": "call tree, not in order of time"}}
    totals = nodes.totals("own_s")
    free: dict[int, float] = {-1: 0.0}
    for row, frame in enumerate(nodes.frames):
        start = free[nodes.parents[row]]
        free[nodes.parents[row]] = start + totals[row]
        free[row] = start
        yield _slice(frame, start, totals[row], 1)


def _slice(frame: Frame, start_s: float, duration_s: float, thread: int) -> Event:
    # Both ends on the same ticks: a slice that ended after the next one began would count as around it.
    start, end = _ticked(start_s), _ticked(start_s + max(0.0, duration_s))
    event: Event = {
        "name": frame.name,
        "cat": frame.kind or "function",
        "ph": "X",
        "ts": start,
        "dur": end - start,
        "pid": 1,
        "tid": thread,
    }
    where = {"file": frame.file, "line": frame.shown_line}
    event["args"] = {name: value for name, value in where.items() if value is not None}
    return event


def _ticked(moment_s: float) -> float:
    """In microseconds, to the eighth of one: such numbers are exact, and so are their sums."""
    return round(moment_s * _US * 8) / 8


def _counters(
    columns: dict[str, list[Any]], tracks: tuple[tuple[str, str, str], ...], offset_s: float = 0.0
) -> Iterator[Event]:
    for name, column, unit in tracks:
        for t_s, value in zip(columns["t_s"], columns.get(column, ()), strict=False):
            if value is not None and t_s is not None and t_s >= offset_s:
                moment = round((t_s - offset_s) * _US, 3)
                yield {"name": name, "ph": "C", "ts": moment, "pid": 1, "tid": 0, "args": {unit: value}}
