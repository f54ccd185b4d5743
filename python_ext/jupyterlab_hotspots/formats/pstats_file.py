"""`.prof`: what `cProfile.Profile.dump_stats` writes and `pstats.Stats` reads.

The file is a marshalled dict `{(file, line, name): (primitive calls, calls, own s, total s, callers)}`, where callers
is `{(file, line, name): (calls, primitive calls, own s, total s)}`: the first two values the other way round. So it is
in CPython's `Lib/cProfile.py` (`snapshot_stats`) and `Lib/pstats.py`. It is read without `marshal`
(`marshalled_stats.py`).
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from jupyterlab_hotspots.errors import BadRequest, HotspotsError
from jupyterlab_hotspots.formats.call_tree import CallTree, calls_of, functions_of, spent
from jupyterlab_hotspots.formats.foreign import bad_file, contents
from jupyterlab_hotspots.formats.marshalled_stats import Stats, parse
from jupyterlab_hotspots.formats.marshalled_table import NotStats
from jupyterlab_hotspots.profilers.path_origins import origin_of
from jupyterlab_hotspots.profiles.arrow import Table, lists_of
from jupyterlab_hotspots.profiles.merge import merge_measurements
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, Origin, ProfileWarning
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.profiles.values import Coded
from jupyterlab_hotspots.store.imported import Imported

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile

Key = tuple[str, int, str]
Counts = tuple[int, int, float, float]
StatsTable = dict[Key, tuple[int, int, float, float, dict[Key, Counts]]]
Columns = dict[str, list[Any]]

BUILTIN_FILE = "~"
BUILTIN_FILES = (BUILTIN_FILE, "")
"""The second as `profile` has it."""
_SLIP = 1e-3
"""Seconds that a clock may have gone back."""
TITLE = "cProfile (pstats)"
KINDS: Final[tuple[Origin, ...]] = ("own", "library", "builtin")


def write(profile: Profile, path: Path) -> None:
    """Write functions and their callers to `path`; raises as `stats_of` does."""
    path.write_bytes(marshal.dumps(stats_of(profile)))


def stats_of(profile: Profile) -> StatsTable:
    """The table that `pstats` works on.

    Where calls are not counted, as in a sampled run, their numbers are 0, which `pstats` and SnakeViz show as nothing;
    times, and who called whom, are taken from functions and edges, else from the call tree.

    Raises:
        BadRequest: nothing says how long any function took by itself.
    """
    functions, edges, tree = (profile.table(name) for name in ("functions", "edges", "tree"))
    if _has(functions, "calls", "own_s", "total_s") or (
        _has(functions, "own_s", "total_s") and (tree is None or _has(edges, "own_s", "total_s"))
    ):
        return _of_tables(cast(Table, functions), edges if _has(edges, "own_s", "total_s") else None)
    if _has(tree, "own_s"):
        return _of_tree(CallTree.of(cast(Table, tree)))
    has = (
        "tells the total time of functions, but not their own time"
        if _has(functions, "total_s")
        else "measures no time"
    )
    raise BadRequest(
        f"A run under {profile.run.profiler} {has}, which pstats and SnakeViz need.",
        hint="Run the target under cprofile or sampling, or choose another format.",
    )


def _has(table: Table | None, *names: str) -> bool:
    return table is not None and all(name in table.column_names for name in names)


def _of_tables(functions: Table, edges: Table | None) -> StatsTable:
    functions_lists = lists_of(functions)
    keys = _keys(functions_lists)
    stats: StatsTable = {}
    for key, (calls, primitive, own, total) in zip(keys, _counts(functions_lists), strict=True):
        stats[key] = (primitive, calls, own, total, {})
    if edges is not None:
        columns = lists_of(edges)
        for caller, callee, counts in zip(columns["caller"], columns["callee"], _counts(columns), strict=True):
            stats[keys[callee]][4][keys[caller]] = counts
    return stats


def _of_tree(tree: CallTree) -> StatsTable:
    stats: StatsTable = {
        _key(*function): (0, 0, one.own, one.total, {})
        for function, one in spent(tree, "own_s", functions_of(tree)).items()
    }
    for (caller, callee), one in spent(tree, "own_s", calls_of(tree)).items():
        stats[_key(*callee)][4][_key(*caller)] = (0, 0, one.own, one.total)
    return stats


def _keys(functions: Columns) -> list[Key]:
    """The name `pstats` gives each row; built-ins lie in the file `~` at line 0."""
    names = functions["function"]
    blank = [None] * len(names)
    files, lines = functions.get("file", blank), functions.get("line", blank)
    return [_key(name, file, line) for name, file, line in zip(names, files, lines, strict=True)]


def _key(name: str, file: str | None, line: int | None) -> Key:
    return (file or BUILTIN_FILE, line if file and line is not None else 0, name)


def _counts(columns: Columns) -> list[Counts]:
    """(calls, primitive calls, own s, total s) of each row; 0 for what was not counted."""
    blank = [0] * len(columns["own_s"])
    names = ("calls", "primitive_calls", "own_s", "total_s")
    rows = zip(*(columns.get(name, blank) for name in names), strict=True)
    return [(calls or 0, primitive or 0, own or 0.0, total or 0.0) for calls, primitive, own, total in rows]


def read(path: Path) -> Imported:
    """Functions and callers of a `.prof`.

    Raises:
        BadRequest: it is none.
    """
    try:
        stats = parse(contents(path))
    except NotStats as error:
        raise bad_file(TITLE, str(error)) from error
    for table in (stats.functions, stats.edges):
        for name, values in table.items():
            if len(values) and not (np.isfinite(values).all() and values.min() >= -_SLIP):
                raise bad_file(TITLE, f"`{name}` is negative or not finite")
    try:
        return Imported(measurements=_measurements(stats), profiler="cprofile")
    except HotspotsError as error:
        raise bad_file(TITLE, error.message) from error


def _measurements(stats: Stats) -> Measurements:
    files = _coded([None if file in BUILTIN_FILES else file for file, _, _ in stats.keys])
    origin_of_file = np.array([KINDS.index(origin_of(file)) for file in (*files.values, None)], np.int64)
    lines = np.array([line for _, line, _ in stats.keys], np.float64)
    placed = (files.codes >= 0) & (lines > 0)
    measurements = Measurements(
        functions=build(
            FunctionRow,
            {
                "function": _coded([name for _, _, name in stats.keys]),
                "file": files,
                "line": np.where(placed, lines, np.nan),
                "origin": Coded(origin_of_file[files.codes], KINDS),
                **{name: np.maximum(values, 0) for name, values in stats.functions.items()},
            },
        ),
        edges=build(EdgeRow, {name: np.maximum(values, 0) for name, values in stats.edges.items()}),
        warnings=_warnings(stats),
    )
    # Two functions may differ only in a line that says nothing.
    unplaced: list[tuple[int, str]] = [
        (int(files.codes[row]), stats.keys[row][2]) for row in range(len(lines)) if not placed[row]
    ]
    return measurements if len(set(unplaced)) == len(unplaced) else merge_measurements([measurements])


def _coded(texts: Sequence[str | None]) -> Coded:
    """Texts as places among the distinct ones; -1 for None."""
    strings = [text for text in dict.fromkeys(texts) if text is not None]
    places: dict[str | None, int] = dict(zip(strings, range(len(strings)), strict=True))
    places[None] = -1
    return Coded(np.fromiter((places[text] for text in texts), np.int64, len(texts)), strings)


def _warnings(stats: Stats) -> tuple[ProfileWarning, ...]:
    if not stats.strangers:
        return ()
    message = f"{stats.strangers:,} calls come from functions that the file does not list; they are left out."
    return (ProfileWarning(code="unknown_callers", message=message),)
