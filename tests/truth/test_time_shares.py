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
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from known_shares import PROGRAMS, samples_of, shares

SECONDS = (3.0, 8.0)
"""What is off is measured again, for longer: chance and another program's burst go away, a bias stays."""
POINTS = 0.02
STANDARD_ERRORS = 4.0


def _off(program: Path, seconds: float, folder: Path) -> list[str]:
    """What of a program was measured wrong."""
    output = folder / f"{seconds}.json"
    words = ["run", "--quiet", "--profiler", "sampling", "--json", str(output), str(program), str(seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlab_hotspots", *words],
        capture_output=True,
        check=True,
        env={**os.environ, "HOTSPOTS_STORE": str(folder / "store")},
    )
    account, document = json.loads(done.stdout.splitlines()[-1]), json.loads(output.read_text())
    n = samples_of(document)
    assert n > 100
    known = [*shares(program, account, document)]
    assert len(known) == len(account) - 1, "of a part nothing was measured"
    wrong: list[str] = []
    for what, truth, measured in known:
        margin = max(POINTS, STANDARD_ERRORS * math.sqrt(truth * (1 - truth) / n))
        if abs(measured - truth) > margin:
            wrong.append(f"{what}: {measured:.3f} instead of {truth:.3f} ± {margin:.3f}")
    return wrong


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_shares_are_those_the_program_knows(program: Path, tmp_path: Path) -> None:
    short, longer = SECONDS
    if _off(program, short, tmp_path):
        assert _off(program, longer, tmp_path) == []
