"""The hot spots of a run on a terminal: functions, lines, sites, with the columns that were measured."""

from __future__ import annotations

import dataclasses
import linecache
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyterlab_hotspots.cli import places
from jupyterlab_hotspots.cli.figures import SHARES, Figure, column_called, figures_of, measured
from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import quantities
from jupyterlab_hotspots.profiles.arrow import codes_of, lists_of, take
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.shares import whole_of
from jupyterlab_hotspots.profiles.tables import column_info, numbers

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table as ArrowTable
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.rank import Page

TABLES: Final = ("functions", "lines", "sites")
BAR_WIDTH: Final = 8
ROOMY_COLUMNS: Final = 110
"""From this width on a terminal has room for bars and whole paths."""
GAP: Final = 2
MOST_FIGURES: Final = 7
LEAST_FIGURES: Final = 2
LEAST_NAME: Final = 18
LEAST_PLACE: Final = 16
LONGEST_NAME: Final = 80
Shares = Mapping[tuple[str | None, int], float]
"""Of lines, given by file and number."""


def tables_of(profile: Profile) -> dict[str, ArrowTable]:
    """The tables of hot spots that have rows, by name, functions first."""
    tables = ((name, profile.table(name)) for name in TABLES)
    return {name: table for name, table in tables if table is not None and table.num_rows}


def print_tables(
    console: Console,
    profile: Profile,
    *,
    limit: int,
    only: str | None = None,
    sort: str | None = None,
    text: str = "",
    hide_library: bool = False,
    sampled: Shares | None = None,
) -> None:
    """Every table that has rows, ranked.

    Args:
        console: where to.
        profile: of the run.
        limit: rows of each.
        only: the one table that is wanted.
        sort: what to rank by, in a person's words; without it by what costs most.
        text: only rows that contain these words.
        hide_library: only the user's own code.
        sampled: the sampled shares of lines, to stand beside the counted ones.

    Raises:
        BadRequest: none of the tables has what to sort by.
    """
    tables = {name: table for name, table in tables_of(profile).items() if only in (None, name)}
    by: dict[str, str] = {}
    for name, table in tables.items() if sort is not None else ():
        column = column_called(sort or "", name, profile.run.profiler)
        # A column that another table has says nothing about this one.
        if column in {*table.column_names, "own_share", "total_share", "share", "share_of_function"}:
            by[name] = column
    if sort is not None and tables and not by:
        known = {
            f"“{one.heading}”": None
            for name, table in tables.items()
            for one in figures_of(name, profile.run.profiler)
            if one.name in table.column_names
        }
        raise BadRequest(f"There is no column “{sort}” to sort by.", hint=f"There are {', '.join(known)}.")
    for name, table in tables.items():
        whole_s = whole_of(profile, table)
        page = rank(table, by=by.get(name), text=text, hide_library=hide_library, whole_s=whole_s)
        # Who looks for something by name gets whatever has it.
        page, machinery = (page, (0, 0.0)) if text else _without_machinery(page, name)
        page = dataclasses.replace(page, table=page.table.slice(0, limit))
        print_page(console, profile, name, page, by=by.get(name), machinery=machinery, sampled=sampled)
        console.print()


def _without_machinery(page: Page, name: str) -> tuple[Page, tuple[int, float]]:
    """The page without the rows of the import machinery; how many they were, and their share of the run."""
    if "file" not in page.table.column_names:
        return page, (0, 0.0)
    codes, values = codes_of(page.table.column("file"))
    of_file = [str(file).startswith(places.MACHINERY) for file in values.to_pylist()]
    machinery = np.asarray([*of_file, False], np.bool_)[codes]
    if not machinery.any() or machinery.all():
        return page, (0, 0.0)
    shares, valid = numbers(page.table, SHARES[name])
    share = float(shares[machinery & valid].sum())
    return dataclasses.replace(page, table=take(page.table, np.flatnonzero(~machinery))), (int(machinery.sum()), share)


