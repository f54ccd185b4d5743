"""Whether each profiler ranks the same three highest as its raw tool by hand, on scripts of pyperformance.

The scripts are the package's own (`bm_*/run_benchmark.py --worker`), run a few seconds each, and the reference
pipeline. A sampled share is known to within its standard error: a function that stands third on one side and within two
errors of the third on the other is the same. Where one is missing, both are run twice more and the sums are compared:
times differ from run to run, and of functions that take much the same now one, now the other comes third.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import ranking_raw
from ranking_raw import RawTool, Shares, function_at, line_at, run

TOP = 3
NOISE = 0.01
"""What is less is not worth a place: a script that does one thing has no third function."""
AGAIN = 2
SCRIPTS = {
    "nbody": 6,
    "fannkuch": 2,
    "richards": 15,
    "deltablue": 100,
    "float": 6,
    "go": 3,
    "chaos": 8,
    "raytrace": 2,
    "hexiom": 60,
    "nqueens": 4,
    "spectral_norm": 5,
    "meteor_contest": 8,
}
"""Name → loops that take about a second."""
PIPELINE = "the reference pipeline"
MARKED = {
    PIPELINE: "run_hostless",
    "float": "benchmark",
    "go": "versus_cpu",
    "gc_traversal": "benchamark_collection",
    "regex_dna": "run_benchmarks",
}
"""Name → the function that `memory` looks at.

One that calls no other marked one: memory_profiler gives the line that calls one all memory there is, at each call. And
one of few lines: each takes the tool 35 µs, so that every line of most scripts would take it hours.
"""
ALERTS = 300
"""So many take the pipeline some five seconds."""
PROGRAMS = Path(sys.executable).parent
REFERENCE = Path(__file__).resolve().parent.parent / "python_ext" / "jupyterlab_hotspots" / "reference"


@dataclass(frozen=True)
class Tool:
    """What is compared of a profiler.

    Attributes:
        raw: the raw tool.
        table: ours that says the same.
        column: its figure.
        loops: how many times as many as `SCRIPTS` says: what is sampled needs time, what traces takes it.
        samples: whether its figures are known to within a standard error.
        tolerance: what figures are known to within, in their unit.
    """

    raw: RawTool
    table: Literal["functions", "lines", "sites"]
    column: str
    loops: float = 1.0
    samples: bool = False
    tolerance: float = 0.0


TOOLS = {
    "sampling": Tool(ranking_raw.sampling, "functions", "own_s", loops=3, samples=True),
    "cprofile": Tool(ranking_raw.cprofile, "functions", "own_s"),
    "line": Tool(ranking_raw.line, "functions", "total_s", loops=0.5),
    # Python fetches memory for small objects in arenas of 1 MiB: who happens to need the next one has it all.
    "allocations": Tool(ranking_raw.allocations, "functions", "peak_bytes", tolerance=1 << 20),
    "scalene": Tool(ranking_raw.scalene, "lines", "own_s", loops=2, samples=True),
    "tracemalloc": Tool(ranking_raw.tracemalloc, "sites", "size_bytes", loops=0),
    "memory": Tool(ranking_raw.memory, "lines", "increment_bytes", loops=0, tolerance=1 << 20),
}


@dataclass(frozen=True)
class Target:
    """A script with its arguments."""

    name: str
    script: Path
    words: list[str]


def target_of(name: str, profiler: str, folder: Path) -> Target:
    """A script with its arguments, sized for a profiler."""
    if name == PIPELINE:
        script = REFERENCE / "pipeline.py"
        words = ["--alerts", str(folder / "alerts.parquet"), "--output", str(folder / "results"), "--shuffles", "20"]
    else:
        script = benchmarks() / f"bm_{name}" / "run_benchmark.py"
        loops = max(1, round(SCRIPTS.get(name, 0) * TOOLS[profiler].loops))
        words = ["--worker", "--warmups", "0", "--values", "1", "--loops", str(loops)]
    if profiler == "memory":
        mark = rf"^def {MARKED[name]}\(", r"@profile\n\g<0>"
        script = copied(script, folder / f"{name.split()[-1]}.py", *mark)
    elif profiler == "scalene" and name != PIPELINE:
        script = copied(script, folder / f"{name}.py")  # Scalene looks at nothing that is installed
    return Target(name, script, words)


def copied(script: Path, copy: Path, old: str = "$^", new: str = "") -> Path:
    text = script.read_text(encoding="utf-8")
    copy.write_text(re.sub(old, new, text, flags=re.MULTILINE), encoding="utf-8")
    return copy


def benchmarks() -> Path:
    """The folder of pyperformance's scripts."""
    spec = find_spec("pyperformance")
    if spec is None or spec.origin is None:
        raise SystemExit("pyperformance is not installed: pip install pyperformance")
    return Path(spec.origin).parent / "data-files" / "benchmarks"


def ours(profiler: str, target: Target, folder: Path) -> Shares:
    """What a run under the profiler says."""
    tool = TOOLS[profiler]
    output = folder / "ours.json"
    options = ["--option", "rate=200"] if profiler == "sampling" else []
    command = [PROGRAMS / "jupyter-hotspots", "run", "--quiet", "--profiler", profiler, *options, "--json", output]
    run(*command, target.script, *target.words)
    shares: Shares = defaultdict(float)
    rows: list[dict[str, Any]] = json.loads(output.read_text())[tool.table]
    for row in rows:
        if profiler == "line" and row["function"] == "<module>":
            continue  # with all that it calls; kernprof does not watch what is outside of functions
        file: str | None = row.get("file")
        place = function_at(file, row["function"]) if tool.table == "functions" else line_at(file, row.get("line", 0))
        shares[place] += row.get(tool.column, 0)
    return shares


