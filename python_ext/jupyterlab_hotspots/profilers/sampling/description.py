"""What the sampler is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

SAMPLING: Final = Description(
    name="sampling",
    title="Time, sampled",
    question="Where does the time go?",
    tool="py-spy, from outside the process",
    measures=("functions", "lines", "call tree", "time axis", "threads", "waiting"),
    overhead="×1.0–1.1",
    targets=("script", "module", "process"),
    kind="outside",
    requirement="py-spy",
    install="pip install py-spy",
    options=(
        Option(
            name="rate",
            title="Samples a second",
            kind="number",
            help="How often to look.",
            default=120.0,
            minimum=1.0,
            maximum=1000.0,
        ),
    ),
)
