"""Whether each profiler ranks the same three functions highest as its raw tool by hand, on scripts of pyperformance.

The scripts are the package's own (`bm_*/run_benchmark.py --worker`), run a few seconds each, and the reference
pipeline. A sampled share is known to within its standard error: a function that stands third on one side and within two
errors of the third on the other is the same.
"""

from __future__ import annotations

import argparse
import json
import math
import pickle
import pstats
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TOP = 3
NOISE = 0.01
"""What is less is not worth a place: a script that does one thing has no third function."""
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
    "crypto_pyaes": 8,
}
"""Name → loops that take some seconds."""

Shares = dict[tuple[str, str], float]
"""(file name, function) → its own time, or its bytes."""


def benchmarks() -> Path:
    """The folder of pyperformance's scripts."""
    spec = find_spec("pyperformance")
    if spec is None or spec.origin is None:
        raise SystemExit("pyperformance is not installed: pip install pyperformance")
    return Path(spec.origin).parent / "data-files" / "benchmarks"


def key(file: str | None, function: str) -> tuple[str, str]:
    return Path(file or "").name, function.rpartition(".")[2].split("(")[0]


def raw_sampling(script: Path, words: list[str], folder: Path) -> Shares:
    output = folder / "raw.txt"
    program = Path(sys.executable).parent / "py-spy"
    command = [program, "record", "--idle", "--rate", "200", "--full-filenames", "-f", "raw", "-o", output, "--"]
    subprocess.run([*command, sys.executable, script, *words], check=True, capture_output=True)
    shares: Shares = defaultdict(float)
    for line in output.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        leaf = stack.rpartition(";")[2]
        name, _, place = leaf.rpartition(" (")
        shares[key(place.rpartition(":")[0], name)] += float(count)
    return shares


def raw_cprofile(script: Path, words: list[str], folder: Path) -> Shares:
    output = folder / "raw.prof"
    subprocess.run([sys.executable, "-m", "cProfile", "-o", output, script, *words], check=True, capture_output=True)
    stats: dict[tuple[str, int, str], Any] = pstats.Stats(str(output)).stats  # type: ignore[attr-defined]  # typeshed does not know it
    shares: Shares = defaultdict(float)
    for (file, _, name), (_, _, own_s, _, _) in stats.items():
        shares[key(None if file == "~" else file, name)] += own_s
    return shares


def raw_line(script: Path, words: list[str], folder: Path) -> Shares:
    output = folder / "raw.lprof"
    command = [sys.executable, "-m", "kernprof", "-q", "-l", "-p", script, "-o", output, script, *words]
    subprocess.run(command, check=True, capture_output=True)
    with output.open("rb") as file:
        timings: dict[tuple[str, int, str], list[tuple[int, int, int]]] = pickle.load(file).timings  # our own file
    shares: Shares = defaultdict(float)
    for (file_name, _, name), rows in timings.items():
        shares[key(file_name, name)] += sum(time for _, _, time in rows)
    return shares


def raw_allocations(script: Path, words: list[str], folder: Path) -> Shares:
    from memray import FileReader

    output = folder / "raw.bin"
    command = [sys.executable, "-m", "memray", "run", "-q", "-f", "-o", output, script, *words]
    subprocess.run(command, check=True, capture_output=True)
    shares: Shares = defaultdict(float)
    with FileReader(output) as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            for function, file, _ in record.stack_trace(max_stacks=1):
                shares[key(file, function)] += record.size
    return shares


RAW: dict[str, tuple[Callable[[Path, list[str], Path], Shares], str]] = {
    "sampling": (raw_sampling, "own_s"),
    "cprofile": (raw_cprofile, "own_s"),
    "line": (raw_line, "total_s"),
    "allocations": (raw_allocations, "peak_bytes"),
}


def ours(profiler: str, column: str, script: Path, words: list[str], folder: Path) -> Shares:
    """What a run under the profiler says."""
    output = folder / "ours.json"
    program = Path(sys.executable).parent / "jupyter-hotspots"
    options = ["--option", "rate=200"] if profiler == "sampling" else []
    command = [program, "run", "--quiet", "--profiler", profiler, *options, "--json", output, script, *words]
    subprocess.run(command, check=True, capture_output=True)
    shares: Shares = defaultdict(float)
    for row in json.loads(output.read_text())["functions"]:
        shares[key(row.get("file"), row["function"])] += row.get(column, 0)
    return shares


def top(shares: Shares) -> list[tuple[str, str]]:
    return sorted(shares, key=lambda name: -shares[name])[:TOP]


def in_words(shares: Shares) -> str:
    whole = sum(shares.values()) or 1.0
    return ", ".join(f"{name[1]} {100 * shares[name] / whole:.0f} %" for name in top(shares))


def missing(raw: Shares, found: Shares, *, samples: float | None) -> list[str]:
    """Which of the raw tool's three are none of ours, nor within two errors of our third."""
    whole = sum(found.values()) or 1.0
    third = found[top(found)[-1]] / whole
    error = 2 * math.sqrt(third * (1 - third) / samples) if samples else 0.0
    everything = sum(raw.values()) or 1.0
    return [
        name[1] for name in top(raw) if raw[name] / everything >= NOISE and found.get(name, 0.0) / whole < third - error
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three scripts: a look, not a result")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--profiler", action="append", choices=sorted(RAW), help="only this one")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for script, loops in list(SCRIPTS.items())[: 3 if options.quick else None]:
            path = benchmarks() / f"bm_{script}" / "run_benchmark.py"
            words = ["--worker", "--warmups", "0", "--values", "1", "--loops", str(loops)]
            for profiler in options.profiler or RAW:
                raw_tool, column = RAW[profiler]
                raw, found = raw_tool(path, words, folder), ours(profiler, column, path, words, folder)
                lost = missing(raw, found, samples=sum(raw.values()) if profiler == "sampling" else None)
                rows.append(
                    {
                        "what": f"{profiler}, {script}: of the raw tool's three, missing",
                        "ours": len(lost),
                        "other": ", ".join(name for _, name in top(raw))
                        + (f" (missing: {', '.join(lost)})" if lost else ""),
                        "ratio": None,
                        "interval": None,
                        "bound": "<= 0",
                    }
                )
                print("| " + " | ".join(str(rows[-1][name]) for name in ("what", "ours", "other")) + " |", flush=True)
    if options.json:
        method = (
            "Scripts of pyperformance as its workers run them; the three functions with the most own time (`line`: the "
            "sum of their lines; `allocations`: bytes at the high-water mark) by the raw tool's command line and by "
            "a run here, those under 1 % left out. Sampled shares count as equal within two standard errors."
        )
        options.json.write_text(json.dumps({"name": "The same top three", "method": method, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
