"""``jupyter hotspots import``: other tools' files as runs of the history."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from jupyterlab_hotspots.cli.exit_status import HOTSPOTS_FAILED
from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.errors import HotspotsError


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots import old.prof && jupyter hotspots show last"
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="what another profiler wrote")
    parser.add_argument("--format", metavar="NAME", help="the format, if it should not be found out")


def run(options: argparse.Namespace) -> int:
    """Import each file; one that cannot be read does not keep the others out.

    Raises:
        HotspotsError: the history cannot be used.
    """
    from jupyterlab_hotspots.formats.importing import import_file
    from jupyterlab_hotspots.store.history import Store

    store = Store()
    failed = False
    for file in options.files:
        try:
            summary = import_file(store, file, form=options.format)
        except HotspotsError as error:
            failed = True
            print(printable(f"{file}: {error.message} {error.hint}"), file=sys.stderr)
        else:
            print(printable(f"{summary.id}  {file}: a run under {summary.profiler}"))
    return HOTSPOTS_FAILED if failed else 0
