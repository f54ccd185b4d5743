"""Times of day as text."""

from __future__ import annotations

import time


def iso_utc(seconds_since_1970: float | None = None) -> str:
    """A time of day (None for now), ISO-8601 in UTC with milliseconds: ``2026-11-21T09:00:00.000Z``."""
    milliseconds = round((time.time() if seconds_since_1970 is None else seconds_since_1970) * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest:03d}Z"
