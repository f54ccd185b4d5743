"""The small charts of the HTML report: resources over time, as SVG in the page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Final

from jupyterlab_hotspots.formats.quantities import seconds, size
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.profile import Profile

_WIDTH: Final = 600
_HEIGHT: Final = 90
_MOST_POINTS: Final = 600

Formatter = Callable[[float], "str | None"]


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _cores(percent: float) -> str:
    return f"{percent / 100:.2f} cores"


def _rate(value: float) -> str:
    return f"{size(value)}/s"


_CHARTS: Final[tuple[tuple[str, str, str, Formatter], ...]] = (
    ("telemetry", "cpu_percent", "CPU: cores kept busy", _cores),
    ("telemetry", "rss_bytes", "Resident memory", size),
    ("telemetry", "read_bytes_per_s", "Read from storage", _rate),
    ("telemetry", "write_bytes_per_s", "Written to storage", _rate),
    ("telemetry", "gpu_percent", "GPU", _percent),
    ("telemetry", "gpu_memory_bytes", "GPU memory", size),
    ("samples", "heap_bytes", "Allocated and not freed", size),
)
"""Table, column, title, how its values are written."""


def section(profile: Profile) -> str:
    """All charts with their heading; empty if nothing was measured over time."""
    charts: list[str] = []
    for name, column, title, written in _CHARTS:
        table = profile.table(name)
        if table is None or column not in table.column_names:
            continue
        columns = lists_of(table)
        points = [(t, value) for t, value in zip(columns["t_s"], columns[column], strict=True) if value is not None]
        if len(points) > 1 and any(value for _, value in points):
            charts.append(_chart(points, title, written))
    return f'<h2>Over time</h2>\n<div class="charts">{"".join(charts)}</div>' if charts else ""


def _chart(points: list[tuple[Any, Any]], title: str, written: Formatter) -> str:
    first, last = points[0][0], points[-1][0]
    top = max(value for _, value in points)
    # Of many points in one step the highest is drawn: a peak is what one looks for.
    step = max(1, -(-len(points) // _MOST_POINTS))
    drawn = [max(points[place : place + step], key=lambda point: point[1]) for place in range(0, len(points), step)]
    span = (last - first) or 1.0
    line = " ".join(
        f"{_WIDTH * (t - first) / span:.1f},{_HEIGHT - 2 - (_HEIGHT - 6) * max(0.0, value) / top:.1f}"
        for t, value in drawn
    )
    words = escape(f"{title}: at most {written(top)}, over {seconds(span)}", quote=True)
    return (
        f"<figure><figcaption><span>{escape(title)}</span><span>max {escape(written(top) or '')} · "
        f"{escape(seconds(span) or '')}</span></figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{words}">'
        f'<polyline points="{line}"/></svg></figure>'
    )
