"""Rows that mean the same thing become one row, each column in the way its documentation says (`rows.Merge`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jupyterlab_hotspots.profiles.arrow import (
    Array,
    Indices,
    Mask,
    Numbers,
    Table,
    dictionary_array,
    number_array,
    numbers_of,
    pa,
    pc,
)
from jupyterlab_hotspots.profiles.columns import Column, columns_of
from jupyterlab_hotspots.profiles.keys import stacked_numbers, text_codes
from jupyterlab_hotspots.profiles.tables import build, row_of
from jupyterlab_hotspots.profiles.values import Values


def aggregate(tables: Sequence[Table], groups: Indices, count: int, references: Mapping[str, Values]) -> Table:
    """One table with a row for each group.

    Args:
        tables: one or more, of the same kind of row.
        groups: the group of each row of all tables put one after the other, from 0 to `count - 1`.
        references: the columns that point at rows of another table, one value for each group.
    """
    row = row_of(tables[0])
    columns: dict[str, Values] = dict(references)
    for column in columns_of(row):
        if column.merge in ("row", "derived") or not any(column.name in table.column_names for table in tables):
            continue
        columns[column.name] = _merged(tables, column, groups, count)
    return build(row, columns)


def _merged(tables: Sequence[Table], column: Column, groups: Indices, count: int) -> Array:
    if column.type == "string":
        codes, values = text_codes(tables, column.name)
        if column.merge == "key":
            merged = np.full(count, -1, np.int64)
            merged[groups] = codes
            return dictionary_array(merged, values)
        return dictionary_array(_smallest_text(codes, values, groups, count), values)
    values, valid = stacked_numbers(tables, column.name)
    return number_array(*_reduced(column, values, valid, groups, count))


def _reduced(column: Column, values: Numbers, valid: Mask, groups: Indices, count: int) -> tuple[Numbers, Mask]:
    found = np.zeros(count, np.bool_)
    found[groups[valid]] = True
    groups, values = groups[valid], values[valid]
    if column.merge == "sum":
        if values.dtype.kind == "f":
            return np.bincount(groups, weights=values, minlength=count), found
        merged = np.zeros(count, values.dtype)
        np.add.at(merged, groups, values)
        return merged, found
    merged = np.zeros(count, values.dtype)
    merged[groups] = values
    (np.maximum if column.merge == "max" else np.minimum).at(merged, groups, values)
    return merged, found


def _smallest_text(codes: Indices, values: Array, groups: Indices, count: int) -> Indices:
    """The code of each group's first text in sort order; -1 where no row has one."""
    order, _ = numbers_of(pc.cast(pc.sort_indices(values), pa.int64()))
    place = np.zeros(len(order), np.int64)
    place[order] = np.arange(len(order))
    there = codes >= 0
    nowhere = len(order)
    smallest = np.full(count, nowhere, np.int64)
    np.minimum.at(smallest, groups[there], place[codes[there]])
    return np.append(order, -1)[smallest]
