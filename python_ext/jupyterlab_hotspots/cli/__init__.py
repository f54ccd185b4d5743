"""The command line: a thin face on runs, store and formats."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``jupyter hotspots``; returns the exit status (see `exit_status`)."""
    from jupyterlab_hotspots.cli.command_line import main as command_line

    return command_line(arguments)
