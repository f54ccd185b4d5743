"""What cProfile is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description

CPROFILE: Final = Description(
    name="cprofile",
    title="Function calls",
    question="Where does the time go, call by call?",
    tool="cProfile (standard library)",
    measures=("functions", "calls", "own and total time", "callers and callees"),
    overhead="×1.3 on arrays, ×1.8 on line-heavy loops, ×4.6 on code that only calls",
    targets=("script", "module"),
    note="Calls are counted exactly. Small functions look slower than they are, because each call pays for its "
    "counting. Up to Python 3.11 only the main thread is seen.",
)
