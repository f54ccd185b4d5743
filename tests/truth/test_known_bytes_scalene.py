"""Known bytes, allocated and copied on known lines: what Scalene says of them, within the tolerance of the docs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "profilers"))

from known_bytes import COPIED, Known, known
from scalene_runs import ScaleneRuns


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, dict[str, Any]]:
    """What Scalene measured, by line."""
    scalene = ScaleneRuns(tmp_path_factory.mktemp("scalene"))
    _, info, measured = scalene.run(scalene.write(COPIED))
    assert info.status == "succeeded" and measured.warnings == () and measured.lines is not None
    return {row["line"]: row for row in measured.lines.to_pylist()}


@pytest.mark.parametrize("truth", [one for one in known() if one.profiler == "scalene"])
def test_bytes_are_those_that_are_known(lines: Mapping[int, dict[str, Any]], truth: Known) -> None:
    measured = lines[truth.line][truth.column]
    assert measured is not None
    assert abs(measured - truth.size) <= truth.tolerance
