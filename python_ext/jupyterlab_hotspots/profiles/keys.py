"""Which rows mean the same thing: numbers for rows by the values of their key columns, over several tables at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jupyterlab_hotspots.profiles.arrow import (
    Array,
    Indices,
    Mask,
    Numbers,
    Table,
    codes_of,
    dtype_of,
    number_array,
    numbers_of,
    pa,
    string_array,
)
from jupyterlab_hotspots.profiles.columns import column_of
from jupyterlab_hotspots.profiles.tables import row_of, schema_of

_ROOM = 2**62


def group_rows(tables: Sequence[Table], key: Sequence[str], extra: Sequence[Indices] = ()) -> tuple[Indices, int]:
    """Numbers the rows of tables of one kind, put one after the other: equal keys, equal numbers.

    Numbers start at 0 and count up in the order in which the keys first appear. A missing value equals a missing value.

    Args:
        tables: of the same kind of row.
        key: names of columns; one that no table has is left aside.
        extra: more columns of the key, over the rows of all tables; not negative.

    Returns:
        A number for each row, shape (rows of all tables,), and how many different ones there are.
    """
    size = sum(table.num_rows for table in tables)
    combined = np.zeros(size, np.int64)
    room = 1
    for part in [*extra, *(_column_codes(tables, name) for name in key)]:
        width = int(part.max(initial=0)) + 1
        if room * width >= _ROOM:
            combined, room = renumbered(combined)
        if room * width >= _ROOM:
            part, width = renumbered(part)
        combined = combined * width + part
        room *= width
    return renumbered(combined)


def text_codes(tables: Sequence[Table], name: str) -> tuple[Indices, Array]:
    """Places of each row's text in one list of distinct texts for all tables, -1 where there is none; and that list."""
    chunks: list[Any] = []
    for table in tables:
        if name in table.column_names:
            chunks.extend(table.column(name).chunks)
        else:
            chunks.append(pa.nulls(table.num_rows, schema_of(row_of(table)).field(name).type))
    if not chunks:
        return np.zeros(0, np.int64), string_array(())
    codes, values = codes_of(pa.chunked_array(chunks))
    return codes.astype(np.int64), values


def stacked_numbers(tables: Sequence[Table], name: str) -> tuple[Numbers, Mask]:
    """Values and which of them are there, of one column over all tables; none where a table has no such column."""
    kind = dtype_of(schema_of(row_of(tables[0])).field(name).type)
    parts: list[tuple[Numbers, Mask]] = []
    for table in tables:
        if name in table.column_names:
            parts.append(numbers_of(table.column(name)))
        else:
            parts.append((np.zeros(table.num_rows, kind), np.zeros(table.num_rows, np.bool_)))
    return np.concatenate([values for values, _ in parts]), np.concatenate([valid for _, valid in parts])


def renumbered(values: Indices) -> tuple[Indices, int]:
    """Numbers from 0 for the values, in the order in which they first appear, and how many there are."""
    encoded: Any = number_array(values)
    encoded = encoded.dictionary_encode()
    codes, _ = numbers_of(encoded.indices)
    return codes.astype(np.int64), len(encoded.dictionary)


def _column_codes(tables: Sequence[Table], name: str) -> Indices:
    """A number from 0 for each value of a column, 0 for none."""
    if not any(name in table.column_names for table in tables):
        return np.zeros(sum(table.num_rows for table in tables), np.int64)
    if column_of(row_of(tables[0]), name).type == "string":
        codes, _ = text_codes(tables, name)
        return codes + 1
    values, valid = stacked_numbers(tables, name)
    lowest = int(values.min(initial=0))
    if int(values.max(initial=0)) - lowest >= _ROOM:
        values, _ = renumbered(values)
        lowest = 0
    return np.where(valid, values.astype(np.int64, copy=False) - lowest + 1, 0)
