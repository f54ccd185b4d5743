"""How many rows a command shows, as `--limit` takes it."""

from __future__ import annotations

import argparse


def row_limit(text: str) -> int:
    """A number of rows, 0 or more: asked before a target runs, as an error after it would take its exit status away."""
    if (number := int(text)) < 0:
        raise argparse.ArgumentTypeError(f"{number} rows cannot be shown")
    return number
