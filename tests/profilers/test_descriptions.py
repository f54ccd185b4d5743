"""What a profiler says of itself is what the documentation says."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profilers.protocol import Description

DOCS = Path(__file__).resolve().parents[2] / "docs" / "profilers.md"


@pytest.mark.parametrize("described", registry.descriptions(), ids=lambda one: one.name)
def test_the_overhead_is_the_same_in_the_documentation(described: Description) -> None:
    (row,) = (line for line in DOCS.read_text().splitlines() if line.startswith(f"| `{described.name}`"))
    assert row.split(" | ")[3] == described.overhead
    assert ("(the default)" in row) == (described.name == registry.DEFAULT)
