"""How near each profiler comes to the truth: programs that know where their time went, from `tests/truth/programs/`.

`sampling` is held to two points or two standard errors, for functions and for lines. A deterministic profiler is not
wrong by chance but by what its own work costs: its bias is published beside it, without a bound.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).resolve().parent.parent / "tests" / "truth" / "programs"
POINTS = 2.0
STANDARD_ERRORS = 2.0
PROFILERS = ("sampling", "cprofile", "line")


def measured(profiler: str, program: Path, seconds: float, folder: Path) -> tuple[dict[str, float], dict[str, Any]]:
    """What a program says of itself, and what the profiler says of it."""
    output = folder / "profile.json"
    command = Path(sys.executable).parent / "jupyter-hotspots"
    words = ["run", "--quiet", "--profiler", profiler, "--json", str(output), str(program), str(seconds)]
    done = subprocess.run([str(command), *words], capture_output=True, check=True, cwd=folder)
    return json.loads(done.stdout.splitlines()[-1]), json.loads(output.read_text())


def line_of(program: Path, marker: str) -> int:
    """The line with this marker in its comment."""
    lines = program.read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith(f"# {marker}"))


def compared(program: Path, account: dict[str, float], document: dict[str, Any]) -> Iterator[tuple[str, float, float]]:
    """(what, true share, measured share) of all that the program knows and the profiler measures."""
    total = account.pop("total")
    markers = {name: line_of(program, name[1:]) for name in account if name[0] == "#"}
    for name, seconds in account.items():
        table = "lines" if name in markers else "functions"
        rows = [row for row in document.get(table) or [] if "own_s" in row or (table == "lines" and "time_s" in row)]
        if not rows:
            continue
        values = [(row, row.get("own_s", row.get("time_s", 0.0))) for row in rows]
        if name in markers:
            ours = [(row["line"], value) for row, value in values if row.get("file") == str(program)]
            found = sum(value for line, value in ours if line == markers[name])
            whole = sum(value for _, value in values)
            if len(markers) == len(account):  # the rest of the loop has no known part: the known ones are compared
                whole = sum(value for line, value in ours if line in markers.values())
        else:
            found = sum(value for row, value in values if row["function"] == name)
            whole = sum(value for _, value in values)
        kind = f"line {name[1:]}" if name in markers else f"function {name}"
        yield f"{program.stem}: {kind}", seconds / total, found / whole if whole else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short runs: a look, not a result")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--profiler", action="append", choices=PROFILERS, help="only this one")
    options = parser.parse_args()
    seconds = 3.0 if options.quick else 10.0
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for profiler in options.profiler or PROFILERS:
            for program in sorted(PROGRAMS.glob("*.py")):
                if program.stem == "truth":
                    continue
                account, document = measured(profiler, program, seconds, Path(folder))
                samples = sum(row.get("samples", 0) for row in document.get("functions") or [])
                for what, truth, share in compared(program, account, document):
                    error = 100 * abs(share - truth)
                    chance = 100 * math.sqrt(truth * (1 - truth) / samples) if samples else 0.0
                    rows.append(
                        {
                            "what": f"{profiler}, {what}: points off",
                            "ours": round(error, 2),
                            "other": f"{100 * share:.1f} %, truly {100 * truth:.1f} %",
                            "ratio": None,
                            "interval": None,
                            "bound": f"<= {max(POINTS, STANDARD_ERRORS * chance):.1f}" if samples else None,
                        }
                    )
                    print("| " + " | ".join(str(rows[-1][name]) for name in ("what", "ours", "other", "bound")) + " |")
    if options.json:
        method = (
            f"Programs that know their own split (`tests/truth/programs/`), {seconds:g} s each. `sampling` is held to "
            "the larger of 2 points and 2 standard errors: of so many comparisons one in twenty may miss by chance. Of "
            "the others the bias is shown: what a deterministic profiler costs is in its figures. Lines of `line` "
            "are inclusive: with what they call."
        )
        options.json.write_text(json.dumps({"name": "Truth", "method": method, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
