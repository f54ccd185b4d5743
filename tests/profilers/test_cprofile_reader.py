"""From raw files to functions and edges, whatever became of the run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from agent_runs import Agent, AgentRun

from jupyterlab_hotspots.agent.columns import write_columns
from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo


def read(raw: Path, **known: Any) -> Measurements:
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="0", status="failed", target=target, profiler="cprofile", created="", **known)
    return registry.reader("cprofile").read(raw, ReadContext(info=info))


def rows(measurements: Measurements) -> dict[str, dict[str, Any]]:
    assert measurements.functions is not None
    return {row["function"]: row for row in measurements.functions.to_pylist()}  # pyright: ignore


def edges(measurements: Measurements) -> dict[tuple[str, str], int]:
    assert measurements.functions is not None and measurements.edges is not None
    names, found = measurements.functions.to_pydict()["function"], measurements.edges.to_pydict()
    pairs = zip(found["caller"], found["callee"], found["calls"], strict=True)
    return {(names[caller], names[callee]): calls for caller, callee, calls in pairs}


def newest(run: AgentRun, column: str) -> dict[int, int]:
    """Row id → the last value that was told."""
    return {
        row_id: value
        for line in run.of_type("hotspots")
        for row_id, value in zip(line["update"]["id"], line["update"][column], strict=True)
    }


def test_a_run_is_read_with_names_places_and_times(agent: Agent) -> None:
    source = "import time\nclass Own:\n    def method(self):\n        time.sleep(0.1)\n        return len('x')\n"
    source += "Own().method()\n"
    script = agent.write(source)
    run = agent.run(script)
    found = read(run.raw)
    method = rows(found)["method"]
    assert (method["file"], method["line"], method["origin"]) == (str(script), 3, "own")
    if agent.version >= (3, 11):
        assert method["qualname"] == "Own.method"
    assert (method["calls"], method["primitive_calls"]) == (1, 1)
    assert 0.1 <= method["total_s"] < 1
    assert method["own_s"] < 0.05
    builtin = rows(found)["<built-in method builtins.len>"]
    assert (builtin["file"], builtin["line"], builtin["origin"]) == (None, None, "builtin")
    assert edges(found)["method", "<built-in method time.sleep>"] == 1
    assert found.warnings == ()
    elapsed = run.stopped["t"] - run.of_type("started")[0]["t"]
    assert rows(found)["<module>"]["total_s"] == pytest.approx(elapsed, abs=0.02)


def test_nothing_of_the_agent_is_in_it(agent: Agent) -> None:
    run = agent.run(agent.write("import time\nfor _ in range(100): time.sleep(0.005)\n"), hz=50.0)
    found = rows(read(run.raw))
    assert set(found) == {"<module>", "<built-in method time.sleep>"} | {
        # What `import time` of a module that is there already takes in some versions.
        name
        for name in found
        if found[name]["file"] == "<frozen importlib._bootstrap>"
    }
    assert found["<built-in method time.sleep>"]["calls"] == 100


def crashed(agent: Agent, *, tables: int, rows: int) -> AgentRun:
    """A run that is killed after so many tables were written and so many live lines told."""
    source = """
import time
def leaf(): return 1
def work():
    for _ in range(200): leaf()
def main():
    while True:
        work()
        time.sleep(0.001)
