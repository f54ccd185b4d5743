"""Known bytes, allocated and copied on known lines: what Scalene says of them, within the tolerance of the docs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "profilers"))

from scalene_runs import ScaleneRuns

TOLERANCE_BYTES = 2_000_000
"""Scalene counts by the megabyte: on either side of an allocation a part of one may be missing or too much."""
TOLERANCE_SHARE = {"peak_bytes": 0.02, "allocated_bytes": 0.02, "copied_bytes": 0.15}
"""Copies are counted by the ten megabytes, with whatever small ones were made since the last count."""

PROGRAM = """
    import time
    import numpy as np

    def pause():
        end = time.perf_counter() + 0.1
        while time.perf_counter() < end:
            pass

    pause()
    kept = np.ones(10_000_000)  # peak 80_000_000
    pause()
    raw = bytearray(50_000_000)  # peak 50_000_000
    pause()
    pieces = [bytes(100_000) for _ in range(400)]  # peak 40_000_000
    pause()
    numbers = list(range(2_000_000))  # peak 80_000_000
    pause()
    freed = np.full(4_000_000, 1.0)  # peak 32_000_000
    del freed
    pause()
    for _ in range(5):
        copy = kept.copy()  # peak 80_000_000 allocated 400_000_000 copied 400_000_000
        frozen = bytes(raw)  # peak 50_000_000 allocated 250_000_000 copied 250_000_000
        np.copyto(copy, kept)  # copied 400_000_000
    pause()
"""


def said(line: str) -> dict[str, int]:
    words = line.partition("#")[2].split()
    return {name: int(number.replace("_", "")) for name, number in zip(words[::2], words[1::2], strict=True)}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, dict[str, Any]]:
    """What Scalene measured, by line."""
    scalene = ScaleneRuns(tmp_path_factory.mktemp("scalene"))
    _, info, measured = scalene.run(scalene.write(PROGRAM))
    assert info.status == "succeeded" and measured.warnings == () and measured.lines is not None
    return {row["line"]: row for row in measured.lines.to_pylist()}


@pytest.mark.parametrize(
    ("number", "column", "bytes_known"),
    [
        (number, f"{name}_bytes", size)
        for number, line in enumerate(PROGRAM.split("\n"), 1)
        if "#" in line
        for name, size in said(line).items()
    ],
)
def test_bytes_are_those_that_are_known(
    lines: Mapping[int, dict[str, Any]], number: int, column: str, bytes_known: int
) -> None:
    measured = lines[number][column]
    assert measured is not None
    assert abs(measured - bytes_known) <= TOLERANCE_BYTES + TOLERANCE_SHARE[column] * bytes_known
