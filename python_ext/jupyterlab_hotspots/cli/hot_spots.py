"""The hot spots of a run on a terminal: functions, lines, sites, with the columns that were measured."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.formats import quantities
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.shares import whole_of
from jupyterlab_hotspots.profiles.tables import column_info

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table as ArrowTable
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.rank import Page

TABLES: Final = ("functions", "lines", "sites")
BAR_WIDTH: Final = 8
ROOMY_COLUMNS: Final = 110
"""From this width on a terminal has room for paths; below, a file's name must do."""
MOST_FIGURES: Final = 7
Shares = Mapping[tuple[str | None, int], float]
"""Of lines, given by file and number."""
SHARES: Final = {"functions": "own_share", "lines": "share", "sites": "share"}
SHARE_HEADINGS: Final = {"functions": "own", "lines": "share", "sites": "share"}


WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "s": quantities.seconds,
    "bytes": quantities.size,
    "count": quantities.count,
    "share": quantities.share,
}
"""How a value of a unit is written."""


@dataclass(frozen=True)
class Figure:
    """A column of figures.

    Attributes:
        name: of the table's column.
        heading: above it.
    """

    name: str
    heading: str

    def of(self, row: dict[str, Any], unit: str) -> str:
        """The cell of a row, written as its unit is."""
        if self.name == "per_hit":
            hits, time_s = row.get("hits"), row.get("time_s")
            return quantities.seconds(time_s / hits if hits and time_s is not None else None)
        return WORDS[unit](row.get(self.name))


FIGURES: Final[dict[str, tuple[Figure, ...]]] = {
    "functions": (
        Figure("own_s", "own time"),
        Figure("total_s", "total time"),
        Figure("calls", "calls"),
        Figure("idle_s", "waiting"),
        Figure("python_s", "Python"),
        Figure("native_s", "native"),
        Figure("system_s", "system"),
        Figure("peak_bytes", "peak"),
        Figure("total_peak_bytes", "with calls"),
        Figure("allocated_bytes", "allocated"),
        Figure("leaked_bytes", "leaked"),
        Figure("temporary_bytes", "temporary"),
        Figure("copied_bytes", "copied"),
        Figure("count", "blocks"),
    ),
    "lines": (
        Figure("hits", "hits"),
        Figure("own_s", "own time"),
        Figure("time_s", "time"),
        Figure("per_hit", "per hit"),
        Figure("share_of_function", "% of function"),
        Figure("python_s", "Python"),
        Figure("native_s", "native"),
        Figure("system_s", "system"),
        Figure("rss_bytes", "memory"),
        Figure("increment_bytes", "increment"),
        Figure("occurrences", "occurrences"),
        Figure("peak_bytes", "peak"),
        Figure("average_bytes", "average"),
        Figure("leaked_bytes", "leaked"),
        Figure("temporary_bytes", "temporary"),
        Figure("growth_bytes", "growth"),
        Figure("copied_bytes", "copied"),
        Figure("leak_score", "leak score"),
        Figure("count", "blocks"),
    ),
    "sites": (
        Figure("size_bytes", "held"),
        Figure("growth_bytes", "growth"),
        Figure("count", "count"),
        Figure("growth_count", "more"),
        Figure("peak_bytes", "peak"),
        Figure("leaked_bytes", "leaked"),
        Figure("temporary_bytes", "temporary"),
    ),
}


def tables_of(profile: Profile) -> dict[str, ArrowTable]:
    """The tables of hot spots that have rows, by name, functions first."""
    tables = ((name, profile.table(name)) for name in TABLES)
    return {name: table for name, table in tables if table is not None and table.num_rows}


def print_tables(console: Console, profile: Profile, *, limit: int, sampled: Shares | None = None) -> None:
    """Every table that has rows, ranked by what costs most; see `print_page` for the arguments."""
    for name, table in tables_of(profile).items():
        page = rank(table, limit=limit, whole_s=whole_of(profile, table))
        print_page(console, name, page, cwd=profile.run.cwd, sampled=sampled if name == "lines" else None)
        console.print()


