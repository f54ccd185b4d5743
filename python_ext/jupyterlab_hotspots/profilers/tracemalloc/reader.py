"""Builds the model from what the last look of a run found, however the run ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypeGuard

import numpy as np

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profilers.agent_lines import AgentLines, is_number, read_agent_lines
from jupyterlab_hotspots.profilers.cut_short import seconds_missing
from jupyterlab_hotspots.profilers.preorder import can_be_summed
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.raw_columns import bad_raw, read_columns
from jupyterlab_hotspots.profilers.source_lines import SourceLines
from jupyterlab_hotspots.profilers.tracemalloc.held import Held
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import LineRow, NodeRow, ProfileWarning, SampleRow, SiteRow
from jupyterlab_hotspots.profiles.tables import build

FILE: Final = "tracemalloc.columns"
_ORIGINS: Final = ("own", "library", "builtin")


def read(raw: Path, context: ReadContext) -> Measurements:
    """Sites and lines of a run, the tree if stacks were kept, and what was held at each look; see `protocol.Reader`."""
    said = read_agent_lines(raw)
    held, about, samples = _looked(raw / FILE)
    warnings = said.warnings
    if about.get("final") is not True and said.started is not None:
        moment = about.get("t")
        looked = moment if is_number(moment) else None
        # Tables are written more seldom than live rows are told; with stacks of one frame both say the same.
        if said.told is not None and (looked is None or (said.told > looked and not held.has_stacks)):
            held, looked = _live(said), said.told
        if said.stopped is None:
            warnings = [*warnings, _cut_short(said, looked, context)]
    began = about.get("started")
    sources = SourceLines(began if is_number(began) else 0.0)
    tree = held.tree()
    return Measurements(
        sites=build(SiteRow, held.sites(sources)),
        lines=build(LineRow, held.lines(sources)),
        tree=None if tree is None else build(NodeRow, tree),
        samples=build(SampleRow, samples),
        warnings=tuple(warnings),
    )


def _looked(path: Path) -> tuple[Held, dict[str, Any], dict[str, Any]]:
    none = np.zeros(0)
    try:
        columns = read_columns(path)
    except NotFound:
        return Held([], [], []), {}, {"t_s": none, "heap_bytes": none}
    names, origins = columns.text("files.name"), columns.text("files.origin")
    columns.length("files.name", "files.origin")
    columns.length("stacks.depth", *(f"stacks.{name}" for name in Held.VALUES))
    frames = columns.length("frames.file", "frames.line")
    columns.length("samples.t_s", "samples.heap_bytes")
    depths = columns.counts("stacks.depth")
    # Each on its own first: a sum of numbers this large may come round to the right one.
    if len(depths) and not (depths.min() >= 1 and depths.max() <= frames):
        raise bad_raw(path, "it has stacks without frames")
    if int(depths.sum()) != frames:
        raise bad_raw(path, "it has not as many frames as its stacks are deep")
    values = [columns.counts(f"stacks.{name}") for name in Held.VALUES]
    if not all(map(can_be_summed, (*values, columns.counts("frames.line")))):
        raise bad_raw(path, "it has sizes or lines that cannot be")
    origin_of: dict[str, str | None] = {}
    for name, origin in zip(names.codes.tolist(), origins.codes.tolist(), strict=True):
        if name >= 0 and origin >= 0 and origins.strings[origin] in _ORIGINS:
            origin_of[names.strings[name]] = origins.strings[origin]
    files = columns.text("frames.file")
    file_codes: list[int] = files.codes.tolist()
    lines: list[int] = columns.counts("frames.line").tolist()
    places = [(files.strings[code] if code >= 0 else "?", line) for code, line in zip(file_codes, lines, strict=True)]
    ends: list[int] = np.cumsum(depths).tolist()
    kept = [tuple(places[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    rows: list[tuple[int, ...]] = list(zip(*(column.tolist() for column in values), strict=True))
    samples = {"t_s": columns.seconds("samples.t_s"), "heap_bytes": columns.counts("samples.heap_bytes")}
    frames_kept = columns.about.get("frames")
    has_stacks = is_number(frames_kept) and frames_kept > 1
    return Held(kept, rows, list(origin_of.items()), has_stacks=has_stacks), columns.about, samples


def _live(said: AgentLines) -> Held:
    """The sites as they were told while the code ran."""
    stacks: list[tuple[tuple[str, int], ...]] = []
    rows: list[tuple[int, ...]] = []
    origins: dict[str, str | None] = {}
    for row in said.rows.get("sites", {}).values():
        file, line, origin = row.get("file"), row.get("line"), row.get("origin")
        if not isinstance(file, str) or not _is_count(line):
            continue
        size, count, growth, growth_count = (
            row.get(name) for name in ("size_bytes", "count", "growth_bytes", "growth_count")
        )
        if _is_count(size) and _is_count(count) and isinstance(growth, int) and isinstance(growth_count, int):
            stacks.append(((file, line),))
            rows.append((size, count, max(0, size - growth), max(0, count - growth_count)))
            origins[file] = origin if origin in _ORIGINS else None
    return Held(stacks, rows, list(origins.items()))


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _cut_short(said: AgentLines, looked: float | None, context: ReadContext) -> ProfileWarning:
    missing = None if looked is None else seconds_missing(said, looked, context.info)
    if looked is None:
        message = "The process ended before its memory was looked at for the first time."
    elif missing is None:
        message = "The process ended before the end of its code: what the last look before that found is shown."
    else:
        message = f"The process ended before the end of its code: what was held {missing:.1f} s before that is shown."
    return ProfileWarning(code="cut_short", message=message, hint="Why it ended is in the run's reason.")
