"""What tracemalloc is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

TRACEMALLOC: Final = Description(
    name="tracemalloc",
    title="Allocation sites",
    question="What keeps growing?",
    tool="tracemalloc (standard library)",
    measures=("allocation sites", "bytes and blocks held", "difference between two moments", "heap over time"),
    overhead="×1.1 on code that only calls, ×2.7–3.8 where arrays or objects are made, ×9 on loops that make numbers",
    targets=("script", "module"),
    options=(
        Option(
            name="frames",
            title="Frames kept",
            kind="number",
            help="How much of each stack is kept: more than 1 gives the call tree, and costs more.",
            default=1.0,
            minimum=1.0,
            maximum=100.0,
        ),
        Option(
            name="mark_s",
            title="First mark after (s)",
            kind="number",
            help="Growth counts from so many seconds after the start of the code: past imports and warming up.",
            minimum=0.0,
        ),
    ),
    note="What is freed before the end is not seen at the end; `allocations` shows the peak. Memory that C libraries "
    "take by themselves is not seen; that of NumPy arrays is.",
)
