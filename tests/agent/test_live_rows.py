"""What is told while a target runs: rows of what is on the stack too, in deltas, within a limit."""

from __future__ import annotations

import signal
from typing import Any

from agent_runs import Agent, AgentRun


def folded(run: AgentRun, upto: int | None = None) -> dict[str, dict[str, Any]]:
    """Function name → its newest values, after the first `upto` tables (all by default)."""
    rows: dict[int, dict[str, Any]] = {}
    for line in run.of_type("hotspots")[:upto]:
        for part in ("define", "update"):
            columns = line[part]
            for place, row_id in enumerate(columns["id"]):
                rows.setdefault(row_id, {}).update({name: values[place] for name, values in columns.items()})
    assert all("function" in row for row in rows.values()), "a row was updated that had not been defined"
    return {row["function"]: row for row in rows.values()}


LONG_LOOP = """
def inner(n):
    total = 0
    for i in range(n):
        total += i
    return total

def main():
    inner(5)
    inner(30_000_000)

main()
"""


def test_a_function_that_has_not_returned_is_told(agent: Agent) -> None:
    run = agent.run(agent.write(LONG_LOOP), hz=20.0)
    # Late enough that a moment in which the machine was busy elsewhere does not matter.
    early = folded(run, 8)
    assert {"<module>", "main", "inner"} <= early.keys()
    assert early["main"]["calls"] == 1
    assert early["inner"]["calls"] == 2
    elapsed = run.of_type("hotspots")[7]["t"] - run.of_type("started")[0]["t"]
    assert 0.5 * elapsed < early["inner"]["own_s"] <= early["inner"]["total_s"] <= elapsed
    assert early["main"]["own_s"] < 0.3 * elapsed
    last = folded(run)
    assert last["inner"]["calls"] == 2 and last["main"]["calls"] == 1


def test_own_times_add_up_to_the_time_since_the_start(agent: Agent) -> None:
    source = """
    import time
    def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
    def work():
        fib(15)
        return sum(i for i in range(3000))
    def main():
        for i in range(400):
            work()
        time.sleep(0.1)
    main()
    """
    run = agent.run(agent.write(source.replace("\n    ", "\n")), hz=20.0)
    tables = run.of_type("hotspots")
    assert len(tables) > 3
    for number, table in enumerate(tables, 1):
        elapsed = table["t"] - run.of_type("started")[0]["t"]
        own = sum(row["own_s"] for row in folded(run, number).values())
        assert own <= elapsed + 0.01
        assert own > 0.8 * elapsed - 0.02


def test_a_signal_is_always_answered(agent: Agent) -> None:
    started = agent.start(agent.write("import time\nwhile True: time.sleep(0.01)\n"))
    started.wait_for("started")
    for count in range(1, 6):
        started.ask()
        started.wait_for("hotspots", count)
    started.process.send_signal(signal.SIGINT)
    assert started.finish().returncode == -signal.SIGINT


def test_only_the_largest_rows_are_told_and_only_when_they_change(agent: Agent) -> None:
    functions = "".join(f"def f{n}(n):\n    for i in range(n): pass\n" for n in range(300))
    calls = "".join(f"f{n}({300 if n < 290 else 30_000})\n" for n in range(300))
    waiting = "import time\nfor _ in range(20): time.sleep(0.02)\n"
    run = agent.run(agent.write(functions + calls + waiting), hz=20.0, limit=15)
    tables = run.of_type("hotspots")
    assert all(len(table["update"]["id"]) <= 30 and not table["complete"] for table in tables[1:])
    assert len(tables[-2]["update"]["id"]) < 10
    assert {f"f{n}" for n in range(290, 300)} <= folded(run).keys()


def test_names_files_lines_and_origins_are_told(agent: Agent) -> None:
    agent.write("def helps(): return 1\n", "beside.py")
    source = (
        "import beside, textwrap\nclass Own:\n    def method(self):\n        return [textwrap.dedent('x'), len('x')]\n"
    )
    script = agent.write(source + "beside.helps(), Own().method()\nimport time\ntime.sleep(0.3)\n")
    rows = folded(agent.run(script, hz=20.0, limit=10_000))
    named = agent.version >= (3, 11)
    expected = {
        "method": ("Own.method" if named else None, str(script), 3, "own"),
        "helps": ("helps" if named else None, str(agent.work / "beside.py"), 1, "own"),
        "<built-in method builtins.len>": (None, None, None, "builtin"),
    }
    for name, values in expected.items():
        assert tuple(rows[name][column] for column in ("qualname", "file", "line", "origin")) == values
    assert rows["dedent"]["origin"] == "library"
    assert rows["_find_and_load"]["origin"] == "builtin"


def test_the_last_rows_are_those_of_the_whole_run(agent: Agent) -> None:
    run = agent.run(agent.write("def f(): pass\nfor _ in range(1234): f()\n"))
    (table,) = run.of_type("hotspots")
    assert folded(run)["f"]["calls"] == 1234
    assert table["complete"]
    assert table["t"] == run.stopped["t"]


def test_what_is_not_live_tells_no_rows(agent: Agent) -> None:
    run = agent.run(agent.write("import time\ntime.sleep(0.2)\n"), hz=50.0, live=False)
    assert run.asked > 3
    assert run.returncode == 0
    assert [line["type"] for line in run.lines] == ["ready", "started", "stopped"]
    assert run.of_type("ready")[0]["signal"] is None
