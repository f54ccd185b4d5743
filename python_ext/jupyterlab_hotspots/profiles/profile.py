"""A profile: what is known about a run, and the tables that were measured in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterlab_hotspots.profiles.rows import (
    EdgeRow,
    FunctionRow,
    LineRow,
    NodeRow,
    ProfileWarning,
    Row,
    SampleRow,
    SiteRow,
    TelemetryRow,
)
from jupyterlab_hotspots.profiles.run_info import RunInfo

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table

ROWS: Final[dict[str, type[Row]]] = {
    "functions": FunctionRow,
    "edges": EdgeRow,
    "lines": LineRow,
    "tree": NodeRow,
    "samples": SampleRow,
    "sites": SiteRow,
    "telemetry": TelemetryRow,
}
"""Name of a table → the struct that documents its rows."""

MEASURED: Final[tuple[str, ...]] = ("functions", "edges", "lines", "tree", "samples", "sites")
"""The tables of `Measurements`, in the order in which they refer to each other."""


@dataclass(frozen=True)
class Measurements:
    """What a profiler found: the part of a profile that its reader fills.

    A table is None where the profiler does not measure such a thing, and empty where it does and found nothing. Rows
    are unique by their key columns (see `rows.py`). `edges` refers to rows of `functions`; `tree` to its own rows;
    `samples` and `sites` to rows of `tree`. Make tables with `tables.build`.
    """

    functions: Table | None = None
    edges: Table | None = None
    lines: Table | None = None
    tree: Table | None = None
    samples: Table | None = None
    sites: Table | None = None
    warnings: tuple[ProfileWarning, ...] = ()

    def table(self, name: str) -> Table | None:
        """The table of that name (one of `MEASURED`); KeyError for any other name."""
        if name not in MEASURED:
            raise KeyError(name)
        return getattr(self, name)


@dataclass(frozen=True)
class Profile:
    """The result of a run: one model whatever the profiler."""

    run: RunInfo
    measurements: Measurements
    telemetry: Table | None = None

    def table(self, name: str) -> Table | None:
        """The table of that name (one of `ROWS`); KeyError for any other name."""
        return self.telemetry if name == "telemetry" else self.measurements.table(name)