def top(shares: Shares) -> list[tuple[str, str]]:
    return sorted(shares, key=lambda name: -shares[name])[:TOP]


def in_words(shares: Shares) -> str:
    whole = sum(shares.values()) or 1.0
    return ", ".join(f"{name[1]} {100 * shares[name] / whole:.0f} %" for name in top(shares))


def worth(shares: Shares, tool: Tool) -> list[tuple[str, str]]:
    """The three, without what is too little for a place."""
    least = tool.tolerance or NOISE * sum(shares.values())
    return [name for name in top(shares) if shares[name] >= least]


def missing(raw: Shares, found: Shares, tool: Tool) -> list[str]:
    """Which of the raw tool's three are none of ours, nor within two errors of our third."""
    wanted = worth(raw, tool)
    if not found:
        return [name[1] for name in wanted]
    third = found[top(found)[-1]]
    error = tool.tolerance
    if tool.samples:
        whole, samples = sum(found.values()) or 1.0, sum(raw.values())  # the raw tool's figures are samples
        error = 2 * math.sqrt(third * (whole - third) / samples)
    return [name[1] for name in wanted if found.get(name, 0.0) < third - error]


def compared(profiler: str, target: Target, folder: Path) -> tuple[Shares, Shares, int]:
    """The raw tool's shares and ours, summed over as many runs as it took."""
    raw: Shares = defaultdict(float)
    found: Shares = defaultdict(float)
    tool = TOOLS[profiler]
    runs = 0
    while runs <= AGAIN:
        runs += 1
        for place, share in tool.raw(target.script, target.words, folder).items():
            raw[place] += share
        if not worth(raw, tool):
            break
        for place, share in ours(profiler, target, folder).items():
            found[place] += share
        if tool.tolerance or not missing(raw, found, tool):
            break
    return raw, found, runs


def row_of(profiler: str, name: str, raw: Shares, found: Shares, runs: int) -> dict[str, Any]:
    lost = missing(raw, found, TOOLS[profiler])
    return {
        "what": f"{profiler}, {name}: of the raw tool's three, missing",
        "ours": len(lost),
        "other": ", ".join(one for _, one in worth(raw, TOOLS[profiler]))
        + (f" ({runs} runs)" if runs > 1 else "")
        + (f" (missing: {', '.join(lost)})" if lost else ""),
        "ratio": None,
        "interval": None,
        "bound": "<= 0",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three scripts: a look, not a result")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--profiler", action="append", choices=sorted(TOOLS), help="only this one")
    parser.add_argument("--script", action="append", choices=[PIPELINE, *SCRIPTS, *MARKED], help="only this one")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    without_growth: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alerts = ["--alerts", str(ALERTS), "--seed", "1", "--output", folder / "alerts.parquet", "--quiet"]
        run(PROGRAMS / "jupyter-hotspots", "reference", "simulate", *alerts)
        for profiler in options.profiler or TOOLS:
            scripts = [*(MARKED if profiler == "memory" else [PIPELINE, *SCRIPTS])]
            for script in scripts[: 3 if options.quick else None]:
                if options.script and script not in options.script:
                    continue
                target = target_of(script, profiler, folder)
                raw, found, runs = compared(profiler, target, folder)
                if not worth(raw, TOOLS[profiler]):
                    without_growth.append(script)
                    continue
                rows.append(row_of(profiler, script, raw, found, runs))
                print("| " + " | ".join(str(rows[-1][name]) for name in ("what", "ours", "other")) + " |", flush=True)
                if rows[-1]["ours"]:
                    print(f"    theirs: {in_words(raw)}\n    ours:   {in_words(found)}", flush=True)
    if without_growth:
        print(f"no line grows: {', '.join(without_growth)}")
    if options.json:
        result = {"name": "The same top three", "method": method(without_growth), "rows": rows}
        options.json.write_text(json.dumps(result, indent=1))
    return 0


def method(without_growth: list[str]) -> str:
    """What was compared, for the page."""
    return (
        "Scripts of pyperformance as its workers run them, and the reference pipeline; the three with the most by the "
        "raw tool's command line and by a run here. Functions: `sampling` and `cprofile` by own time, `line` by the "
        "sum of their lines (what is outside of functions left out: kernprof does not watch it), `allocations` by "
        "bytes at the high-water mark. Lines: `scalene` by time, `tracemalloc` by bytes held at the end. What has "
        "under 1 % is left out. `memory`: lines of one marked function by growth, of scripts that allocate, those of "
        f"less than the tolerance of 1 MiB left out (no line grows by more: {', '.join(without_growth) or 'none'}). "
        "Sampled shares count as equal within two standard errors, growth and memory within 1 MiB (an arena of "
        "Python's allocator, counted for whoever happens to need it). Where one of the three is missing, both run "
        "twice more and the sums are compared. `heap` ranks types, not code."
    )


if __name__ == "__main__":
    sys.exit(main())
