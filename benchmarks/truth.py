"""How near each profiler comes to the truth: programs that know where their time went, or what they allocate.

They and what they know are those of `tests/truth/`. `sampling` is held to two points or two standard errors, for
functions and for lines. A deterministic profiler is not wrong by chance but by what its own work costs: its bias is
published beside it, without a bound. Of memory, each profiler is held to what the documentation says of it.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "truth"))

from known_bytes import KEPT_AND_FREED, Known, known
from known_shares import PROGRAMS, samples_of, shares

POINTS = 2.0
STANDARD_ERRORS = 2.0
SPREAD = 2.0
"""The variance of a share is so many times that of as many samples at equal intervals: py-spy's intervals are
exponential, lest they beat with the program, and a stack is worth the time until the next sample."""
OF_TIME = ("sampling", "cprofile", "line")
OF_MEMORY = ("allocations", "tracemalloc", "scalene", "memory")


def profiled(profiler: str, folder: Path, program: Path, *words: str) -> tuple[str, dict[str, Any]]:
    """What a program prints, and what the profiler says of it."""
    output = folder / "profile.json"
    command = [Path(sys.executable).parent / "jupyter-hotspots", "run", "--quiet", "--profiler", profiler]
    done = subprocess.run(
        [*command, "--json", output, program, *words], capture_output=True, check=True, cwd=folder, text=True
    )
    return done.stdout, json.loads(output.read_text())


def row(what: str, ours: float, other: str, bound: str | None) -> dict[str, Any]:
    return {"what": what, "ours": round(ours, 2), "other": other, "ratio": None, "interval": None, "bound": bound}


def time_rows(profiler: str, seconds: float, folder: Path) -> Iterator[dict[str, Any]]:
    """Points by which the shares of time are off."""
    for program in PROGRAMS:
        printed, document = profiled(profiler, folder, program, str(seconds))
        account: dict[str, float] = json.loads(printed.splitlines()[-1])
        samples = samples_of(document)
        for what, truth, measured in shares(program, account, document):
            chance = 100 * math.sqrt(SPREAD * truth * (1 - truth) / samples) if samples else 0.0
            yield row(
                f"{profiler}, {program.stem}: {what}: points off",
                100 * abs(measured - truth),
                f"{100 * measured:.1f} %, truly {100 * truth:.1f} %",
                f"<= {max(POINTS, STANDARD_ERRORS * chance):.1f}" if samples else None,
            )


def memory_rows(profiler: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Per cent by which the bytes of lines are off; megabytes where the truth is that nothing changes."""
    truths = sorted((one for one in known() if one.profiler == profiler), key=lambda one: one.program)
    for source, of_program in groupby(truths, key=lambda one: one.program):
        program = folder / ("kept_and_freed.py" if source == KEPT_AND_FREED else "copied.py")
        program.write_text(source, encoding="utf-8")
        _, document = profiled(profiler, folder, program)
        for one in of_program:
            yield memory_row(one, program, document)


def memory_row(truth: Known, program: Path, document: dict[str, Any]) -> dict[str, Any]:
    found: dict[int, int] = defaultdict(int)
    rows: list[dict[str, Any]] = document[truth.table]
    for one in rows:
        if one.get("file") == str(program):
            found[one["line"]] += one.get(truth.column, 0)
    code = truth.program.splitlines()[truth.line - 1].partition("  #")[0].strip()
    unit, whole = ("% off", abs(truth.size) / 100) if truth.size else ("MB off", 1e6)
    return row(
        f"{truth.profiler}, {program.stem}: `{code}`, {truth.column}: {unit}",
        abs(found[truth.line] - truth.size) / whole,
        f"{found[truth.line] / 1e6:.2f} MB, truly {truth.size / 1e6:g} MB",
        f"<= {truth.tolerance / whole:.1f}",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short runs: a look, not a result")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--profiler", action="append", choices=OF_TIME + OF_MEMORY, help="only this one")
    options = parser.parse_args()
    seconds = 3.0 if options.quick else 10.0
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for profiler in options.profiler or OF_TIME + OF_MEMORY:
            found = time_rows(profiler, seconds, folder) if profiler in OF_TIME else memory_rows(profiler, folder)
            for one in found:
                rows.append(one)
                print(
                    "| " + " | ".join(str(one[name]) for name in ("what", "ours", "other", "bound")) + " |", flush=True
                )
    if options.json:
        method = (
            f"Programs that know their own split (`tests/truth/programs/`), {seconds:g} s each. `sampling` is held to "
            "the larger of 2 points and 2 standard errors, √(2p(1−p)/n) for samples at exponential intervals: of so "
            "many comparisons one in twenty may miss by chance. Of "
            "the others the bias is shown: what a deterministic profiler costs is in its figures. Lines of `line` "
            "are inclusive: with what they call. Memory: programs that allocate known bytes on known lines "
            "(`tests/truth/known_bytes.py`), within 1 % (`allocations`) or the tolerance that `docs/profilers.md` "
            "states."
        )
        options.json.write_text(json.dumps({"name": "Truth", "method": method, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
