"""The codes that runs end with are those that the model, the schema and the front end know."""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec

from jupyterlab_hotspots import runs
from jupyterlab_hotspots.profiles.run_info import REASON_CODES, RunInfo
from jupyterlab_hotspots.runs.outcome import Outcome

SOURCES = [ast.parse(file.read_text(encoding="utf-8")) for file in Path(runs.__path__[0]).glob("*.py")]


def test_no_run_ends_with_a_code_that_is_not_documented() -> None:
    outcomes = [
        node
        for source in SOURCES
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Outcome"
    ]
    given = {
        node.args[1].value for node in outcomes if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    } - {None}
    assert {"signal", "exit_code", "supervisor_died", "never_started"} <= given <= set(REASON_CODES)


def test_every_documented_code_is_one_of_the_runs_room() -> None:
    written = {node.value for source in SOURCES for node in ast.walk(source) if isinstance(node, ast.Constant)}
    assert set(REASON_CODES) <= written
    assert all(f"``{code}``" in (Outcome.__doc__ or "") for code in REASON_CODES)


def test_a_code_of_another_version_does_not_hide_the_run() -> None:
    text = b"""{"id": "1", "status": "failed", "reason_code": "killed_for_memory", "profiler": "cprofile",
        "created": "", "target": {"kind": "script", "name": "fit.py"}}"""
    assert msgspec.json.decode(text, type=RunInfo).reason_code == "killed_for_memory"
