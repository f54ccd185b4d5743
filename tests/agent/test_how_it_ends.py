"""The `stopped` line, and what is left of a run whatever becomes of the target."""

from __future__ import annotations

import signal
import sys
import textwrap
from typing import Any

import pytest
from agent_runs import Agent

from jupyterlab_hotspots.profilers.raw_columns import RawColumns, read_columns

ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "returns": ("x = 1", {"how": "returned", "error": None}),
    "exits": ("import sys\nsys.exit(3)", {"how": "exited", "error": None}),
    "exits with words": (
        "raise SystemExit('gone')",
        {"how": "exited", "error": {"type": "SystemExit", "message": "gone", "file": None, "line": None}},
    ),
    "raises": (
        "def f():\n    raise ValueError('no')\nf()",
        {"how": "raised", "error": {"type": "ValueError", "message": "no", "file": "SCRIPT", "line": 2}},
    ),
    "raises a class of its own": (
        "class Own(Exception): pass\nraise Own",
        {"how": "raised", "error": {"type": "Own", "message": "", "file": "SCRIPT", "line": 2}},
    ),
    "raises a library's": (
        "import json\nraise json.JSONDecodeError('m', 'd', 0)",
        {
            "how": "raised",
            "error": {
                "type": "json.decoder.JSONDecodeError",
                "message": "m: line 1 column 1 (char 0)",
                "file": "SCRIPT",
                "line": 2,
            },
        },
    ),
    "raises what cannot be shown": (
        "class Shy(Exception):\n    def __str__(self): raise TypeError\nraise Shy",
        {"how": "raised", "error": {"type": "Shy", "message": "", "file": "SCRIPT", "line": 3}},
    ),
    "is interrupted": (
        "raise KeyboardInterrupt",
        {"how": "raised", "error": {"type": "KeyboardInterrupt", "message": "", "file": "SCRIPT", "line": 1}},
    ),
    "is no Python": (
        "x = 1\ndef f(:\n",
        {"how": "syntax-error", "error": {"type": "SyntaxError", "message": None, "file": "SCRIPT", "line": 2}},
    ),
    "imports what is no Python": (
        "from pathlib import Path\nPath('broken.py').write_text('def (')\nimport broken",
        {"how": "raised", "error": {"type": "SyntaxError", "message": None, "file": "SCRIPT", "line": 3}},
    ),
}


@pytest.mark.parametrize("case", ENDS)
def test_it_is_told_how_the_code_ended(agent: Agent, case: str) -> None:
    source, expected = ENDS[case]
    script = agent.write(source)
    stopped = agent.run(script).stopped
    error = stopped["error"]
    if error is not None:
        if error["file"] == str(script):
            error["file"] = "SCRIPT"
        if expected["error"]["message"] is None:
            assert error["message"]
            error["message"] = None
    assert {name: stopped[name] for name in ("how", "error")} == expected


def test_a_missing_module_is_told_without_a_traceback(agent: Agent) -> None:
    run = agent.run("missing")
    assert run.stopped["how"] == "raised"
    assert run.stopped["error"] == {
        "type": "ImportError",
        "message": "No module named missing",
        "file": None,
        "line": None,
    }
    assert b"Traceback" not in run.stderr


def test_the_lines_come_in_order_and_say_when(agent: Agent) -> None:
    run = agent.run(agent.write("import time\ntime.sleep(0.2)\n"), hz=20.0)
    kinds = [line["type"] for line in run.lines]
    assert kinds[:2] == ["ready", "started"]
    assert kinds[-2:] == ["stopped", "hotspots"]
    assert run.stopped["t"] - run.of_type("started")[0]["t"] >= 0.2
    ready = run.of_type("ready")[0]
    assert (ready["signal"], tuple(map(int, ready["python"].split(".")))[:2]) == (signal.SIGURG, agent.version)


def test_imports_are_timed(agent: Agent) -> None:
    agent.write("import time\ntime.sleep(0.2)\nimport second\n", "first.py")
    agent.write("import time\ntime.sleep(0.1)\n", "second.py")
    run = agent.run(agent.write("import time\nimport first\ntime.sleep(0.1)\n"))
    assert 0.3 <= run.stopped["import_s"] < 0.39


def names(columns: RawColumns) -> dict[str, int]:
    """Function name → calls."""
    text = columns.text("functions.function")
    return dict(
        zip((text.strings[code] for code in text.codes), columns.counts("functions.calls").tolist(), strict=True)
    )


CRASHES = {
    "is gone at once": ("os._exit(3)", 3),
    "crashes": ("ctypes.string_at(0)", -signal.SIGSEGV),
    "aborts": ("os.abort()", -signal.SIGABRT),
    "is killed": ("os.kill(os.getpid(), 9)", -signal.SIGKILL),
    "becomes another program": ("os.execv('/bin/sh', ['sh', '-c', 'exit 5'])", 5),
}