def print_page(
    console: Console,
    profile: Profile,
    name: str,
    page: Page,
    *,
    by: str | None = None,
    machinery: tuple[int, float] = (0, 0.0),
    sampled: Shares | None = None,
) -> None:
    """One page of a ranking as a table, shares as bars beside the figures.

    Args:
        console: where to.
        profile: whose it is.
        name: which table it is of.
        page: the rows.
        by: the column it is ranked by, where that is not the usual one.
        machinery: how many rows of the import machinery were left out, and their share.
        sampled: the sampled shares of lines, to stand beside the counted ones.
    """
    columns = lists_of(page.table)
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    sampled = sampled if name == "lines" else None
    roomy = console.width >= ROOMY_COLUMNS
    share_of = "total_share" if by == "total_s" and name == "functions" else SHARES[name]
    # Heading and cells of each column of figures; of equal width, so the table needs no layout but ours.
    figures: list[tuple[str, list[str], str]] = []
    if share_of in columns:
        heading = "own" if name == "functions" else "counted" if sampled else "share"
        shares = [row.get(share_of) for row in rows]
        figures.append(("total" if share_of == "total_share" else heading, [*map(quantities.share, shares)], ""))
        if roomy:
            figures.append(("", [_bar(share).ljust(BAR_WIDTH) for share in shares], "red"))
    if sampled:
        seen = [quantities.share(sampled.get((row.get("file"), row["line"]))) for row in rows]
        figures.append(("sampled", seen, ""))
    first = len(figures)
    units = {column.name: column.unit for column in column_info(page.table)}
    figures += [
        (figure.heading, [figure.of(row, units.get(figure.name, "")) for row in rows], "")
        for figure in _chosen(measured(figures_of(name, profile.run.profiler), columns), by)
    ]
    whats = [printable(_what(name, row)) for row in rows]
    wheres = [printable(_where(row, profile.run.cwd)) for row in rows]

    room = _room(console, figures)
    while len(figures) > first + LEAST_FIGURES and room < _wanted(whats, LEAST_NAME) + GAP + _wanted(
        wheres, LEAST_PLACE
    ):
        figures.pop()
        room = _room(console, figures)
    what_width, where_width = _split(room - GAP, whats, wheres)
    cut = places.cut_middle if name == "functions" or "type" in columns else places.cut_end

    table = Table(box=None, pad_edge=False, header_style="dim", expand=False, padding=(0, GAP, 0, 0))
    for heading, cells, style in figures:
        justify = "right" if heading else "left"
        table.add_column(heading, justify=justify, no_wrap=True, min_width=_widest([heading, *cells]), style=style)
    what = {"functions": "function", "lines": "line", "sites": "type" if "type" in columns else "site"}[name]
    table.add_column(what, no_wrap=True, min_width=what_width)
    has_places = any(wheres)
    if has_places:
        table.add_column("where", style="dim", no_wrap=True, min_width=where_width)
    for place, (text, where) in enumerate(zip(whats, wheres, strict=True)):
        cells = [Text(column[place]) for _, column, _ in figures]
        cells.append(Text(cut(text, what_width if has_places else room)))
        table.add_row(*cells, *([Text(places.cut_place(where, where_width))] if has_places else []))
    console.print(table)
    count, share = machinery
    notes = [f"{len(rows)} of {page.matched - page.hidden - count} {name}"]
    if page.hidden:
        notes.append(f"{page.hidden} of libraries hidden")
    if count:
        notes.append(f"{count} of the import system hidden ({quantities.share(share)})")
    console.print(Text(" · ".join(notes), style="dim"))


def _chosen(figures: list[Figure], by: str | None) -> list[Figure]:
    """As many as a table may have, and among them the one it is ranked by."""
    ranked = [figure for figure in figures[LEAST_FIGURES:] if figure.name == by]
    others = [figure for figure in figures if figure not in ranked]
    return (
        [*others[:LEAST_FIGURES], *ranked, *others[LEAST_FIGURES:]][:MOST_FIGURES] if ranked else others[:MOST_FIGURES]
    )


def _room(console: Console, figures: Sequence[tuple[str, list[str], str]]) -> int:
    """Columns left for name and place."""
    return console.width - sum(_widest([heading, *cells]) + GAP for heading, cells, _ in figures)


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _wanted(texts: Sequence[str], least: int) -> int:
    return min(_widest(texts), least)


def _split(room: int, whats: Sequence[str], wheres: Sequence[str]) -> tuple[int, int]:
    """The widths of name and place: first the file's own name, then the name, then the folders of the file."""
    longest, whole = _widest(whats), _widest([*wheres, "where"])
    place = min(_widest([*map(places.base_name, wheres), "where"]), max(LEAST_PLACE, room // 2))
    what = max(8, min(longest, LONGEST_NAME, room - place))
    return what, max(5, min(whole, room - what))


def _what(name: str, row: dict[str, Any]) -> str:
    if name == "functions":
        return places.function_name(row)
    if name == "sites" and row.get("type"):
        return row["type"]
    source = row.get("source")
    if source is None and row.get("file") and row.get("line"):
        source = linecache.getline(row["file"], row["line"])
    return (source or "").strip() or row.get("function") or "–"


def _where(row: dict[str, Any], cwd: str | None) -> str:
    if not row.get("file"):
        return "" if row.get("type") else "built-in"
    return places.place(row["file"], row.get("line"), cwd)


def _bar(share: float | None) -> str:
    if not share:
        return ""
    eighths = min(BAR_WIDTH * 8, max(0, round(share * BAR_WIDTH * 8)))
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
