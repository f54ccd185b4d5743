"""Every test here that takes an `agent` runs in every Python from 3.10 on that this machine has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))
sys.path.insert(0, str(Path(__file__).parent))

from agent_runs import Agent, pythons


@pytest.fixture(params=list(pythons().values()), ids=list(pythons()))
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> Agent:
    """The agent in one Python."""
    return Agent(request.param, tmp_path)
