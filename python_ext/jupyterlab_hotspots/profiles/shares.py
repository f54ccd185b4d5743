"""Shares: how much of the run a row accounts for. Derived from the measured columns, never stored.

The whole of a run is what its rows add up to without counting anything twice: the own time of all functions, the own
time of all lines. That is the time the profiler has seen, so own shares sum to 1, and a run whose start-up or end was
not watched does not lose shares to it. Shares of inclusive measures (`total_s`) refer to the same whole and so can pass
1 only where several threads ran at once.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from jupyterlab_hotspots.profiles.arrow import Mask, Numbers, Table, valid_of
from jupyterlab_hotspots.profiles.keys import group_rows
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, SiteRow
from jupyterlab_hotspots.profiles.tables import numbers, row_of, with_column

_OWN_AND_TOTAL: Final = (("own_s", "total_s"), ("samples", "total_samples"))
_MEMORY: Final = ("peak_bytes", "size_bytes", "increment_bytes", "leaked_bytes", "allocated_bytes")
_FUNCTION_OF_A_LINE: Final = ("file", "cell", "function", "function_line")


def with_shares(table: Table, *, whole_s: float | None = None) -> Table:
    """The table with the share columns its rows have, where there is something to take a share of.

    Args:
        table: of functions, lines or sites; any other table is returned as it is.
        whole_s: the time of the whole run in seconds, where it is known better than from the rows: a live table that
            holds only the largest rows, lines of a few selected functions.
    """
    row = row_of(table)
    if row is FunctionRow:
        return function_shares(table, whole_s)
    if row is LineRow:
        return line_shares(table, whole_s)
    if row is SiteRow:
        return _memory_share(table, "share")
    return table


def profile_shares(profile: Profile, table: Table) -> Table:
    """A table of the profile with its shares; the whole of lines without own time is the time of the code."""
    return with_shares(table, whole_s=whole_of(profile, table))


def whole_of(profile: Profile, table: Table) -> float | None:
    """The `whole_s` to rank a table of the profile with: known better than from the rows, or None."""
    only_inclusive = row_of(table) is LineRow and "own_s" not in table.column_names
    return profile.run.code_s if only_inclusive else None


def function_shares(table: Table, whole_s: float | None = None) -> Table:
    """Functions with `own_share` and `total_share`: of own time, else of samples, else of memory."""
    for own, total in _OWN_AND_TOTAL:
        values, valid = numbers(table, own)
        if valid.any():
            whole = whole_s if whole_s is not None and own == "own_s" else float(values[valid].sum())
            table = _share(table, "own_share", values, valid, whole)
            return _share(table, "total_share", *numbers(table, total), whole)
    return _memory_share(table, "own_share")


def line_shares(table: Table, whole_s: float | None = None) -> Table:
    """Lines with `share` (of the run) and `share_of_function`.

    `share` is that of the own time where it is known. Where only inclusive time is (line_profiler), the whole is
    `whole_s`, else the function whose lines took longest: it contains whatever it called. Then samples, then memory;
    of signed increments only the growing ones count, a line that gives memory back has a negative share.
    """
    table = _share_of_function(table)
    values, valid = numbers(table, "own_s")
    if valid.any():
        return _share(table, "share", values, valid, float(values[valid].sum()) if whole_s is None else whole_s)
    values, valid = numbers(table, "time_s")
    if valid.any():
        if whole_s is None:
            functions, count = group_rows([table], _FUNCTION_OF_A_LINE)
            whole_s = float(np.bincount(functions, weights=values, minlength=count).max())
        return _share(table, "share", values, valid, whole_s)
    values, valid = numbers(table, "samples")
    if valid.any():
        return _share(table, "share", values, valid, float(values[valid].sum()))
    return _memory_share(table, "share")


def _share_of_function(table: Table) -> Table:
    if "function" not in table.column_names:
        return table
    has_function = valid_of(table.column("function"))
    for name in ("time_s", "own_s", "samples"):
        values, valid = numbers(table, name)
        valid = valid & has_function
        if valid.any():
            functions, count = group_rows([table], _FUNCTION_OF_A_LINE)
            wholes = np.bincount(functions, weights=np.where(valid, values, 0), minlength=count)
            return _share(table, "share_of_function", values, valid, wholes[functions])
    return table


def _memory_share(table: Table, share: str) -> Table:
    for name in _MEMORY:
        values, valid = numbers(table, name)
        if valid.any():
            return _share(table, share, values, valid, float(values[valid & (values > 0)].sum()))
    return table


def _share(table: Table, name: str, values: Numbers, valid: Mask, whole: float | Numbers) -> Table:
    wholes = np.broadcast_to(np.asarray(whole, np.float64), values.shape)
    valid = valid & (wholes > 0)
    if not valid.any():
        return table
    return with_column(table, name, np.divide(values, wholes, out=np.zeros(len(values)), where=valid), valid)
