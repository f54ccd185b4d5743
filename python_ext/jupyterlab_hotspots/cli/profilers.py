"""``jupyter hotspots profilers``: what each measures, what it costs, whether it is installed."""

from __future__ import annotations

import argparse
from typing import Final

WIDEST: Final = 110
INDENT: Final = 2


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

    from rich.table import Table
    from rich.text import Text

    from jupyterlab_hotspots.cli.consoles import report_console

    console = report_console()
    console.width = min(console.width, WIDEST)
    for one in described:
        version = registry.installed_version(one)
        heading = Text(one.name, style="bold" if version else "dim bold")
        heading.append(" (the default)" if one.name == registry.DEFAULT else "", style="not bold green")
        console.print(heading.append(f"  {one.question}", style="not bold"))
        # The version of the standard library is Python's, which says nothing about the profiler.
        state = f"; {version} is installed" if version and one.requirement else ""
        block = Table.grid(padding=(0, 2), expand=False)
        block.add_column(width=INDENT + len("works for"), no_wrap=True, style="dim")
        block.add_column()
        for name, text in (
            ("measures", ", ".join(one.measures)),
            ("overhead", one.overhead),
            ("works for", f"{', '.join(one.targets)}; {', '.join(one.systems)}; Python {one.pythons}"),
            ("by", f"{one.tool}{state}"),
            ("install", "" if version else one.install or ""),
        ):
            if text:
                block.add_row(" " * INDENT + name, Text(text, style="" if version or name == "install" else "dim"))
        console.print(block)
        console.print()
    console.print(Text("jupyter hotspots run --profiler NAME script.py", style="dim"))
    return 0
