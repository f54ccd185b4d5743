"""Which Pythons on this machine have a profiler's package; `make pythons` gives it to the others."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest
from agent_runs import Agent


@cache
def has(python: str, module: str) -> bool:
    """Whether an interpreter can import a module."""
    return not subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode


def needs(agent: Agent, module: str) -> None:
    """Skips the test where the module is not installed."""
    if not has(agent.python, module):
        pytest.skip(f"{module} is not installed in {agent.python} (`make pythons` installs it)")
