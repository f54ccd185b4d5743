"""Sampling finds the shares of programs whose split is known by construction, of functions and of lines.

The programs keep an account of their own; `benchmarks/truth.py` runs them for longer and publishes how near every
profiler comes. Here the margin is wider, so that a test does not fail for chance: with so many comparisons one in
twenty would be outside of two standard errors.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py") if path.stem != "truth")
SECONDS = "3"
POINTS = 0.02
STANDARD_ERRORS = 4.0


@dataclass
class Measured:
    """A program's own account, and what was measured of it."""

    account: dict[str, float]
    document: dict[str, Any]
    path: Path

    @property
    def samples(self) -> float:
        return sum(row.get("samples", 0) for row in self.document["functions"])

    def own_s(self, table: str, chosen: Callable[[dict[str, Any]], bool]) -> float:
        return sum(row.get("own_s", 0.0) for row in self.document[table] if chosen(row))

    def whole(self, table: str) -> float:
        return self.own_s(table, lambda row: True)

    def line_of(self, marker: str) -> int:
        lines = self.path.read_text(encoding="utf-8").splitlines()
        (line,) = (number for number, text in enumerate(lines, 1) if text.endswith(f"# {marker}"))
        return line


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Measured]:
    """Runs a program under sampling, from the command line."""
    folder = tmp_path_factory.mktemp("truth")

    def run(name: str) -> Measured:
        path, output = PROGRAMS / f"{name}.py", folder / f"{name}.json"
        words = ["run", "--quiet", "--profiler", "sampling", "--json", str(output), str(path), SECONDS]
        done = subprocess.run(
            [sys.executable, "-m", "jupyterlab_hotspots", *words],
            capture_output=True,
            check=True,
            env={**os.environ, "HOTSPOTS_STORE": str(folder / "store")},
        )
        return Measured(json.loads(done.stdout.splitlines()[-1]), json.loads(output.read_text()), path)

    return run


@pytest.mark.parametrize("name", NAMES)
def test_shares_are_those_the_program_knows(measure: Callable[[str], Measured], name: str) -> None:
    measured = measure(name)
    total = measured.account.pop("total")
    n = measured.samples
    assert n > 100
    wrong: list[str] = []
    for known, seconds in measured.account.items():
        if known.startswith("#"):
            line = measured.line_of(known[1:])
            found = measured.own_s(
                "lines", lambda row, at=line: row["line"] == at and row["file"] == str(measured.path)
            )
            whole = measured.whole("lines")
            if name == "tight_lines":  # the loop's own line has no known part: the others are compared
                known_lines = {measured.line_of(other) for other in ("one", "two", "four")}
                whole = measured.own_s("lines", lambda row, known=known_lines: row["line"] in known)
        else:
            found = measured.own_s("functions", lambda row, at=known: row["function"] == at)
            whole = measured.whole("functions")
        truth, share = seconds / total, found / whole
        margin = max(POINTS, STANDARD_ERRORS * math.sqrt(truth * (1 - truth) / n))
        if abs(share - truth) > margin:
            wrong.append(f"{known}: {share:.3f} instead of {truth:.3f} ± {margin:.3f}")
    assert not wrong
