"""``jupyter hotspots list``: the history, the newest run first."""

from __future__ import annotations

import argparse
import sys

from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.cli.row_limit import row_limit
from jupyterlab_hotspots.formats import quantities


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots list --text pipeline --status failed"
    parser.add_argument(
        "--text", default="", metavar="WORDS", help="only runs whose name, path, arguments … contain it"
    )
    from jupyterlab_hotspots.profiles.run_info import STATUSES

    parser.add_argument("--status", action="append", default=[], choices=STATUSES, help="only runs of this status")
    parser.add_argument("--limit", type=row_limit, default=20, metavar="N", help="how many at most (%(default)s)")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--rebuild", action="store_true", help="make the index again from the run directories first")


def run(options: argparse.Namespace) -> int:
    """Print the history."""
    from jupyterlab_hotspots.store.history import Store

    store = Store()
    report = store.rebuild() if options.rebuild else store.sync()
    for skipped in report.skipped:
        print(f"left out: {printable(skipped.name)}: {printable(skipped.why)}", file=sys.stderr)
    page = store.list(text=options.text, statuses=options.status, limit=options.limit)
    if options.json:
        import msgspec

        print(msgspec.json.encode(page.runs).decode())
        return 0
    if not page.runs:
        others = store.list(limit=1).total if options.text or options.status else 0
        none = "No runs yet. Make one: jupyter hotspots run script.py"
        print(f"No run matches; there are {others}." if others else none)
        return 0
    # Plain columns rather than a table library: listing must take no longer than looking.
    header = ("id", "when", "status", "wall", "peak", "profiler", "target")
    rows = [
        (
            one.id,
            quantities.moment(one.created),
            one.status,
            quantities.seconds(one.wall_s),
            quantities.size(one.peak_rss_bytes),
            one.profiler,
            printable(" ".join([one.target.name, *one.target.args]))[:60]
            + (f"  ({printable(one.reason)})" if one.reason else ""),
        )
        for one in page.runs
    ]
    widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    for row in (header, *rows):
        cells = [
            cell.rjust(width) if place in (3, 4) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    if page.total > len(page.runs):
        print(f"… {page.total - len(page.runs)} more; --limit shows them")
    return 0
