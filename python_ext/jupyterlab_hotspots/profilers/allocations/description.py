"""What memray is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

ALLOCATIONS: Final = Description(
    name="allocations",
    title="Allocations",
    question="What holds the memory at its peak, and what leaks?",
    tool="memray",
    measures=(
        "lines",
        "functions",
        "call tree",
        "bytes and blocks at the high-water mark",
        "leaked",
        "temporary",
        "heap and resident memory over time",
    ),
    overhead="×1.1–1.4 on arrays and large objects, ×1.7 on line-heavy loops, ×3.8 on code that only calls",
    targets=("script", "module"),
    live=False,
    requirement="memray",
    install="-m pip install memray",
    options=(
        Option(
            name="native",
            title="C and C++ frames",
            kind="flag",
            help="Records the stacks of compiled code too; slower, and the tree shows them.",
            default=False,
        ),
        Option(
            name="python_allocators",
            title="Every small object",
            kind="flag",
            help="Counts small objects one by one, where otherwise Python's pools of them count; slower.",
            default=False,
        ),
    ),
    note="Every allocation is recorded, with no sampling. Children of the process are not recorded. What is leaked is "
    "what was not freed when the code ended, module variables included.",
)
