"""``jupyter hotspots show``: the hot spots of a run, ranked."""

from __future__ import annotations

import argparse
from typing import Final

from jupyterlab_hotspots.cli.which_run import HELP

SORTS: Final = {"own": "own_s", "total": "total_s", "time": "time_s", "peak": "peak_bytes", "leaked": "leaked_bytes"}
"""Short names for columns; any other column is named as it is in the profile."""


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots show last --sort total --hide-library"
    parser.add_argument("run", metavar="RUN", help=HELP)
    parser.add_argument("--table", choices=("functions", "lines", "sites"), help="only this table")
    parser.add_argument(
        "--sort", metavar="COLUMN", help=f"what to rank by: {', '.join(SORTS)}, or a column; else what costs most"
    )
    parser.add_argument("--filter", default="", metavar="WORDS", help="only rows whose name or file contains them")
    parser.add_argument("--hide-library", action="store_true", help="only your own code")
    parser.add_argument("--limit", type=int, default=30, metavar="N", help="rows (%(default)s)")
    parser.add_argument("--json", action="store_true", help="the whole profile as JSON")
    parser.add_argument("--snakeviz", action="store_true", help="in SnakeViz, in the browser")


def run(options: argparse.Namespace) -> int:
    """Print one run.

    Raises:
        HotspotsError: there is no such run, or it has not ended.
    """
    from jupyterlab_hotspots.cli.which_run import find_run
    from jupyterlab_hotspots.store.history import Store

    store = Store()
    store.sync()
    profile = store.profile(find_run(store, options.run))
    if options.snakeviz:
        from jupyterlab_hotspots.cli import snakeviz

        return snakeviz.show(profile)
    if options.json:
        from jupyterlab_hotspots.formats import json_file

        print(json_file.encode(profile).decode(), end="")
        return 0

    from rich.console import Console

    from jupyterlab_hotspots.cli import hot_spots, report
    from jupyterlab_hotspots.profiles.rank import rank
    from jupyterlab_hotspots.profiles.shares import whole_of

    console = Console(highlight=False)
    report.headline(console, profile.run)
    by = SORTS.get(options.sort, options.sort)
    for name, table in hot_spots.tables_of(profile).items():
        # A column that another table has says nothing about this one.
        if options.table not in (None, name):
            continue
        known = by if options.table is not None or by in table.column_names else None
        page = rank(
            table,
            by=known,
            text=options.filter,
            hide_library=options.hide_library,
            limit=options.limit,
            whole_s=whole_of(profile, table),
        )
        hot_spots.print_page(console, name, page, cwd=profile.run.cwd, by=known)
        console.print()
    report.telemetry(console, profile)
    report.warnings(console, profile.measurements.warnings)
    return 0
