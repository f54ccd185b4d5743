"""``jupyter hotspots export``: a run's profile in another tool's format."""

from __future__ import annotations

import argparse
from pathlib import Path

from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.cli.which_run import HELP
from jupyterlab_hotspots.errors import Unavailable


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots export last fit.prof && snakeviz fit.prof"
    parser.add_argument("run", metavar="RUN", help=HELP)
    parser.add_argument("file", metavar="FILE", type=Path, help="its ending says the format: .prof, .html, .csv, …")
    parser.add_argument("--format", metavar="NAME", help="the format, whatever the file is called")
    parser.add_argument("--table", metavar="NAME", help="functions, lines, …: which one, for .csv and .parquet")


def run(options: argparse.Namespace) -> int:
    """Write the file.

    Raises:
        HotspotsError: there is no such run or format, or the file cannot be written.
    """
    from jupyterlab_hotspots.cli.which_run import find_run
    from jupyterlab_hotspots.formats import registry
    from jupyterlab_hotspots.store.history import Store

    chosen = registry.by_name(options.format) if options.format else registry.by_file_name(options.file)
    store = Store()
    store.sync()
    profile = store.profile(find_run(store, options.run))
    try:
        chosen.write(profile, options.file, table=options.table)
    except OSError as error:
        raise Unavailable(f"{options.file} cannot be written: {error.strerror}.", hint="Name another file.") from error
    print(printable(f"{options.file}: {profile.run.target.name} as {chosen.title}"))
    return 0
