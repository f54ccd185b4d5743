"""What memory_profiler is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.line.description import SELECT
from jupyterlab_hotspots.profilers.protocol import Description

MEMORY: Final = Description(
    name="memory",
    title="Memory, line by line",
    question="Which line takes the memory?",
    tool="memory_profiler",
    measures=("lines", "resident memory after the line", "its change", "occurrences", "memory over time (telemetry)"),
    overhead="×1.2 on arrays, ×1.9 on allocation, ×31 on code that only calls, ×62 on line-heavy loops",
    targets=("script", "module"),
    requirement="memory_profiler",
    install="pip install memory_profiler",
    options=(SELECT,),
    note="Resident memory is what the system gave the process: small or freed objects may not show. The change of a "
    "line contains what it called.",
)
