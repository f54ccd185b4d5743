"""Shares: how much of the run a row accounts for. Derived from the measured columns, never stored.

The whole of a run is what its rows add up to without counting anything twice: the own time of all functions, the own
time of all lines. That is the time the profiler has seen, so own shares sum to 1, and a run whose start-up or end was
not watched does not lose shares to it. Shares of inclusive measures (`total_s`) refer to the same whole, or to the
largest of them where that is more: what a profiler itself takes is in what contains it, but in no row's own time.

Where no time was measured, shares are of samples, else of memory. Of signed increments only the growing ones make the
whole; a line that gives memory back has a negative share.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from jupyterlab_hotspots.profiles.arrow import Mask, Numbers, Table, lists_of, valid_of
from jupyterlab_hotspots.profiles.keys import group_rows
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, SiteRow
from jupyterlab_hotspots.profiles.tables import numbers, row_of, with_column

_TOTAL_OF: Final = {"own_s": "total_s", "samples": "total_samples"}
_MEMORY: Final = ("peak_bytes", "size_bytes", "increment_bytes", "leaked_bytes", "allocated_bytes")
_OF_THE_RUN: Final = {
    FunctionRow: ("own_share", ("own_s", "samples", *_MEMORY)),
    LineRow: ("share", ("own_s", "time_s", "samples", *_MEMORY)),
    SiteRow: ("share", _MEMORY),
}
"""The share column of each kind of row, and what it can be a share of: the first that was measured."""

_OF_A_FUNCTION: Final = ("time_s", "own_s", "samples")
_FUNCTION_OF_A_LINE: Final = ("file", "cell", "function", "function_line")


def share_bases(table: Table) -> dict[str, str]:
    """The share columns such a table has, each with the measured column it is a share of."""
    bases: dict[str, str] = {}
    row = row_of(table)
    if row in _OF_THE_RUN:
        share, choices = _OF_THE_RUN[row]
        basis = _first_measured(table, choices)
        if basis is not None:
            bases[share] = basis
            if row is FunctionRow and basis in _TOTAL_OF:
                bases["total_share"] = _TOTAL_OF[basis]
    if row is LineRow and "function" in table.column_names:
        basis = _first_measured(table, _OF_A_FUNCTION)
        if basis is not None:
            bases["share_of_function"] = basis
    return bases


def with_shares(table: Table, *, whole_s: float | None = None) -> Table:
    """The table with the share columns its rows have, where there is something to take a share of.

    Args:
        table: any table of a profile; only functions, lines and sites have shares.
        whole_s: the time of the whole run in seconds, where it is known better than from the rows: a live table that
            holds only the largest rows, lines of a few selected functions. Without it, lines whose inclusive time alone
            is known are shares of the function whose lines took longest: it contains what it called.
    """
    bases = share_bases(table)
    whole: float | None = None
    for share, basis in bases.items():
        values, valid = numbers(table, basis)
        if share == "share_of_function":
            table = _with_share_of_function(table, values, valid)
            continue
        if whole is None:
            whole = whole_s if whole_s is not None and basis.endswith("_s") else _whole(table, basis, values, valid)
        largest = float(values[valid].max(initial=0.0)) if share == "total_share" else 0.0
        table = _with_share(table, share, values, valid, max(whole, largest))
    return table


def profile_shares(profile: Profile, table: Table) -> Table:
    """A table of the profile with its shares; the whole of lines without own time is the time of the code."""
    return with_shares(table, whole_s=whole_of(profile, table))


def whole_of(profile: Profile, table: Table) -> float | None:
    """The `whole_s` to rank a table of the profile with: known better than from the rows, or None."""
    only_inclusive = row_of(table) is LineRow and "own_s" not in table.column_names
    return profile.run.code_s if only_inclusive else None


def inclusive_line_shares(profile: Profile) -> dict[tuple[str | None, int], float]:
    """Of a sampled profile: the share of each line, given by file and number, with what it called.

    This is what stands beside the times of a profiler that counts, which contain what a line called, too.
    """
    table = profile.table("lines")
    if table is None or not {"own_s", "time_s"} <= {*table.column_names}:
        return {}
    own, times = (np.where(valid, values, 0.0) for values, valid in (numbers(table, "own_s"), numbers(table, "time_s")))
    whole = float(own.sum())
    if whole <= 0:
        return {}
    columns = lists_of(table.select(["file", "line"] if "file" in table.column_names else ["line"]))
    files: list[str | None] = columns.get("file", [None] * table.num_rows)
    shares = np.minimum(1.0, times / whole)
    return {(file, line): float(share) for file, line, share in zip(files, columns["line"], shares, strict=True)}


def _whole(table: Table, basis: str, values: Numbers, valid: Mask) -> float:
    if basis == "time_s":
        functions, count = group_rows([table], _FUNCTION_OF_A_LINE)
        return float(np.bincount(functions, weights=values, minlength=count).max())
    return float(values[valid & (values > 0)].sum())


def _with_share_of_function(table: Table, values: Numbers, valid: Mask) -> Table:
    valid = valid & valid_of(table.column("function"))
    functions, count = group_rows([table], _FUNCTION_OF_A_LINE)
    wholes = np.bincount(functions, weights=np.where(valid, values, 0), minlength=count)
    return _with_share(table, "share_of_function", values, valid, wholes[functions])


def _with_share(table: Table, name: str, values: Numbers, valid: Mask, whole: float | Numbers) -> Table:
    wholes = np.broadcast_to(np.asarray(whole, np.float64), values.shape)
    valid = valid & (wholes > 0)
    if not valid.any():
        return table
    return with_column(table, name, np.divide(values, wholes, out=np.zeros(len(values)), where=valid), valid)


def _first_measured(table: Table, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if numbers(table, name)[1].any()), None)
