"""Reads `.lprof`, what `kernprof -l` and `LineProfiler.dump_stats` write."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.formats.foreign import bad_file, contents
from jupyterlab_hotspots.formats.pickled_lines import Lines, NotLineStats, parse
from jupyterlab_hotspots.profilers.path_origins import origin_of
from jupyterlab_hotspots.profiles.merge import merge_measurements
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "line_profiler"


def read(path: Path) -> Imported:
    """Lines, and their functions with the time of all their lines, which line_profiler calls their total time.

    Raises:
        BadRequest: it is no such file.
    """
    try:
        functions, unit = parse(contents(path))
    except NotLineStats as error:
        raise bad_file(TITLE, str(error)) from error
    try:
        return Imported(measurements=_measurements(functions, unit), profiler="line")
    except HotspotsError as error:
        raise bad_file(TITLE, error.message) from error


def _measurements(functions: list[Lines], unit: float) -> Measurements:
    rows = [(one, line, hits, ticks) for one in functions for line, hits, ticks in one.timings]
    names = {one.function: one.function.rpartition(".")[2] or one.function for one in functions}
    lines: dict[str, list[Any]] = {
        "file": [one.file for one, _, _, _ in rows],
        "line": [line for _, line, _, _ in rows],
        "function": [names[one.function] for one, _, _, _ in rows],
        "function_line": [one.first_line for one, _, _, _ in rows],
        "origin": [origin_of(one.file) for one, _, _, _ in rows],
        "hits": [hits for _, _, hits, _ in rows],
        "time_s": [ticks * unit for _, _, _, ticks in rows],
    }
    table: dict[str, list[Any]] = {
        "function": [names[one.function] for one in functions],
        "qualname": [one.function for one in functions],
        "file": [one.file for one in functions],
        "line": [one.first_line for one in functions],
        "origin": [origin_of(one.file) for one in functions],
        "total_s": [sum(ticks for _, _, ticks in one.timings) * unit for one in functions],
    }
    measurements = Measurements(functions=build(FunctionRow, table), lines=build(LineRow, lines))
    # Two functions may share a line, as lambdas do, which is one row for us.
    places = [*zip(lines["file"], lines["line"], strict=True)]
    keys = [*zip(table["function"], table["file"], table["line"], strict=True)]
    unique = len(set(places)) == len(places) and len(set(keys)) == len(keys)
    return measurements if unique else merge_measurements([measurements])
