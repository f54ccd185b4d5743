"""What the heap profiler is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description

HEAP: Final = Description(
    name="heap",
    title="Objects",
    question="Which objects are there, what grew, and what keeps it alive?",
    tool="objgraph, guppy3 and Pympler",
    measures=("types by count and size", "what grew", "chains of references"),
    overhead="×1.0; looking at the heap stops the program for a moment",
    targets=("script", "module"),
    requirement="objgraph",
    install="pip install objgraph guppy3 pympler",
)
