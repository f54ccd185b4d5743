"""``jupyter hotspots profilers``: what each measures, what it costs, whether it is installed."""

from __future__ import annotations

import argparse


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots profilers --json"
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the profilers, those that are not installed with the line that installs them."""
    from jupyterlab_hotspots.profilers import registry

    described = registry.descriptions()
    if options.json:
        import json

        print(json.dumps([registry.as_json(one) for one in described], indent=2))
        return 0

    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("name", "question", "measures", "overhead", "works for", "installed"):
        table.add_column(heading, no_wrap=heading == "name")
    for one in described:
        version = registry.installed_version(one)
        table.add_row(
            one.name,
            one.question,
            ", ".join(one.measures),
            one.overhead,
            f"{', '.join(one.targets)}; {', '.join(one.systems)}; Python {one.pythons}",
            version or f"no: {one.install}",
            style="" if version else "dim",
        )
    Console(highlight=False).print(table)
    return 0
