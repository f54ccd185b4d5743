"""Builds the model from what memray recorded, however the run ended."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.errors import HotspotsError, NotFound
from jupyterlab_hotspots.profilers.agent_lines import AgentLines, is_number, read_agent_lines
from jupyterlab_hotspots.profilers.allocations.capture import read_capture
from jupyterlab_hotspots.profilers.allocations.stacks import Stacks
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.raw_columns import RawColumns, read_columns
from jupyterlab_hotspots.profilers.source_lines import SourceLines
from jupyterlab_hotspots.profilers.told_origins import ToldOrigins
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, NodeRow, ProfileWarning, SampleRow, SiteRow
from jupyterlab_hotspots.profiles.tables import build, empty

CAPTURE: Final = "allocations.bin"
NOTES: Final = "allocations.columns"
_MS: Final = 1000.0
_SILENT_MS: Final = 500.0
"""While it records, memray looks at the memory of the process every 10 ms."""


def read(raw: Path, context: ReadContext) -> Measurements:
    """Lines, functions, tree, sites and the time axis of a run; see `protocol.Reader`."""
    said = read_agent_lines(raw)
    try:
        notes = read_columns(raw / NOTES).about
        capture = _captured(raw / CAPTURE, notes)
    except NotFound:
        capture, notes = None, dict[str, Any]()
    if capture is None:
        told = any(warning.code == "write_failed" for warning in said.warnings)
        lost = (_cut_short(said, None, context),) if said.started is not None and not told else ()
        return _nothing((*said.warnings, *lost))
    began = notes.get("started")
    began_ms = began * _MS if is_number(began) else float(_number(capture.about, "start_ms"))
    stacks = Stacks(capture, ToldOrigins(notes.get("origins")), SourceLines(began_ms / _MS))
    return Measurements(
        functions=build(FunctionRow, stacks.functions()),
        lines=build(LineRow, stacks.lines()),
        tree=build(NodeRow, stacks.tree()),
        sites=build(SiteRow, stacks.sites()),
        samples=build(SampleRow, _samples(capture, began_ms)),
        warnings=(*said.warnings, *_doubts(said, capture, notes, context)),
    )


def _captured(path: Path, notes: dict[str, Any]) -> RawColumns:
    files = notes.get("files")
    ours = [name for name in files if isinstance(name, str)] if isinstance(files, list) else []  # pyright: ignore
    try:
        return read_capture(path, ours=ours)
    except HotspotsError as error:
        theirs = notes.get("memray")
        if error.reason != "other_version" or not isinstance(theirs, str):
            raise
        message = f"{error.message.rstrip('.')}: it was written by memray {theirs[:40]}."
        raise HotspotsError(message, hint=error.hint, reason=error.reason) from error


def _samples(capture: RawColumns, began_ms: float) -> dict[str, Any]:
    moments = (capture.counts("snapshots.ms") - began_ms) / _MS
    # The clock of the machine may have been set meanwhile; before the start there is nothing.
    kept = moments > -1.0
    return {
        "t_s": moments[kept].clip(min=0.0),
        "rss_bytes": capture.counts("snapshots.rss")[kept],
        "heap_bytes": capture.counts("snapshots.heap")[kept],
    }


def _doubts(
    said: AgentLines, capture: RawColumns, notes: dict[str, Any], context: ReadContext
) -> tuple[ProfileWarning, ...]:
    if notes.get("final") is not True:
        return (_cut_short(said, capture, context),)
    if capture.about.get("probe") or any(warning.code == "profile_replaced" for warning in said.warnings):
        return ()
    moments = capture.counts("snapshots.ms")
    silent_ms = _number(capture.about, "end_ms") - (int(moments[-1]) if len(moments) else 0)
    if silent_ms > _SILENT_MS:
        return (
            ProfileWarning(
                code="write_failed",
                message=f"memray stopped recording {silent_ms / _MS:.1f} s before the end.",
                hint="Is the disk full? All that it had recorded until then is here.",
            ),
        )
    return (
        ProfileWarning(
            code="profile_replaced",
            message="The code took memray's profile function away, by which it follows the Python stack.",
            hint="Sizes are right, but lines and functions may be wrong from then on.",
        ),
    )


def _cut_short(said: AgentLines, capture: RawColumns | None, context: ReadContext) -> ProfileWarning:
    if capture is None:
        message = "The process ended before anything was recorded."
    else:
        message = "The process ended before the end of its code: all until then was recorded."
        ended = _last_seconds(said, capture, context)
        if ended is not None and ended > 0.5:
            message = f"The process ended before the end of its code: the last {ended:.1f} s may be missing."
    hint = "Why it ended is in the run's reason; “leaked” is what was allocated at that moment."
    return ProfileWarning(code="cut_short", message=message, hint=hint)


def _last_seconds(said: AgentLines, capture: RawColumns, context: ReadContext) -> float | None:
    """How long before the end of the process memray looked at its memory for the last time, which it does often."""
    info, moments = context.info, capture.counts("snapshots.ms")
    if info.wall_s is None or info.startup_s is None or not len(moments):
        return None
    known = (int(moments[-1]) - _number(capture.about, "start_ms")) / _MS
    return max(0.0, info.wall_s - info.startup_s - known) if math.isfinite(known) else None


def _number(about: dict[str, Any], name: str) -> float:
    value = about.get(name)
    return value if is_number(value) else 0.0


def _nothing(warnings: tuple[ProfileWarning, ...]) -> Measurements:
    return Measurements(
        functions=empty(FunctionRow),
        lines=empty(LineRow),
        tree=empty(NodeRow),
        sites=empty(SiteRow),
        samples=empty(SampleRow),
        warnings=warnings,
    )