main()
"""
    started = agent.start(agent.write(source))
    started.wait_for("started")
    written: set[int] = set()
    told = 0
    while told < rows or len(written) < tables:
        time.sleep(0.05)
        started.ask()
        told += 1
        started.wait_for("hotspots", told)
        if (started.raw / "cprofile.columns").exists():
            written.add((started.raw / "cprofile.columns").stat().st_mtime_ns)
    started.process.kill()
    return started.finish()


def test_after_a_crash_the_last_tables_and_newer_rows_are_there(agent: Agent) -> None:
    run = crashed(agent, tables=1, rows=12)
    begun = run.of_type("started")[0]["t"]
    known = run.of_type("hotspots")[-1]["t"] - begun
    found = read(run.raw, wall_s=known + 2.5 + 0.25, startup_s=0.25)
    called = rows(found)
    assert called["leaf"]["calls"] == max(newest(run, "calls").values())
    assert called["main"]["calls"] == 1
    assert called["main"]["total_s"] == pytest.approx(known, abs=0.05)
    assert {("work", "leaf"), ("<module>", "main")} <= edges(found).keys()
    (warning,) = found.warnings
    assert warning.code == "cut_short"
    assert "its last 2.5 s are missing" in warning.message


def test_before_the_first_tables_there_are_the_live_rows(agent: Agent) -> None:
    run = crashed(agent, tables=0, rows=1)
    if (run.raw / "cprofile.columns").exists():
        (run.raw / "cprofile.columns").unlink()
    found = read(run.raw)
    assert rows(found)["main"]["file"] == str(agent.work / "script.py")
    assert edges(found) == {}
    assert found.warnings[0].code == "cut_short"
    assert "Who called whom is not known" in found.warnings[0].message


def test_before_the_first_rows_there_is_nothing_and_that_is_said(agent: Agent) -> None:
    found = read(agent.run(agent.write("import os\nos._exit(0)\n")).raw)
    assert (rows(found), edges(found)) == ({}, {})
    assert "before its first figures" in found.warnings[0].message


def test_of_code_that_never_ran_nothing_is_missing(agent: Agent) -> None:
    found = read(agent.run(agent.write("def (:\n")).raw)
    assert (rows(found), edges(found), found.warnings) == ({}, {}, ())


def test_the_agents_warnings_come_along(agent: Agent) -> None:
    found = read(agent.run(agent.write("import sys\nsys.setprofile(None)\ndef f(): pass\nf()\n")).raw)
    assert [warning.code for warning in found.warnings] == [
        "profile_shared" if agent.version >= (3, 12) else "profile_replaced"
    ]


def test_an_empty_folder_is_an_empty_profile(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (rows(found), edges(found), found.warnings) == ({}, {}, ())


GOOD: dict[str, tuple[str, list[Any]]] = {
    "functions.function": ("text", ["f", "g"]),
    "functions.qualname": ("text", ["f", None]),
    "functions.file": ("text", ["/f.py", None]),
    "functions.origin": ("text", ["own", "builtin"]),
    "functions.line": ("int64", [3, 0]),
    "functions.calls": ("int64", [1, 2]),
    "functions.primitive_calls": ("int64", [1, 2]),
    "functions.own_s": ("float64", [0.5, 1.0]),
    "functions.total_s": ("float64", [1.5, 1.0]),
    "edges.caller": ("int64", [0]),
    "edges.callee": ("int64", [1]),
    "edges.calls": ("int64", [2]),
    "edges.primitive_calls": ("int64", [2]),
    "edges.own_s": ("float64", [1.0]),
    "edges.total_s": ("float64", [1.0]),
}


def write(raw: Path, about: dict[str, Any] | None = None, **changed: list[Any]) -> None:
    columns = {name: (kind, changed.get(name.replace(".", "_"), values)) for name, (kind, values) in GOOD.items()}
    told = {"final": True, "t": 1.0} if about is None else about
    write_columns(
        str(raw / "cprofile.columns"), told, [(name, kind, values) for name, (kind, values) in columns.items()]
    )


def test_functions_that_counted_nothing_are_left_out_with_their_edges(tmp_path: Path) -> None:
    write(tmp_path, functions_calls=[0, 2])
    found = read(tmp_path)
    assert list(rows(found)) == ["g"]
    assert edges(found) == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"edges_caller": [2]},
        {"edges_callee": [-1]},
        {"edges_calls": []},
        {"functions_line": [1]},
        {"functions_origin": ["own", "alien"]},
        {"functions_function": ["f", None]},
        {"about": {"final": True}},
        {"about": {"t": "now"}},
    ],
    ids=str,
)
def test_tables_that_do_not_fit_together_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    write(tmp_path, **changed)
    with pytest.raises(HotspotsError):
        read(tmp_path)


def test_a_negative_rest_of_a_time_is_none(tmp_path: Path) -> None:
    write(tmp_path, functions_own_s=[-1e-9, 1.0])
    assert rows(read(tmp_path))["f"]["own_s"] == 0


def test_live_rows_that_make_no_sense_change_nothing(tmp_path: Path) -> None:
    write(tmp_path, about={"final": False, "t": 1.0})
    update = {
        "id": [0, 1, 7, 8],
        "calls": [-5, "x", 3, 4],
        "own_s": [1e400, None, 2.0, 3.0],
        "primitive_calls": [2**70, True, 3, 4],
    }
    lines: list[Any] = [
        {
            "type": "hotspots",
            "t": 2.0,
            "table": "functions",
            "define": {"id": [8], "function": ["late"], "line": [4]},
            "update": update,
        },
        {"type": "hotspots", "t": 3.0, "table": "functions", "define": {"id": [0], "calls": [1, 2]}, "update": [1]},
        {"type": "hotspots", "t": 3.0, "table": 5},
        {"type": "hotspots", "t": "later"},
        {"type": "hotspots", "t": 4.0, "table": "functions", "update": {"id": ["0", True, -1], "calls": [9, 9, 9]}},
        ["started"],
        7,
    ]
    text = "\n".join(map(json.dumps, lines)) + "\n{]\n\xff\n" + "[" * 100_000 + '\n{"type":"stopped"'
    (tmp_path / "live.jsonl").write_text(text, encoding="latin-1")
    found = rows(read(tmp_path))
    assert (found["f"]["calls"], found["f"]["own_s"], found["g"]["calls"]) == (1, 0.5, 2)
    assert (found["late"]["calls"], found["late"]["line"], found["late"]["own_s"]) == (4, 4, 3.0)
    assert len(found) == 3, "a row that was never defined has no name"
