"""Builds functions and call edges from what cProfile's collector wrote.

Of a run that ended in order these are the final tables, and exact. Of one that was killed they are the last tables that
were written on the way, with the newer live rows put over them; then a warning says how much is missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profilers.agent_lines import AgentLines, is_number, read_agent_lines
from jupyterlab_hotspots.profilers.cut_short import tables_cut_short
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.raw_columns import RawColumns, Text, bad_raw, read_columns
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, ProfileWarning
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.profiles.values import Coded

FILE: Final = "cprofile.columns"
_TEXTS: Final = ("function", "qualname", "file", "origin")
_COUNTS: Final = ("calls", "primitive_calls")
_SECONDS: Final = ("own_s", "total_s")

Numbers = npt.NDArray[Any]


@dataclass
class _Tables:
    """Both tables as they were at one moment.

    Attributes:
        texts: `function`, `qualname`, `file` and `origin` of the functions.
        functions: `line` (0 for none), counts and seconds of the functions.
        edges: `caller` and `callee` as rows of the functions, counts and seconds.
        final: whether the code had ended.
        t: the moment, in seconds of the machine's monotonic clock.
    """

    texts: dict[str, Text]
    functions: dict[str, Numbers]
    edges: dict[str, Numbers]
    final: bool = False
    t: float = -math.inf


def read(raw: Path, context: ReadContext) -> Measurements:
    """The functions and edges of a run; see `protocol.Reader`."""
    said = read_agent_lines(raw)
    try:
        tables = _tables(read_columns(raw / FILE))
    except NotFound:
        tables = _nothing()
    warnings = said.warnings
    if not tables.final:
        if said.started is not None:
            lost = "Who called whom is not known."
            warnings = [*warnings, tables_cut_short(said, tables.t, context.info, not_live=lost)]
        tables = _with_live_rows(tables, said)
    return _measurements(tables, tuple(warnings))


def _tables(columns: RawColumns) -> _Tables:
    """Checks what the file itself cannot: that the columns of a table are equally long, and edges lead somewhere."""
    moment = columns.about.get("t")
    if not is_number(moment):
        raise bad_raw(columns.path, "it does not say when it was written")
    texts = {name: columns.text(f"functions.{name}") for name in _TEXTS}
    functions: dict[str, Numbers] = {name: columns.counts(f"functions.{name}") for name in ("line", *_COUNTS)}
    functions.update({name: columns.seconds(f"functions.{name}") for name in _SECONDS})
    edges: dict[str, Numbers] = {name: columns.counts(f"edges.{name}") for name in ("caller", "callee", *_COUNTS)}
    edges.update({name: columns.seconds(f"edges.{name}") for name in _SECONDS})
    size = columns.length(*(f"functions.{name}" for name in (*texts, *functions)))
    columns.length(*(f"edges.{name}" for name in edges))
    for name in ("caller", "callee"):
        if len(edges[name]) and not (edges[name].min() >= 0 and edges[name].max() < size):
            raise bad_raw(columns.path, "it has calls between functions that are not there")
    return _Tables(texts, functions, edges, final=columns.about.get("final") is True, t=float(moment))


def _nothing() -> _Tables:
    none = np.zeros(0, np.int64)
    return _Tables(
        {name: Text(none, []) for name in _TEXTS},
        {"line": none, **dict.fromkeys(_COUNTS, none), **{name: np.zeros(0) for name in _SECONDS}},
        dict.fromkeys(("caller", "callee", *_COUNTS), none) | {name: np.zeros(0) for name in _SECONDS},
    )


def _with_live_rows(tables: _Tables, said: AgentLines) -> _Tables:
    """The tables with rows that were told after they were written; the ids of live rows are their row numbers."""
    rows = said.rows.get("functions", {})
    if said.told is None or said.told <= tables.t or not rows:
        return tables
    size = len(tables.functions["calls"])
    new = sorted(row_id for row_id in rows if row_id >= size and isinstance(rows[row_id].get("function"), str))
    place_of = {row_id: row_id for row_id in rows if row_id < size} | {
        row_id: size + number for number, row_id in enumerate(new)
    }
    texts: dict[str, Text] = {}
    for name, text in tables.texts.items():
        strings = list(text.strings)
        codes = text.codes.tolist()
        for row_id in new:
            value = rows[row_id].get(name)
            codes.append(len(strings) if isinstance(value, str) else -1)
            strings += [value] if isinstance(value, str) else []
        texts[name] = Text(np.asarray(codes, np.int64), strings)
    functions: dict[str, Numbers] = {}
    for name, known in tables.functions.items():
        values = np.concatenate([known, np.zeros(len(new), known.dtype)])
        for row_id, place in place_of.items():
            value = rows[row_id].get(name)
            if (place >= size or name != "line") and _is_count(value, known.dtype):
                values[place] = value
        functions[name] = values
    return _Tables(texts, functions, tables.edges, t=tables.t)


def _is_count(value: object, dtype: np.dtype[Any]) -> bool:
    """Whether a live value can stand in a column of that type: not negative, and within what the type holds."""
    if isinstance(value, bool) or not isinstance(value, int if dtype.kind == "i" else (int, float)):
        return False
    return 0 <= value < 2**63


def _measurements(tables: _Tables, warnings: tuple[ProfileWarning, ...]) -> Measurements:
    functions, edges = tables.functions, tables.edges
    # A function that was only called by the agent, or has not returned when the table was read, counts nothing.
    counted = functions["calls"] > 0
    row_of = np.cumsum(counted) - 1
    called = (edges["calls"] > 0) & counted[edges["caller"]] & counted[edges["callee"]]
    lines = functions["line"][counted].astype(np.float64)
    return Measurements(
        functions=build(
            FunctionRow,
            {
                **{name: Coded(text.codes[counted], text.strings) for name, text in tables.texts.items()},
                "line": np.where(lines > 0, lines, np.nan),
                **{name: functions[name][counted] for name in _COUNTS},
                # What was taken out for the agent's own calls can leave less than nothing, by the clock's resolution.
                **{name: np.maximum(functions[name][counted], 0.0) for name in _SECONDS},
            },
        ),
        edges=build(
            EdgeRow,
            {
                **{name: row_of[edges[name][called]] for name in ("caller", "callee")},
                **{name: edges[name][called] for name in _COUNTS},
                **{name: np.maximum(edges[name][called], 0.0) for name in _SECONDS},
            },
        ),
        warnings=warnings,
    )
