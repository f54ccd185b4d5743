"""The command line: a thin face on runs, store and formats."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``jupyter hotspots``; returns the exit status (see `exit_status`), or, as the program itself, ends with it.

    Args:
        arguments: the words of a command line; None for those of this program.
    """
    from jupyterlab_hotspots.cli.command_line import main as command_line

    status = command_line(arguments)
    if arguments is None:
        _leave(status)
    return status


def _leave(status: int) -> None:
    """Ends the process at once: taking NumPy and pyarrow down in order takes 70 ms, for which nobody waits gladly."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            return  # The reader has gone, or the disk is full: Python says it as it always does.
    os._exit(status & 0xFF)
