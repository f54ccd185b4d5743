"""Reads memray's captures, `.bin`: in a child process with limits, as captures of our own runs are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.errors import HotspotsError, Unavailable
from jupyterlab_hotspots.formats.foreign import MEGABYTE, bad_file, size_of
from jupyterlab_hotspots.profilers.agent_lines import is_number
from jupyterlab_hotspots.profilers.allocations.capture import Limits, read_capture
from jupyterlab_hotspots.profilers.allocations.stacks import Stacks
from jupyterlab_hotspots.profilers.raw_columns import RawColumns
from jupyterlab_hotspots.profilers.source_lines import SourceLines
from jupyterlab_hotspots.profilers.told_origins import ToldOrigins
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, NodeRow, SampleRow, SiteRow
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "memray"
_LEAST_S: Final = 4.0
_BYTES_PER_S: Final = 4 * MEGABYTE
_MEMORY: Final = 2048 * MEGABYTE
_MS: Final = 1000.0


def read(path: Path) -> Imported:
    """Lines, functions, call tree, sites, and memory over time.

    Raises:
        BadRequest: it is no such file, damaged, or takes too long to read.
        Unavailable: memray is not installed, or of another version than the one that wrote the file.
    """
    limits = Limits(seconds=_LEAST_S + size_of(path) / _BYTES_PER_S, memory_bytes=_MEMORY)
    try:
        capture = read_capture(path, limits=limits)
        return _imported(capture)
    except Unavailable:
        raise
    except HotspotsError as error:
        if error.reason == "other_version":
            raise Unavailable(error.message, hint=error.hint, reason=error.reason) from error
        raise bad_file(TITLE, error.message.partition(" are damaged: ")[2] or error.message) from error


def _imported(capture: RawColumns) -> Imported:
    start_ms, end_ms = (_number(capture.about.get(name)) for name in ("start_ms", "end_ms"))
    stacks = Stacks(capture, ToldOrigins(None), SourceLines(start_ms / _MS))
    moments = (capture.counts("snapshots.ms") - start_ms) / _MS
    kept = moments >= 0
    samples = {
        "t_s": moments[kept],
        "rss_bytes": capture.counts("snapshots.rss")[kept],
        "heap_bytes": capture.counts("snapshots.heap")[kept],
    }
    facts: dict[str, Any] = {}
    try:
        facts["started"] = iso_utc(start_ms / _MS)
    except (OverflowError, ValueError, OSError):
        pass
    if end_ms > start_ms:
        facts["code_s"] = (end_ms - start_ms) / _MS
    return Imported(
        measurements=Measurements(
            functions=build(FunctionRow, stacks.functions()),
            lines=build(LineRow, stacks.lines()),
            tree=build(NodeRow, stacks.tree()),
            sites=build(SiteRow, stacks.sites()),
            samples=build(SampleRow, samples),
        ),
        profiler="allocations",
        facts=facts,
    )


def _number(value: Any) -> float:
    return value if is_number(value) else 0.0
