"""Times, sizes and counts as people read them in a report."""

from __future__ import annotations

from typing import Final

_TIMES: Final = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_SIZES: Final = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


def seconds(value: float | None) -> str | None:
    """`1.23 s`, `45.0 ms`; None for None."""
    if value is None:
        return None
    if value == 0:
        return "0 s"
    unit, name = next(((unit, name) for unit, name in _TIMES if abs(value) >= unit), _TIMES[-1])
    scaled = value / unit
    if unit == 1.0 and abs(value) >= 60:
        minutes, rest = divmod(abs(value), 60)
        return f"{'-' if value < 0 else ''}{minutes:.0f} min {rest:.0f} s"
    return f"{scaled:.3g} {name}" if abs(scaled) < 100 else f"{scaled:.0f} {name}"


def size(value: float | None) -> str | None:
    """`12.3 MB`, in powers of 1024; None for None."""
    if value is None:
        return None
    unit, name = next(((unit, name) for unit, name in _SIZES if abs(value) >= unit), (1, "B"))
    return f"{value / unit:.1f} {name}" if unit > 1 else f"{value:.0f} B"


def count(value: float | None) -> str | None:
    """`1 234 567`, with narrow spaces; None for None."""
    return None if value is None else f"{value:,}".replace(",", "\u202f")


def share(value: float | None) -> str | None:
    """`12.3 %`; None for None."""
    return None if value is None else f"{100 * value:.1f} %"
