"""Comparing: what changed from one profile to another, by function, line and allocation site.

A row of a comparison is a function (line, site) of the base, of the new profile, or of both (`match.py` says which rows
are the same). For each measure that both profiles have there are four columns: `own_s_base`, `own_s_new`,
`own_s_difference` (new less base) and `own_s_relative` (the difference over base; absent where base is 0 or absent).

A function that is only in one profile took no time in the other: its difference is counted from 0, so that differences
add up to the difference of the wholes, while its `own_s_base` stays absent. A measure that only one of the profiles has
keeps its column and has no difference; shares are compared where both are of the same measure. Beside these stand the
columns that say what the row is (of the new profile where there is one), `line_base` and `line_new`, and `found_in`:
`both`, `base` or `new`.

`compare(a, a)` is 0 everywhere, and `compare(b, a)` has the differences of `compare(a, b)` with the opposite sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from jupyterlab_hotspots.profiles.arrow import (
    Array,
    Indices,
    Mask,
    Numbers,
    Table,
    dictionary_array,
    number_array,
    pa,
    string_array,
)
from jupyterlab_hotspots.profiles.columns import Column, ColumnType, columns_of
from jupyterlab_hotspots.profiles.keys import stacked_numbers, text_codes
from jupyterlab_hotspots.profiles.match import STEPS, match
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rows import Row, Unit
from jupyterlab_hotspots.profiles.run_info import RunInfo
from jupyterlab_hotspots.profiles.shares import profile_shares, share_bases
from jupyterlab_hotspots.profiles.tables import row_of

TOTALS: Final[tuple[str, ...]] = ("wall_s", "code_s", "cpu_s", "peak_rss_bytes")
"""What is compared of the runs themselves."""

_MEASURES: Final = ("sum", "max", "derived")


@dataclass(frozen=True)
class Difference:
    """One value of two runs: `difference` is new less base, `relative` that over base; None where it has no meaning."""

    name: str
    base: float | None
    new: float | None
    difference: float | None
    relative: float | None


@dataclass(frozen=True)
class Comparison:
    """What changed from `base` to `new`. A table is None where one of the two profiles has none.

    The tables are like those of a profile for `rank`: `rank(comparison.functions, by="own_s_difference",
    magnitude=True)` gives what changed most. Their rows are in the order of the new profile, then what is gone.
    """

    base: RunInfo
    new: RunInfo
    totals: tuple[Difference, ...]
    functions: Table | None = None
    lines: Table | None = None
    sites: Table | None = None


def compare(base: Profile, new: Profile) -> Comparison:
    """What changed from `base` to `new`."""
    tables: dict[str, Table | None] = {}
    for name in ("functions", "lines", "sites"):
        before, after = base.table(name), new.table(name)
        if before is not None and after is not None:
            alike = share_bases(before) == share_bases(after)
            tables[name] = (
                compare_tables(profile_shares(base, before), profile_shares(new, after))
                if alike
                else compare_tables(before, after)
            )
    return Comparison(
        base=base.run,
        new=new.run,
        totals=tuple(_difference(name, getattr(base.run, name), getattr(new.run, name)) for name in TOTALS),
        **tables,
    )


def compare_tables(base: Table, new: Table) -> Table:
    """The comparison of two tables of functions, lines or sites."""
    row = row_of(base)
    base_matched, new_matched = match(base, new, STEPS[row])
    base_of_new = np.full(new.num_rows, -1, np.int64)
    base_of_new[new_matched] = base_matched
    gone = np.setdiff1d(np.arange(base.num_rows), base_matched, assume_unique=True)
    base_rows = np.concatenate([base_of_new, gone])
    new_rows = np.concatenate([np.arange(new.num_rows), np.full(len(gone), -1, np.int64)])
    pair = _Pair(base, new, base_rows, new_rows)
    columns: dict[str, Array] = {}
    for column in columns_of(row):
        if column.name not in base.column_names and column.name not in new.column_names:
            continue
        if column.merge in _MEASURES:
            columns |= pair.measure(column.name)
        elif column.merge != "row":
            columns |= pair.description(column)
    columns["found_in"] = pair.found_in()
    return pa.table(list(columns.values()), names=list(columns))


def comparison_columns(row: type[Row], table: Table) -> list[Column]:
    """The columns of a comparison of tables of such rows, with their meaning and unit."""
    described: dict[str, Column] = {}
    for column in columns_of(row):
        described[column.name] = column
        shapes: tuple[tuple[str, ColumnType, Unit, str], ...] = (
            ("base", column.type, column.unit, "in the base"),
            ("new", column.type, column.unit, "in the new run"),
            ("difference", column.type, column.unit, "new less base"),
            ("relative", "number", "share", "the difference over base"),
        )
        for suffix, kind, unit, meaning in shapes:
            name = f"{column.name}_{suffix}"
            described[name] = Column(name, kind, unit, f"{column.description}: {meaning}", "same", required=False)
    described["found_in"] = Column(
        "found_in", "string", "", "which profiles have the row", "same", required=True, choices=("both", "base", "new")
    )
    return [described[name] for name in table.column_names]


@dataclass(frozen=True)
class _Pair:
    """Two tables and, for each row of the comparison, the row of each; -1 for none."""

    base: Table
    new: Table
    base_rows: Indices
    new_rows: Indices

    def found_in(self) -> Array:
        codes = np.where(self.base_rows < 0, 2, np.where(self.new_rows < 0, 1, 0))
        return dictionary_array(codes, string_array(["both", "base", "new"]))

    def description(self, column: Column) -> dict[str, Array]:
        """What the new profile says the row is, else what the base says; lines of both."""
        if column.type == "string":
            codes, values = text_codes([self.base, self.new], column.name)
            codes = np.append(codes, -1)
            before = codes[self.base_rows]
            after = codes[np.where(self.new_rows < 0, -1, self.new_rows + self.base.num_rows)]
            return {column.name: dictionary_array(np.where(after >= 0, after, before), values)}
        (before, before_valid), (after, after_valid) = self._sides(column.name)
        merged = number_array(np.where(after_valid, after, before), before_valid | after_valid)
        if column.name != "line":
            return {column.name: merged}
        return {
            "line": merged,
            "line_base": number_array(before, before_valid),
            "line_new": number_array(after, after_valid),
        }

    def measure(self, name: str) -> dict[str, Array]:
        """The measure in both profiles, and its difference where both have measured it."""
        (before, before_valid), (after, after_valid) = self._sides(name)
        if name not in self.new.column_names:
            return {f"{name}_base": number_array(before, before_valid)}
        if name not in self.base.column_names:
            return {f"{name}_new": number_array(after, after_valid)}
        # Where only one side has the row at all, the other counts as 0, which `_sides` has put there.
        comparable = (before_valid | (self.base_rows < 0)) & (after_valid | (self.new_rows < 0))
        difference = after - before
        over_base = comparable & before_valid & (before != 0)
        relative = np.divide(difference, before, out=np.zeros(len(before)), where=over_base)
        return {
            f"{name}_base": number_array(before, before_valid),
            f"{name}_new": number_array(after, after_valid),
            f"{name}_difference": number_array(difference, comparable),
            f"{name}_relative": number_array(relative, over_base),
        }

    def _sides(self, name: str) -> tuple[tuple[Numbers, Mask], tuple[Numbers, Mask]]:
        values, valid = stacked_numbers([self.base, self.new], name)
        values, valid = np.append(values, values.dtype.type(0)), np.append(valid, False)
        after_rows = np.where(self.new_rows < 0, -1, self.new_rows + self.base.num_rows)
        return (values[self.base_rows], valid[self.base_rows]), (values[after_rows], valid[after_rows])


def _difference(name: str, base: float | None, new: float | None) -> Difference:
    if base is None or new is None:
        return Difference(name, base, new, None, None)
    return Difference(name, base, new, new - base, (new - base) / base if base else None)
