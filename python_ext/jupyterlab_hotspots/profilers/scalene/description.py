"""What Scalene is, for those who choose a profiler."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profilers.protocol import Description, Option

SCALENE: Final = Description(
    name="scalene",
    title="Python or native",
    question="Is it Python, C or the system, and who copies memory?",
    tool="Scalene 2, which runs the target itself",
    measures=(
        "lines and functions",
        "Python, native and system time",
        "GPU",
        "memory: peak, average, all that was allocated",
        "copies",
        "leaks with their score",
        "memory over time",
    ),
    overhead="×2.0–3.7 time only, ×2.3–4.6 with memory, its start of about a second included",
    targets=("script", "module"),
    kind="child",
    live=False,
    requirement="scalene",
    install="pip install 'scalene>=2'",
    pythons="3.10–3.13",
    options=(
        Option(
            name="cpu_only",
            title="Time only",
            kind="flag",
            help="Measure no memory and no GPU, which is faster.",
            default=False,
        ),
        Option(
            name="memory",
            title="Memory",
            kind="flag",
            help="Measure memory and copies.",
            default=True,
        ),
        Option(
            name="gpu",
            title="GPU",
            kind="flag",
            help="Measure the GPU, where there is one.",
            default=True,
        ),
        Option(
            name="profile_all",
            title="Libraries too",
            kind="flag",
            help="Show the lines of libraries too; those of Scalene's own threads are among them, in threading.py.",
            default=False,
        ),
        Option(
            name="profile_only",
            title="Only these files",
            kind="texts",
            help="Only files whose path contains one of these texts.",
        ),
        Option(
            name="profile_exclude",
            title="Not these files",
            kind="texts",
            help="No files whose path contains one of these texts.",
        ),
        Option(
            name="cpu_time",
            title="CPU time only",
            kind="flag",
            help="Leave out the time in which the code waits.",
            default=False,
        ),
        Option(
            name="stacks",
            title="Call tree",
            kind="flag",
            help="Keep the stack of every sample; copies are not measured then.",
            default=False,
        ),
        Option(
            name="interval_s",
            title="Sampling interval",
            kind="number",
            help="Seconds between samples, on average.",
            default=0.01,
            minimum=0.001,
            maximum=10.0,
        ),
        Option(
            name="save_every_s",
            title="Save every",
            kind="number",
            help="Seconds after which what is known so far is written, in case the run is killed; 0 for never.",
            default=0.0,
            minimum=0.0,
        ),
    ),
    note="It samples: a run should last some seconds, and memory counts in steps of about a megabyte. Time in a "
    "library counts on the line that called it.",
)
