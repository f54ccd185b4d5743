"""What tracemalloc is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description

TRACEMALLOC: Final = Description(
    name="tracemalloc",
    title="Allocation sites",
    question="What keeps growing?",
    tool="tracemalloc (standard library)",
    measures=("allocation sites", "bytes and blocks held", "difference between two moments"),
    overhead="×1.1–8.2",
    targets=("script", "module"),
)
