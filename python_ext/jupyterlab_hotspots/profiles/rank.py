"""Ranking: a table ordered by one column, filtered, and one page of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.arrow import Indices, Mask, Numbers, Table, codes_of, numbers_of, pa, pc, take
from jupyterlab_hotspots.profiles.shares import with_shares

SEARCHED: Final[tuple[str, ...]] = ("function", "name", "qualname", "module", "file", "source", "type")
"""The columns that a text is looked for in."""

_FIRST_CHOICE: Final = (
    "own_s",
    "time_s",
    "samples",
    "peak_bytes",
    "size_bytes",
    "increment_bytes",
    "leaked_bytes",
    "allocated_bytes",
    "total_s",
    "hits",
    "calls",
    "t_s",
)


@dataclass(frozen=True)
class Page:
    """One page of a ranking.

    Attributes:
        total: rows in the table.
        matched: rows that contain the text.
        hidden: of those, rows left out because they are library code; `matched - hidden` rows can be paged through.
        offset: place of the first row of this page in the ranking.
        rows: numbers of this page's rows in the table that was ranked, shape (rows of the page,).
        table: the rows, with their shares.
    """

    total: int
    matched: int
    hidden: int
    offset: int
    rows: Indices
    table: Table


def rank(
    table: Table,
    *,
    by: str | None = None,
    descending: bool = True,
    text: str = "",
    hide_library: bool = False,
    offset: int = 0,
    limit: int | None = None,
    magnitude: bool = False,
    whole_s: float | None = None,
) -> Page:
    """The page `offset … offset + limit` of the rows of a table, ordered by a column.

    Rows without a value come last in either direction; rows of equal value keep the order they have in the table.
    Shares refer to the whole table, not to what a filter leaves (`shares.py`).

    Args:
        table: any table of a profile, or one of `compare.Comparison`.
        by: a column of the table, shares included; None for the first that says what costs most.
        descending: largest first (for texts: Z first).
        text: words, each of which must occur somewhere in a row's names, file or source; case does not matter.
        hide_library: leave out rows whose `origin` is known and not the user's own.
        limit: rows of the page; None for all.
        magnitude: order by the absolute value (for differences).
        whole_s: the time of the whole run, for shares, where it is known better than from the rows.

    Raises:
        BadRequest: the table has no column `by`, or the page begins or ends before the first row.
    """
    if offset < 0 or (limit is not None and limit < 0):
        raise BadRequest(
            f"There is no page of {limit} rows from row {offset}.", hint="Ask for 0 or more rows, counted from 0."
        )
    shared = with_shares(table, whole_s=whole_s) if _says_what_it_is(table) else table
    by = default_order(shared) if by is None else by
    if by not in shared.column_names:
        raise BadRequest(
            f"There is no column `{by}` to sort by.", hint=f"There are {', '.join(sorted(shared.column_names))}."
        )
    matches = _matches(shared, text)
    library = _library(shared) & matches if hide_library else np.zeros(shared.num_rows, np.bool_)
    places = np.flatnonzero(matches & ~library)
    values, valid = _sortable(shared, by)
    rows = _ordered(places, values, valid, descending=descending, magnitude=magnitude)
    rows = rows[offset : None if limit is None else offset + limit]
    return Page(
        total=shared.num_rows,
        matched=int(matches.sum()),
        hidden=int(library.sum()),
        offset=offset,
        rows=rows,
        table=take(shared, rows),
    )


def default_order(table: Table) -> str:
    """The column by which a reader most likely wants the table ordered."""
    names = table.column_names
    choices = [choice for name in _FIRST_CHOICE for choice in (name, f"{name}_difference")]
    return next((name for name in choices if name in names), names[0] if names else "")


def _ordered(places: Indices, values: Numbers, valid: Mask, *, descending: bool, magnitude: bool) -> Indices:
    values, valid = values[places], valid[places]
    if magnitude:
        values = np.abs(values)
    present, absent = places[valid], places[~valid]
    keys = values[valid]
    if keys.dtype.kind == "b":
        keys = keys.astype(np.int64)
    # Negated rather than reversed: reversing would turn round the order of equal rows too.
    order = np.argsort(-keys if descending else keys, kind="stable")
    return np.concatenate([present[order], absent])


def _sortable(table: Table, name: str) -> tuple[Numbers, Mask]:
    """Numbers that are in the same order as the values of a column."""
    column = table.column(name)
    if not pa.types.is_dictionary(column.type):
        return numbers_of(column)
    codes, values = codes_of(column)
    order, _ = numbers_of(pc.cast(pc.sort_indices(values), pa.int64()))
    rank_of_value = np.zeros(len(values) + 1, np.int64)
    rank_of_value[order] = np.arange(len(values))
    return rank_of_value[codes], codes >= 0


def _matches(table: Table, text: str) -> Mask:
    matches = np.ones(table.num_rows, np.bool_)
    searched = [codes_of(table.column(name)) for name in SEARCHED if name in table.column_names]
    for word in text.split():
        found = np.zeros(table.num_rows, np.bool_)
        for codes, values in searched:
            # The last place is for rows without a value, whose code is -1.
            contains = np.zeros(len(values) + 1, np.bool_)
            contains[:-1] = _contains(values, word)
            found |= contains[codes]
        matches &= found
    return matches


def _contains(values: Any, word: str) -> Mask:
    found, _ = numbers_of(pc.match_substring(values, word, ignore_case=True))
    return found


def _library(table: Table) -> Mask:
    if "origin" not in table.column_names:
        return np.zeros(table.num_rows, np.bool_)
    codes, values = codes_of(table.column("origin"))
    own = np.asarray([value == "own" for value in values.to_pylist()] + [True], np.bool_)
    return ~own[codes]


def _says_what_it_is(table: Table) -> bool:
    return b"row" in (table.schema.metadata or {})