def print_page(
    console: Console,
    name: str,
    page: Page,
    *,
    cwd: str | None,
    by: str | None = None,
    sampled: Shares | None = None,
) -> None:
    """One page of a ranking as a table, shares as bars beside the figures.

    Args:
        console: where to.
        name: which table it is of.
        page: the rows.
        cwd: paths below it are shortened.
        by: the column it is ranked by, where that is not the usual one.
        sampled: the sampled shares of lines, to stand beside the counted ones.
    """
    columns = lists_of(page.table)
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    roomy = console.width >= ROOMY_COLUMNS
    share_of = "total_share" if by == "total_s" and name == "functions" else SHARES[name]
    has_share = share_of in columns
    table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
    if has_share:
        heading = "total" if share_of == "total_share" else "counted" if sampled else SHARE_HEADINGS[name]
        table.add_column(heading, justify="right", no_wrap=True, min_width=6)
        if roomy:
            table.add_column("", width=BAR_WIDTH, no_wrap=True)
    if sampled:
        table.add_column("sampled", justify="right", no_wrap=True, min_width=7)
    units = {column.name: column.unit for column in column_info(page.table)}
    figures = _figures(name, columns)[: MOST_FIGURES if roomy else MOST_FIGURES - 3]
    for figure in figures:
        widest = max([len(figure.heading), *(len(figure.of(row, units.get(figure.name, ""))) for row in rows)])
        table.add_column(figure.heading, justify="right", no_wrap=True, min_width=widest)
    what = {"functions": "function", "lines": "line", "sites": "type" if "type" in columns else "site"}[name]
    table.add_column(what, overflow="ellipsis", no_wrap=True, max_width=44 if roomy else 24)
    table.add_column("where", style="dim", overflow="ellipsis", no_wrap=True)
    for row in rows:
        share = row.get(share_of)
        table.add_row(
            *([quantities.share(share)] if has_share else []),
            *([Text(_bar(share), style="red")] if roomy and has_share else []),
            *([quantities.share(sampled.get((row.get("file"), row["line"])))] if sampled else []),
            *(figure.of(row, units.get(figure.name, "")) for figure in figures),
            Text(printable(_what(name, row))),
            Text(printable(_where(row, cwd if roomy else None, short=not roomy))),
        )
    console.print(table)
    notes = [f"{len(rows)} of {page.matched - page.hidden} {name}"]
    if page.hidden:
        notes.append(f"{page.hidden} of libraries hidden")
    console.print(Text(" · ".join(notes), style="dim"))


def _figures(name: str, columns: Mapping[str, Sequence[Any]]) -> list[Figure]:
    def is_known(figure: Figure) -> bool:
        wanted = ("hits", "time_s") if figure.name == "per_hit" else (figure.name,)
        return all(any(value is not None for value in columns.get(one, ())) for one in wanted)

    return [figure for figure in FIGURES[name] if is_known(figure)]


def _what(name: str, row: dict[str, Any]) -> str:
    if name == "functions":
        return row.get("qualname") or row["function"]
    if name == "sites" and row.get("type"):
        return row["type"]
    source = row.get("source")
    if source is None and row.get("file") and row.get("line"):
        source = linecache.getline(row["file"], row["line"])
    return (source or "").strip() or row.get("function") or "–"


def _where(row: dict[str, Any], cwd: str | None, *, short: bool) -> str:
    file = row.get("file")
    if not file:
        return "" if row.get("type") else "built-in"
    path = Path(file)
    place = f":{row['line']}" if row.get("line") else ""
    if short:
        return f"{path.name}{place}"
    if "site-packages" in path.parts:
        path = Path(*path.parts[path.parts.index("site-packages") + 1 :])
    elif cwd and path.is_relative_to(cwd):
        path = path.relative_to(cwd)
    return f"{path}{place}"


def _bar(share: float | None) -> str:
    if not share:
        return ""
    eighths = max(0, round(share * BAR_WIDTH * 8))
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
