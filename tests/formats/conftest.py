"""Real files, made once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))

from agent_runs import pythons
from made_files import Tools


@pytest.fixture(params=list(pythons().values()), ids=list(pythons()))
def other_python(request: pytest.FixtureRequest) -> str:
    """Each Python from 3.10 on that this machine has."""
    return request.param


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """A real file of a tool, by the tool's ending."""
    return Tools(tmp_path_factory.mktemp("tools"))
