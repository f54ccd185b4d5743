"""``jupyter hotspots show``: the hot spots of a run, ranked."""

from __future__ import annotations

import argparse
from typing import Final

from jupyterlab_hotspots.cli.which_run import HELP

SORTS: Final = {"own": "own_s", "total": "total_s", "calls": "calls"}


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots show last --sort total --hide-library"
    parser.add_argument("run", metavar="RUN", help=HELP)
    parser.add_argument("--sort", choices=sorted(SORTS), default="own", help="what to rank by (%(default)s)")
    parser.add_argument("--filter", default="", metavar="WORDS", help="only functions whose name or file contains them")
    parser.add_argument("--hide-library", action="store_true", help="only your own code")
    parser.add_argument("--limit", type=int, default=30, metavar="N", help="rows (%(default)s)")
    parser.add_argument("--json", action="store_true", help="the whole profile as JSON")


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
    if options.json:
        from jupyterlab_hotspots.formats import json_file

        print(json_file.encode(profile).decode(), end="")
        return 0

    from rich.console import Console

    from jupyterlab_hotspots.cli import report
    from jupyterlab_hotspots.profiles.rank import rank

    console = Console(highlight=False)
    report.headline(console, profile.run)
    functions = profile.table("functions")
    if functions is not None and functions.num_rows:
        by = SORTS[options.sort]
        page = rank(functions, by=by, text=options.filter, hide_library=options.hide_library, limit=options.limit)
        report.hot_spots(console, page, by=by, cwd=profile.run.cwd)
        console.print()
    report.telemetry(console, profile)
    report.warnings(console, profile.measurements.warnings)
    return 0
