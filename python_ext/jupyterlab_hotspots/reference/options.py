"""The options of both reference commands, in one place for the command line and the plain script.

Nothing heavy is imported here: `jupyter hotspots --help` reads this file.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from jupyterlab_hotspots.errors import BadRequest

ALERTS_VARIABLE = "HOTSPOTS_ALERTS"
OUTPUT_VARIABLE = "HOTSPOTS_OUTPUT"
DEFAULT_OUTPUT = "hostless-results"
SIMULATE_HINT = "make one with: jupyter hotspots reference simulate --alerts 1000 --output alerts.parquet."


def add_hostless_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `reference hostless` and the script `pipeline.py` understand."""
    parser.add_argument("--alerts", metavar="FILE", help=f"Parquet file of alerts (default: ${ALERTS_VARIABLE})")
    parser.add_argument(
        "--output",
        metavar="DIR",
        help=f"folder for the results table hostless.parquet (default: ${OUTPUT_VARIABLE}, else {DEFAULT_OUTPUT})",
    )
    parser.add_argument(
        "--shuffles",
        metavar="N",
        type=_at_least(2),
        default=200,
        help="shuffled stamps a candidate is compared with, 2 or more (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", metavar="S", type=_at_least(0), default=0, help="seed of the shuffles (default: %(default)s)"
    )
    parser.add_argument("--limit", metavar="N", type=_at_least(1), help="read only the first N alerts")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the closing summary")


def add_simulate_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `reference simulate` understands."""
    parser.add_argument(
        "--alerts", metavar="N", type=_at_least(1), default=1000, help="how many alerts to make (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", metavar="S", type=_at_least(0), default=0, help="seed of the simulation (default: %(default)s)"
    )
    parser.add_argument("--output", metavar="FILE", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the closing summary")


def alerts_file(given: str | None) -> Path:
    """The alerts to read: the option if given, else the environment.

    Raises:
        BadRequest: neither names a file.
    """
    name = given or os.environ.get(ALERTS_VARIABLE)
    if not name:
        raise BadRequest(
            "No file of alerts was given.",
            hint=f"Name one with --alerts FILE or in {ALERTS_VARIABLE}, or {SIMULATE_HINT}",
        )
    return Path(name).expanduser()


def output_folder(given: str | None) -> Path:
    """The folder for the results: the option if given, else the environment, else a folder in the current one."""
    return Path(given or os.environ.get(OUTPUT_VARIABLE) or DEFAULT_OUTPUT).expanduser()


def _at_least(least: int) -> Callable[[str], int]:
    """An argparse type: a whole number not below `least`."""

    def whole_number(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too small, it must be {least} or more")
        return number

    return whole_number
