"""The columns of figures that a table has on a terminal, and what `--sort` may call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jupyterlab_hotspots.formats import quantities

SORTS: Final = {"own": "own_s", "total": "total_s", "time": "time_s", "peak": "peak_bytes", "leaked": "leaked_bytes"}
"""Short names for columns."""
SHARES: Final = {"functions": "own_share", "lines": "share", "sites": "share"}
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
_NOT_LEAKED: Final = {"leaked_bytes": "held at the end", "size_bytes": "held at the end"}
"""What tracemalloc finds at the end is what the program still has: a module's cache is no leak."""


def figures_of(name: str, profiler: str) -> list[Figure]:
    """The figures that a table of that name may have in a run under a profiler."""
    headings = _NOT_LEAKED if profiler == "tracemalloc" else {}
    return [Figure(one.name, headings.get(one.name, one.heading)) for one in FIGURES[name]]


def measured(figures: Sequence[Figure], columns: Mapping[str, Sequence[Any]]) -> list[Figure]:
    """Those of which some row has a value."""

    def is_known(figure: Figure) -> bool:
        wanted = ("hits", "time_s") if figure.name == "per_hit" else (figure.name,)
        return all(any(value is not None for value in columns.get(one, ())) for one in wanted)

    return [figure for figure in figures if is_known(figure)]


def column_called(word: str, name: str, profiler: str) -> str:
    """The column of the table that a person means: by a short name, by the heading above it, or by its own name."""
    said = " ".join(word.lower().replace("-", " ").split())
    headings = {one.heading.lower(): one.name for one in figures_of(name, profiler)}
    shares = {"share": SHARES[name], "counted": SHARES[name], "where": "file"}
    return SORTS.get(said) or headings.get(said) or shares.get(said) or word
