"""The call graph around one function: who calls it, and what it calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profiles.arrow import Indices, Table, codes_of, numbers_of, take
from jupyterlab_hotspots.profiles.columns import columns_of
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow
from jupyterlab_hotspots.profiles.tables import build, empty, numbers
from jupyterlab_hotspots.profiles.values import Values

_WHO: Final = ("function", "file", "line", "cell", "cell_index", "origin", "qualname", "module")
_MEASURES: Final = tuple(column.name for column in columns_of(EdgeRow) if column.merge != "row")


@dataclass(frozen=True)
class Neighbours:
    """Callers or callees of a function, in the order of the functions table.

    Attributes:
        rows: their numbers in the functions table, shape (neighbours,).
        table: of `FunctionRow`: who they are, with what was measured along the edge instead of in the function as a
            whole: for callers what they spent in this function, for callees what this function spent in them. A table
            like any other: `rank` orders it and gives shares.
    """

    rows: Indices
    table: Table


def callers(measurements: Measurements, row: int) -> Neighbours:
    """Who calls the function in this row of the functions table; NotFound if there is no such row."""
    return _neighbours(measurements, row, this="callee", other="caller")


def callees(measurements: Measurements, row: int) -> Neighbours:
    """What the function in this row of the functions table calls; NotFound if there is no such row."""
    return _neighbours(measurements, row, this="caller", other="callee")


def find(functions: Table, function: str, file: str | None = None, line: int | None = None) -> Indices:
    """Rows of the functions with that name, in that file and on that line where they are given."""
    found = np.ones(functions.num_rows, np.bool_)
    for name, wanted in (("function", function), ("file", file)):
        if wanted is None:
            continue
        if name not in functions.column_names:
            return np.zeros(0, np.int64)
        codes, values = codes_of(functions.column(name))
        texts = values.to_pylist()
        found &= codes == (texts.index(wanted) if wanted in texts else -2)
    if line is not None:
        lines, known = numbers(functions, "line")
        found &= known & (lines == line)
    return np.flatnonzero(found)


def _neighbours(measurements: Measurements, row: int, *, this: str, other: str) -> Neighbours:
    functions, edges = measurements.functions, measurements.edges
    if functions is None or not 0 <= row < functions.num_rows:
        raise NotFound(
            f"The profile has no function number {row}.", hint="Take the number of a row of its functions table."
        )
    if edges is None:
        return Neighbours(np.zeros(0, np.int64), empty(FunctionRow))
    here, _ = numbers_of(edges.column(this))
    there, _ = numbers_of(edges.column(other))
    found = np.flatnonzero(here == row)
    found = found[np.argsort(there[found], kind="stable")]
    rows = there[found].astype(np.int64)
    who, along = take(functions, rows), take(edges, found)
    columns: dict[str, Values] = {name: who.column(name) for name in _WHO if name in who.column_names}
    columns |= {name: along.column(name) for name in _MEASURES if name in along.column_names}
    return Neighbours(rows, build(FunctionRow, columns))