@pytest.mark.parametrize("case", CRASHES)
def test_what_ran_before_a_crash_is_kept(agent: Agent, case: str) -> None:
    last_words, code = CRASHES[case]
    source = f"""
    import ctypes, os, time
    def leaf(n):
        return sum(range(n))
    def work():
        for _ in range(50):
            leaf(10)
    def main():
        while not os.path.exists("end"):
            work()
            time.sleep(0.002)
        {last_words}
    main()
    """
    started = agent.start(agent.write(textwrap.dedent(source)))
    started.wait_for("started")
    tables = started.raw / "cprofile.columns"
    while not tables.exists():
        started.ask()
        started.wait_for("hotspots")
    (agent.work / "end").touch()
    run = started.finish()
    assert run.returncode == code
    assert not run.of_type("stopped")
    columns = read_columns(tables)
    assert columns.about["final"] is False
    called = names(columns)
    assert called["leaf"] >= 50 and called["work"] >= 1
    assert called["main"] == 1, "what was running when it crashed is in the table too"
    functions, callers, callees = (
        columns.text("functions.function"),
        columns.counts("edges.caller"),
        columns.counts("edges.callee"),
    )
    edges = {
        tuple(functions.strings[functions.codes[place]] for place in edge)
        for edge in zip(callers, callees, strict=True)
    }
    assert {("work", "leaf"), ("<module>", "main")} <= edges


def test_an_interruption_at_the_very_end_loses_nothing(agent: Agent) -> None:
    """Signals that come while the tables are written are dealt with afterwards."""
    functions = "".join(f"def f{n}(): pass\nf{n}()\n" for n in range(4000))
    for _ in range(5):
        started = agent.start(agent.write(functions))
        started.wait_for("stopped")
        started.process.send_signal(signal.SIGINT)
        run = started.finish()
        assert run.returncode in (0, -signal.SIGINT)
        assert read_columns(run.raw / "cprofile.columns").about["final"] is True


def test_cancelling_keeps_the_profile(agent: Agent) -> None:
    started = agent.start(agent.write("def f(): pass\nwhile True: f()\n"))
    started.wait_for("started")
    started.ask()
    started.wait_for("hotspots")
    started.process.send_signal(signal.SIGINT)
    run = started.finish()
    assert run.returncode == -signal.SIGINT
    columns = read_columns(run.raw / "cprofile.columns")
    assert columns.about["final"] is True
    assert names(columns)["f"] > 10


def test_without_a_collector_the_target_runs_unwatched(agent: Agent) -> None:
    """As under a profiler that reads from outside."""
    run = agent.run(agent.write("print('ran')\nraise SystemExit(2)\n"), hz=20.0, collector=None)
    assert (run.stdout, run.returncode) == (b"ran\n", 2)
    assert [line["type"] for line in run.lines] == ["ready", "started", "stopped"]
    assert list(run.raw.iterdir()) == [run.raw / "live.jsonl"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tell a process that its parent has died")
def test_it_does_not_go_on_when_its_supervisor_is_gone(agent: Agent) -> None:
    import os
    import subprocess
    import time

    script = agent.write("import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n")
    started = agent.start(script, parent=os.getpid())
    started.process.kill()
    started.process.wait()
    (agent.work / "pid").unlink(missing_ok=True)
    # A supervisor of our own, which says who it is as the real one does.
    supervisor = f"""
    import json, os, subprocess, time
    told = json.load(open({str(started.raw.parent / "agent.json")!r}))
    told["parent"] = os.getpid()
    json.dump(told, open("agent.json", "w"))
    from pathlib import Path
    subprocess.Popen([{agent.python!r}, {started.process.args[1]!r}, os.path.abspath("agent.json")])
    time.sleep(60)
    """
    process = subprocess.Popen([agent.python, "-c", textwrap.dedent(supervisor)], cwd=agent.work)
    give_up = time.monotonic() + 30
    while not (agent.work / "pid").exists() or not (agent.work / "pid").read_text():
        assert time.monotonic() < give_up
        time.sleep(0.01)
    target = int((agent.work / "pid").read_text())
    process.kill()
    process.wait()
    while _is_running(target):
        assert time.monotonic() < give_up, "the target goes on without its supervisor"
        time.sleep(0.01)


def _is_running(pid: int) -> bool:
    from pathlib import Path

    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tell a process that its parent has died")
def test_it_does_not_begin_when_its_supervisor_is_gone_already(agent: Agent) -> None:
    run = agent.run(agent.write("print('ran')\n"), parent=1)
    assert run.returncode == -signal.SIGTERM
    assert run.stdout == b""
