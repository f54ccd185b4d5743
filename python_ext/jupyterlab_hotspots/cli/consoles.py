"""The console that reports are printed to."""

from __future__ import annotations

import os
from typing import Final

from rich.console import Console

COLUMNS_ELSEWHERE: Final = 200
"""In a file or a pipe nothing has to fit: names are worth their width."""


def report_console(*, stderr: bool = False) -> Console:
    """As wide as the terminal; where there is none as `COLUMNS` says, else wide."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        made.width = COLUMNS_ELSEWHERE
    return made
