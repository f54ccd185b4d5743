"""Writes one table of a profile as CSV; `tables_file.py` says how."""

from __future__ import annotations

from pathlib import Path

from jupyterlab_hotspots.formats.tables_file import write_one
from jupyterlab_hotspots.profiles.profile import Profile


def write(profile: Profile, path: Path, *, table: str | None = None) -> None:
    """Write a table, by default the one that says most; raises as `write_one` does."""
    write_one(profile, path, "csv", table)
