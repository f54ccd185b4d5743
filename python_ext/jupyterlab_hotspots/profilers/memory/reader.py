"""Builds lines from what the memory collector wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jupyterlab_hotspots.profilers.line.raw_lines import read_lines
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import LineRow
from jupyterlab_hotspots.profiles.tables import build

FILE: Final = "memory.columns"
_MEASURES: Final = {"increment_bytes": False, "rss_bytes": False, "occurrences": False}


def read(raw: Path, context: ReadContext) -> Measurements:
    """The lines of a run; see `protocol.Reader`. Memory over time is in the run's telemetry."""
    lines = read_lines(raw, FILE, _MEASURES, context)
    return Measurements(lines=build(LineRow, {**lines.texts, **lines.numbers}), warnings=lines.warnings)
