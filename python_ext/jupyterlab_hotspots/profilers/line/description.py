"""What the line profiler is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

SELECT: Final = Option(
    name="select",
    title="Functions or modules",
    kind="texts",
    help="What to watch, as package.module, package.module:function or script.py:function; without it the "
    "functions marked @profile, else all of your own files.",
)
"""What `memory` takes as well."""

LINE: Final = Description(
    name="line",
    title="Lines, counted",
    question="Which line is it, and how often does it run?",
    tool="line_profiler",
    measures=("lines", "hits", "time and time per hit", "share of the function", "functions"),
    overhead="×1.1 on arrays and allocation, ×7.3 on code that only calls, ×8.7 on line-heavy loops",
    targets=("script", "module"),
    requirement="line_profiler",
    install="pip install line_profiler",
    options=(SELECT,),
    note="Hits are those of kernprof. The time of a line contains what it calls. Lines that run often look slower than "
    "they are, because each pays for its counting: a warning says how much that is.",
)
