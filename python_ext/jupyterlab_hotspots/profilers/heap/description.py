"""What the heap profiler is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

HEAP: Final = Description(
    name="heap",
    title="Objects",
    question="Which objects are there, what grew, and what keeps it alive?",
    tool="the garbage collector's own lists (standard library); objgraph, guppy3 or Pympler where asked for",
    measures=("types by count and size", "what grew", "chains of references"),
    overhead="×1.0–1.2; a look at the heap stops the program, for up to a second while it runs",
    targets=("script", "module"),
    install="-m pip install objgraph guppy3 pympler",
    options=(
        Option(
            name="mark_s",
            title="Mark after",
            kind="number",
            help="Seconds after which the mark is set from which growth is counted; 0 for the start.",
            default=0.0,
            minimum=0.0,
        ),
        Option(
            name="chains",
            title="What keeps it alive",
            kind="flag",
            help="Look for the chains of references at the end.",
            default=True,
        ),
        Option(
            name="collect",
            title="Collect garbage",
            kind="flag",
            help="Collect garbage before the last look, so that only what cannot be freed is counted.",
            default=False,
        ),
        Option(
            name="count_with",
            title="Count with",
            kind="text",
            help="Have objgraph, guppy3 or pympler count at the start and the end, all there is, in their own way.",
        ),
        Option(
            name="seconds",
            title="Longest look",
            kind="number",
            help="Seconds that the last look at the heap may take.",
            default=20.0,
            minimum=0.1,
            maximum=3600.0,
        ),
    ),
    note="Needs nothing that is not there. With one of the three tools installed, count_with has it do the counting.",
)
