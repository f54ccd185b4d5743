"""Figures as people read them: a fixed number of digits, the unit beside them, the same everywhere."""

from __future__ import annotations

import math
from datetime import datetime, timezone

DASH = "–"
ROUNDS_UP = 0.9995
"""From this part of a unit on three digits round to 1.00 of it; the panel's `src/runs/format.ts` does the same."""


def seconds(value: float | None) -> str:
    """``1.23 s``, ``45.6 ms``, ``2 min 05 s``; a dash where there is no value."""
    if value is None or not math.isfinite(value):
        return DASH
    if value < 0:
        return f"-{seconds(-value)}"
    if value >= 6000:
        return f"{int(value // 3600)} h {int(value % 3600 // 60):02d} min"
    if value >= 99.95:
        return f"{int(value // 60)} min {int(value % 60):02d} s"
    if value >= ROUNDS_UP:
        return f"{_three_digits(value)} s"
    if value >= ROUNDS_UP * 1e-3:
        return f"{_three_digits(value * 1e3)} ms"
    return f"{_three_digits(abs(value) * 1e6)} µs"


def size(value: float | None) -> str:
    """Bytes as ``312 MB`` (powers of 1000); a dash where there is no value."""
    if value is None or not math.isfinite(value):
        return DASH
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if abs(value) >= limit * ROUNDS_UP:
            return f"{_three_digits(value / limit)} {unit}"
    return f"{value:.0f} B"


def share(value: float | None) -> str:
    """A share of 0–1 as ``60.6 %``."""
    return DASH if value is None else f"{100 * value:.1f} %"


def count(value: float | None) -> str:
    """A whole number with thin groups: ``12 345``."""
    return DASH if value is None else f"{value:,}".replace(",", "\u202f")


def moment(iso: str | None) -> str:
    """A UTC time stamp in the reader's own time zone, to the minute."""
    if not iso:
        return DASH
    stamp = datetime.fromisoformat(iso.replace("Z", "+00:00"))
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=timezone.utc)
    return stamp.astimezone().strftime("%Y-%m-%d %H:%M")


def _three_digits(value: float) -> str:
    magnitude = abs(value)
    if magnitude >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if magnitude >= 9.995 else f"{value:.2f}"
