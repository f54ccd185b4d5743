"""``jupyter hotspots show``: the hot spots of a run, ranked."""

from __future__ import annotations

import argparse

from jupyterlab_hotspots.cli.row_limit import row_limit
from jupyterlab_hotspots.cli.which_run import HELP


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots show last --sort total --hide-library"
    parser.add_argument("run", metavar="RUN", help=HELP)
    parser.add_argument("--table", choices=("functions", "lines", "sites"), help="only this table")
    parser.add_argument(
        "--sort", metavar="COLUMN", help="what to rank by: own, total, time, peak, any heading; else what costs most"
    )
    parser.add_argument("--filter", default="", metavar="WORDS", help="only rows whose name or file contains them")
    parser.add_argument("--hide-library", action="store_true", help="only your own code")
    parser.add_argument(
        "--limit", type=row_limit, default=30, metavar="N", help="rows, or nodes of the tree (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="the whole profile as JSON")
    parser.add_argument("--tree", action="store_true", help="the call tree instead, the heaviest path first")
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

    from jupyterlab_hotspots.cli import hot_spots, report, trees
    from jupyterlab_hotspots.cli.consoles import report_console
    from jupyterlab_hotspots.formats.references import References

    console = report_console()
    report.headline(console, profile.run)
    references = References.of(profile)
    if options.tree:
        if references is None:
            trees.print_calls(console, profile, limit=options.limit)
        else:
            trees.print_references(console, profile, references, limit=options.limit)
        report.warnings(console, profile.measurements.warnings)
        return 0
    hot_spots.print_tables(
        console,
        profile,
        limit=options.limit,
        only=options.table,
        sort=options.sort,
        text=options.filter,
        hide_library=options.hide_library,
    )
    if references is not None and options.table in (None, "sites"):
        trees.print_references(console, profile, references, limit=min(options.limit, trees.MOST_TYPES))
    report.telemetry(console, profile)
    report.warnings(console, profile.measurements.warnings)
    return 0
