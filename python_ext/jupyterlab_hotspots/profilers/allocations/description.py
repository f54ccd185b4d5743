"""What memray is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description

ALLOCATIONS: Final = Description(
    name="allocations",
    title="Allocations",
    question="What holds the memory at its peak, and what leaks?",
    tool="memray",
    measures=(
        "lines",
        "call tree",
        "bytes and blocks at the high-water mark",
        "leaked",
        "temporary",
        "memory over time",
    ),
    overhead="×1.6–5.3",
    targets=("script", "module"),
    live=False,
    requirement="memray",
    install="-m pip install memray",
)
