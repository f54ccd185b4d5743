"""Builds lines and functions from what the line collector wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from jupyterlab_hotspots.profilers.line.raw_lines import RawLines, read_lines
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.arrow import Table
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow
from jupyterlab_hotspots.profiles.tables import build

FILE: Final = "line.columns"
_MEASURES: Final = {"hits": False, "time_s": True}


def read(raw: Path, context: ReadContext) -> Measurements:
    """The lines of a run, and the functions they are in; see `protocol.Reader`."""
    lines = read_lines(raw, FILE, _MEASURES, context)
    return Measurements(
        lines=build(LineRow, {**lines.texts, **lines.numbers}),
        functions=_functions(lines),
        warnings=lines.warnings,
    )


def _functions(lines: RawLines) -> Table:
    """The functions with the time of all their lines, which line_profiler calls their total time."""
    known = lines.function_of >= 0
    places = lines.function_of[known]
    size = len(lines.functions["function"])
    seconds = np.bincount(places, weights=lines.numbers["time_s"][known], minlength=size)
    ran = np.bincount(places, weights=lines.numbers["hits"][known], minlength=size) > 0
    names = ("function", "qualname", "file", "origin", "line")
    columns = {
        name: [value for value, has_run in zip(lines.functions[name], ran.tolist(), strict=True) if has_run]
        for name in names
    }
    keys = [*zip(columns["function"], columns["file"], columns["line"], strict=True)]
    first = {key: place for place, key in reversed([*enumerate(keys)])}
    merged = np.zeros(len(keys))
    np.add.at(merged, [first[key] for key in keys], seconds[ran])
    unique = sorted(first.values())
    return build(
        FunctionRow,
        {**{name: [columns[name][place] for place in unique] for name in names}, "total_s": merged[unique]},
    )
