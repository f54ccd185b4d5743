"""Writes every table of a profile as CSV into one archive; `tables_file.py` says how."""

from __future__ import annotations

from pathlib import Path

from jupyterlab_hotspots.formats.tables_file import write_all
from jupyterlab_hotspots.profiles.profile import Profile


def write(profile: Profile, path: Path) -> None:
    """Write the archive; raises as `write_all` does."""
    write_all(profile, path, "csv")
