"""What memory_profiler is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

MEMORY: Final = Description(
    name="memory",
    title="Memory, line by line",
    question="Which line takes the memory?",
    tool="memory_profiler",
    measures=("lines", "resident memory after the line", "its change", "occurrences", "memory over time"),
    overhead="×2 and more: memory is read at every line",
    targets=("script", "module"),
    requirement="memory_profiler",
    install="pip install memory_profiler",
    options=(
        Option(
            name="select",
            title="Functions or modules",
            kind="texts",
            help="What to watch, as package.module or package.module:function; without it the functions marked "
            "@profile, else all of your own files.",
        ),
    ),
    note="Resident memory is what the system gave the process: small or freed objects may not show.",
)
