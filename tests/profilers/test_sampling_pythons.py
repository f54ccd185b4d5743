"""Sampling reads programs of every Python on this machine, whichever Python Hotspots itself runs in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from agent_runs import Agent

SOURCE = """\
import sys, threading, time

class Survey:
    def spin(self, until):
        while time.perf_counter() < until:
            pass

def outer():
    Survey().spin(time.perf_counter() + 1.2)

outer()
print(sys.version_info[:2])
"""


def test_functions_lines_and_tree_of_another_python(agent: Agent, tmp_path: Path) -> None:
    script, output = agent.write(SOURCE), tmp_path / "profile.json"
    options = ["--profiler", "sampling", "--python", agent.python, "--json", str(output)]
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlab_hotspots", "run", "--quiet", *options, str(script)],
        capture_output=True,
        env={**os.environ, "HOTSPOTS_STORE": str(tmp_path / "store")},
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0 and done.stdout.decode().strip() == str(agent.version), done.stderr.decode()
    document: dict[str, Any] = json.loads(output.read_text())
    assert "sampled_from_inside" not in {warning["code"] for warning in document["warnings"]}
    (spin,) = (row for row in document["functions"] if row["function"] == "spin")
    assert spin["own_share"] > 0.8 and (spin["line"], spin["origin"]) == (4, "own")
    in_the_loop = sum(row["share"] for row in document["lines"] if row["line"] in (5, 6))
    assert in_the_loop > 0.8
    tree = document["tree"]
    assert tree["name"][:3] == ["<module>", "outer", "spin"] and tree["parent"][:3] == [None, 0, 1]
