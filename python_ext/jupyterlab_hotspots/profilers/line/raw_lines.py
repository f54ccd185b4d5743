"""Reads the tables of lines that the collectors of `line` and `memory` write (`table.py` says how).

Of a run that ended in order these are the final tables. Of one that was killed they are the last ones written on the
way, with the newer live rows put over them; then a warning says how much is missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profilers.agent_lines import is_number, read_agent_lines
from jupyterlab_hotspots.profilers.cut_short import tables_cut_short
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.raw_columns import RawColumns, bad_raw, read_columns
from jupyterlab_hotspots.profiles.rows import ProfileWarning

_FUNCTION_TEXTS: Final = ("function", "qualname", "file", "origin")
_LIVE_TEXTS: Final = ("file", "function", "origin", "source")
_ORIGINS: Final = ("own", "library", "builtin")

Numbers = npt.NDArray[Any]


@dataclass
class RawLines:
    """The lines of one run.

    Attributes:
        texts: `file`, `function`, `origin` and `source` of each line; None where there is none.
        numbers: `line` and `function_line` of each, and the measures.
        functions: `function`, `qualname`, `file`, `origin` and `line` of each function.
        function_of: the row in `functions` of each line; -1 where only its name is known.
        about: what the collector said beside the tables; unchecked.
        warnings: the agent's, and that the run was cut short.
    """

    texts: dict[str, list[str | None]]
    numbers: dict[str, Numbers]
    functions: dict[str, list[Any]]
    function_of: Numbers
    about: dict[str, Any] = field(default_factory=dict[str, Any])
    warnings: tuple[ProfileWarning, ...] = ()


def read_lines(raw: Path, file: str, measures: Mapping[str, bool], context: ReadContext) -> RawLines:
    """Reads the tables of lines of a run, however it ended.

    Args:
        raw: the folder the collector wrote into.
        file: the name of its file there.
        measures: name of a column → whether it is a number of seconds; it is a whole number otherwise. Names that end
            in `increment_bytes` may be negative.
        context: what is known otherwise.

    Raises:
        HotspotsError: (reason `bad_raw`) a file is not what the collector writes.
    """
    said = read_agent_lines(raw)
    written = -math.inf
    final = False
    try:
        columns = read_columns(raw / file)
    except NotFound:
        lines = _nothing(measures)
    else:
        lines = _checked(columns, measures)
        moment = columns.about.get("t")
        if not is_number(moment):
            raise bad_raw(columns.path, "it does not say when it was written")
        written, final = float(moment), columns.about.get("final") is True
    warnings = said.warnings
    if not final:
        if said.started is not None:
            warnings = [*warnings, tables_cut_short(said, written, context.info)]
        if said.told is not None and said.told > written:
            _put_over(lines, said.rows.get("lines", {}), measures)
    lines.warnings = tuple(warnings)
    return lines


def _nothing(measures: Mapping[str, bool]) -> RawLines:
    none = np.zeros(0, np.int64)
    return RawLines(
        {name: [] for name in _LIVE_TEXTS},
        {
            "line": none,
            "function_line": none,
            **{name: np.zeros(0, np.float64 if seconds else np.int64) for name, seconds in measures.items()},
        },
        {name: [] for name in (*_FUNCTION_TEXTS, "line")},
        none,
    )


def _checked(columns: RawColumns, measures: Mapping[str, bool]) -> RawLines:
    functions: dict[str, list[Any]] = {}
    for name in _FUNCTION_TEXTS:
        text = columns.text(f"functions.{name}")
        functions[name] = [text.strings[code] if code >= 0 else None for code in text.codes.tolist()]
    functions["line"] = columns.counts("functions.line").tolist()
    size = columns.length(*(f"functions.{name}" for name in functions))
    if any(value is None for name in ("function", "file") for value in functions[name]):
        raise bad_raw(columns.path, "it has functions without a name or a file")
    if set(functions["origin"]) - {*_ORIGINS}:
        raise bad_raw(columns.path, "it has origins that are none")
    numbers: dict[str, Numbers] = {"line": columns.counts("lines.line")}
    if len(numbers["line"]) and numbers["line"].min() < 1:
        raise bad_raw(columns.path, "it has lines before the first")
    for name, seconds in measures.items():
        numbers[name] = columns.seconds(f"lines.{name}") if seconds else columns.counts(f"lines.{name}")
        if not name.endswith("increment_bytes") and len(numbers[name]) and numbers[name].min() < 0:
            raise bad_raw(columns.path, f"its column {name!r} has negative numbers")
    function_of = columns.counts("lines.function")
    columns.length("lines.source", "lines.function", *(f"lines.{name}" for name in numbers))
    if len(function_of) and not (function_of.min() >= 0 and function_of.max() < size):
        raise bad_raw(columns.path, "it has lines in functions that are not there")
    source = columns.text("lines.source")
    places: list[int] = function_of.tolist()
    texts: dict[str, list[str | None]] = {
        name: [functions[name][place] for place in places] for name in ("file", "function", "origin")
    }
    texts["source"] = [source.strings[code] if code >= 0 else None for code in source.codes.tolist()]
    numbers["function_line"] = np.asarray([functions["line"][place] for place in places], np.int64)
    keys = [*zip(texts["file"], numbers["line"].tolist(), strict=True)]
    if len(set(keys)) != len(keys):
        raise bad_raw(columns.path, "it has a line twice")
    return RawLines(texts, numbers, functions, function_of, columns.about)


def _put_over(lines: RawLines, rows: dict[int, dict[str, Any]], measures: Mapping[str, bool]) -> None:
    """Puts newer live rows over the table; the ids of live rows are its row numbers."""
    size = len(lines.numbers["line"])
    known = {*zip(lines.texts["file"], lines.numbers["line"].tolist(), strict=True)}
    place_of = {row_id: row_id for row_id in rows if row_id < size}
    for row_id in sorted(rows):
        row = rows[row_id]
        key = row.get("file"), row.get("line")
        if row_id < size or key in known or not _is_new(row):
            continue
        known.add(key)
        place_of[row_id] = len(lines.texts["file"])
        for name in _LIVE_TEXTS:
            value = row.get(name)
            lines.texts[name].append(value if isinstance(value, str) else None)
    new = len(lines.texts["file"]) - size
    for name in ("line", "function_line", *measures):
        column = lines.numbers[name]
        lines.numbers[name] = np.concatenate([column, np.zeros(new, column.dtype)])
    lines.function_of = np.concatenate([lines.function_of, np.full(new, -1)])
    for row_id, place in place_of.items():
        for name in measures if place < size else ("line", "function_line", *measures):
            value = rows[row_id].get(name)
            least = -(2**62) if name.endswith("increment_bytes") else 0
            column = lines.numbers[name]
            whole = isinstance(value, int) and not isinstance(value, bool)
            if (whole or (column.dtype.kind == "f" and isinstance(value, float))) and least <= value < 2**62:  # pyright: ignore
                column[place] = value


def _is_new(row: dict[str, Any]) -> bool:
    names = all(isinstance(row.get(name), str) for name in ("file", "function"))
    line = row.get("line")
    return names and row.get("origin") in _ORIGINS and isinstance(line, int) and line > 0
