"""Runs every benchmark and writes what it saw to docs/benchmarks.md.

Each benchmark is a program of its own that takes `--quick` and `--json FILE` and writes
`{"name": title, "method": sentence, "rows": [{"what", "ours", "other", "ratio", "interval": [low, high], "bound"}]}`.
They run one after another: two measurements at once measure each other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE.parent / "docs" / "benchmarks.md"
BENCHMARKS: Final = {
    "cprofile_overhead": ("overhead.py", "--profiler", "cprofile"),
    "sampling_overhead": ("overhead.py", "--profiler", "sampling"),
    "truth": ("truth.py",),
    "ranking": ("ranking.py",),
    "line_overhead": ("overhead.py", "--profiler", "line"),
    "memory_overhead": ("overhead.py", "--profiler", "memory"),
    "allocations_overhead": ("overhead.py", "--profiler", "allocations"),
    "tracemalloc_overhead": ("overhead.py", "--profiler", "tracemalloc"),
    "scalene_overhead": ("overhead.py", "--profiler", "scalene"),
    "telemetry_cost": ("telemetry_cost.py",),
    "history": ("history.py",),
    "large_profile": ("large_profile.py",),
    "panel_latency": ("panel_latency.py",),
}
"""Name of a section → its program and arguments."""

METHOD: Final = """\
Written by `make bench`; the raw figures are in `benchmarks/results/`. Ratios are taken within one run: workloads sized
to run at least 5 s, at least 11 interleaved pairs, wall and CPU time, the median of the pairwise ratios with its 95 %
interval, unless a section says otherwise. A bound holds when the interval reaches it."""


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return " – ".join(map(_cell, cast("list[Any]", value)))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _holds(row: dict[str, Any]) -> str:
    """Whether the end of the interval nearest to it, else the figure, reaches the bound (`<= 50 ms`, `>= 100`)."""
    bound = row.get("bound")
    if bound is None:
        return "–"
    kind, _, limit = str(bound).partition(" ")
    limit = float(limit.split()[0])
    at_least = kind == ">="
    figure = row["interval"][at_least] if row.get("interval") else row.get("ratio") or row.get("ours")
    figure = float(str(figure).split()[0])
    return "yes" if (figure >= limit if at_least else figure <= limit) else "**no**"


def _section(result: dict[str, Any]) -> str:
    lines = [f"## {result['name']}", ""]
    if result.get("method"):
        lines += [result["method"], ""]
    lines += ["| what | Hotspots | other | ratio | interval | bound | holds |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {row['what']} | {_cell(row.get('ours'))} | {_cell(row.get('other'))} | {_cell(row.get('ratio'))} "
        f"| {_cell(row.get('interval'))} | {_cell(row.get('bound'))} | {_holds(row)} |"
        for row in result["rows"]
    ]
    return "\n".join(lines)


def write_page(results: Path) -> None:
    """The page of all results there are."""
    sections = [
        _section(json.loads(path.read_text())) for name in BENCHMARKS if (path := results / f"{name}.json").exists()
    ]
    machine = f"{date.today():%d %B %Y}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    machine += f", Python {platform.python_version()}."
    PAGE.write_text("\n\n".join(["# Benchmarks", METHOD, machine, *sections]) + "\n", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(HERE.parent)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a look, not a result: the page is not written")
    parser.add_argument(
        "--only", action="append", choices=[*BENCHMARKS], help="this one; the others keep their figures"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page of the results there are")
    options = parser.parse_args()
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    if options.page:
        write_page(results)
        return 0
    failed: list[str] = []
    for name, (program, *words) in BENCHMARKS.items():
        if options.only and name not in options.only:
            continue
        print(f"== {name}", flush=True)
        target = results / f"{name}.json"
        with tempfile.TemporaryDirectory() as store:
            words += ["--json", str(target), *(["--quick"] if options.quick else [])]
            command = [sys.executable, str(HERE / program), *words]
            done = subprocess.run(command, check=False, env={**os.environ, "HOTSPOTS_STORE": store})
        if done.returncode:
            failed.append(name)
    if not options.quick:
        write_page(results)
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
