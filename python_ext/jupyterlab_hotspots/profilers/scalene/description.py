"""What Scalene is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description

SCALENE: Final = Description(
    name="scalene",
    title="Python or native",
    question="Is it Python, C or the system, and who copies memory?",
    tool="Scalene, as a process of its own",
    measures=("lines", "Python, native and system time", "GPU", "memory peak and average", "copy volume", "leaks"),
    overhead="×1.8–4.0",
    targets=("script", "module"),
    kind="child",
    live=False,
    requirement="scalene",
    install="-m pip install scalene",
)
