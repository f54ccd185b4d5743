"""Tables: Arrow schemas derived from the row structs, and the one way to build a table that is checked.

Strings are dictionary-encoded (a name that stands in a thousand rows is kept once), references to rows are int32, other
integers int64, times float64. A table remembers in its schema's metadata what its rows are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import numpy as np

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profiles import rows as _rows
from jupyterlab_hotspots.profiles.arrow import (
    Array,
    Mask,
    Numbers,
    Table,
    number_array,
    numbers_of,
    pa,
)
from jupyterlab_hotspots.profiles.columns import Column, column_of, columns_of
from jupyterlab_hotspots.profiles.rows import Row
from jupyterlab_hotspots.profiles.values import Values, array_of, length_of, names

_ROW_KEY = b"row"


@cache
def schema_of(row: type[Row]) -> Any:
    """The Arrow schema with every column such a table can have (a table has those that were measured)."""
    fields = [pa.field(column.name, _arrow_type(column), nullable=not column.required) for column in columns_of(row)]
    return pa.schema(fields, metadata={_ROW_KEY: row.__name__.encode()})


def build(row: type[Row], columns: Mapping[str, Values]) -> Table:
    """A checked table of such rows.

    NaN counts as not measured. A column in which nothing was measured is left out (unless the table is empty).

    Raises:
        HotspotsError: (reason `bad_table`) a column that such rows do not have, a required one that is missing or has
            gaps, columns of different lengths, values of the wrong type or not finite.
    """
    known = {column.name for column in columns_of(row)}
    unknown = sorted(columns.keys() - known)
    if unknown:
        raise bad_table(row, f"has no column {names(unknown)}")
    lengths = {name: length_of(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise bad_table(row, f"has columns of different lengths: {lengths}")
    fields: list[Any] = []
    arrays: list[Array] = []
    for column in columns_of(row):
        if column.name not in columns:
            if column.required:
                raise bad_table(row, f"lacks the column `{column.name}`")
            continue
        try:
            array = array_of(column, schema_of(row).field(column.name).type, columns[column.name])
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise bad_table(row, f"has a column `{column.name}` that is no {column.type}: {error}") from error
        if column.required and array.null_count:
            raise bad_table(row, f"has gaps in the column `{column.name}`")
        if len(array) and array.null_count == len(array):
            continue
        fields.append(schema_of(row).field(column.name))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=schema_of(row).metadata))


def empty(row: type[Row]) -> Table:
    """The table of nothing: measured, and nothing was found."""
    return build(row, {column.name: cast("list[Any]", []) for column in columns_of(row) if column.merge != "derived"})


def checked(row: type[Row], table: Table) -> Table:
    """A table from elsewhere (a file) as one of ours; raises as `build` does."""
    return build(row, {name: table.column(name) for name in table.column_names})


def row_of(table: Table) -> type[Row]:
    """What the rows of a table built here are; HotspotsError (`bad_table`) for a foreign table."""
    metadata: Mapping[bytes, bytes] = table.schema.metadata or {}
    found = getattr(_rows, metadata.get(_ROW_KEY, b"").decode(), None)
    if isinstance(found, type) and issubclass(found, Row):
        return found
    raise HotspotsError(
        "A table does not say what its rows are.", hint="Build it with profiles.tables.build.", reason="bad_table"
    )


def column_info(table: Table) -> list[Column]:
    """The columns a table has, with their meaning and unit."""
    row = row_of(table)
    return [column_of(row, name) for name in table.column_names]


def numbers(table: Table, name: str) -> tuple[Numbers, Mask]:
    """Values and which of them are there; all absent where the table has no such column."""
    if name not in table.column_names:
        return np.zeros(table.num_rows), np.zeros(table.num_rows, np.bool_)
    return numbers_of(table.column(name))


def with_column(table: Table, name: str, values: Numbers, valid: Mask | None = None) -> Table:
    """The table with one more column of numbers, which its rows must know; replaces a column of that name."""
    field = schema_of(row_of(table)).field(name)
    if name in table.column_names:
        table = table.select([other for other in table.column_names if other != name])
    return table.append_column(field, number_array(values, valid))


def _arrow_type(column: Column) -> Any:
    if column.type == "string":
        return pa.dictionary(pa.int32(), pa.string())
    if column.type == "integer":
        return pa.int32() if column.merge == "row" else pa.int64()
    return pa.bool_() if column.type == "boolean" else pa.float64()


def bad_table(row: type[Row], what: str) -> HotspotsError:
    """The error that says what is wrong with a table of such rows."""
    return HotspotsError(
        f"A table of {row.__name__} {what}.",
        hint="The file is damaged, or the profiler's reader has an error: please report it with the run's directory.",
        reason="bad_table",
    )
