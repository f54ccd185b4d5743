"""What the agent says becomes events, what is not as agreed does not, and rows fold into tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyterlab_hotspots.runs.live import LiveReader
from jupyterlab_hotspots.runs.live_tables import LiveTables
from jupyterlab_hotspots.runs.pace import Pace


def rows(define: list[int], update: list[int], calls: int, **fields: Any) -> dict[str, Any]:
    return {
        "type": "hotspots",
        "table": "functions",
        "define": {"id": define, "function": [f"f{number}" for number in define]},
        "update": {"id": update, "calls": [calls] * len(update), "own_s": [0.5 * number for number in update]},
        "complete": True,
        **fields,
    }


def say(path: Path, *lines: Any) -> None:
    with path.open("a") as file:
        file.writelines(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)


def test_rows_get_the_time_since_the_run_and_since_the_code_started(tmp_path: Path) -> None:
    path = tmp_path / "live.jsonl"
    live = LiveReader(str(path), started=100.0)
    assert live.read() == [] and live.signal is None
    say(path, {"type": "ready", "t": 100.5, "python": "3.12.1", "pid": 7, "signal": 23})
    say(path, {"type": "started", "t": 101.0}, rows([1], [1], 3, t=103.0, cost_s=0.002))
    ((kind, fields, t),) = live.read()
    assert (kind, t, fields["elapsed_s"], fields["complete"]) == ("hotspots", 3.0, 2.0, True)
    assert "cost_s" not in fields and "t" not in fields
    assert live.signal == 23 and live.answers == [(103.0, 0.002)]
    say(path, {"type": "stopped", "t": 104.0, "how": "returned", "error": None})
    assert live.read() == [] and live.answers == []
    assert live.stopped is not None and live.stopped["how"] == "returned"


def test_what_is_not_as_agreed_is_left_out_and_said_once(tmp_path: Path) -> None:
    path = tmp_path / "live.jsonl"
    live = LiveReader(str(path), started=0.0)
    say(
        path,
        "not json\n",
        "[1, 2]\n",
        '{"type": "hotspots"}\n',
        '{"type": "hotspots", "t": NaN}\n',
        {**rows([1], [1], 1, t=1.0), "define": {"id": [1], "function": []}},
        {**rows([1], [1], 1, t=1.0), "update": {"calls": [1]}},
        {**rows([1], [1], 1, t=1.0), "update": [1, 2]},
        {"type": "something new", "t": 1.0},
        rows([1], [1], 1, t=2.0),
        '{"type": "hotspots", "t": 3.0, "tab',
    )
    events = live.read()
    assert [(kind, fields.get("code")) for kind, fields, _ in events] == [
        ("warning", "bad_agent_line"),
        ("hotspots", None),
    ]


def test_what_nobody_could_reckon_with_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "live.jsonl"
    live = LiveReader(str(path), started=0.0)
    huge = 10**400
    say(
        path,
        {"type": "ready", "t": 1.0, "signal": 10**30, "python": ["3"], "implementation": "CPython"},
        {"type": "started", "t": 2.0},
        {"type": "ready", "t": 3.0, "signal": 9, "python": "3.12.1"},
        {"type": "started", "t": -1e308},
        {"type": "stopped", "t": huge, "how": "returned"},
        {**rows([1], [1], 1, t=huge)},
        {**rows([1], [1], 1, t=4.0), "update": {"id": [[1]], "calls": [1]}},
        {**rows([1], [1], 1, t=4.0), "update": {"id": [None], "calls": [1]}},
        {**rows([1], [1], 1, t=4.0), "update": {"id": [1], "calls": ["many"]}},
        {**rows([1], [1], 1, t=4.0), "update": {"id": [1], "calls": [huge]}},
        {**rows([1], [1], 1, t=4.0), "define": {"id": [1], "function": [{"f": 1}]}},
        {**rows([1], [1], 1, t=4.0), "define": {"id": [1, 2], "function": ["f", 2]}},
    )
    assert [fields["code"] for _, fields, _ in live.read()] == ["bad_agent_line"]
    assert (live.signal, live.interpreter, live.code_started, live.stopped) == (
        None,
        {"implementation": "CPython"},
        2.0,
        None,
    )


def test_rows_fold_into_the_newest_values() -> None:
    tables = LiveTables()
    assert tables.apply({"type": "status"}) is None
    table = tables.apply(rows([1, 2], [1, 2], 1, elapsed_s=1.0))
    assert table is tables.tables["functions"]
    tables.apply(rows([3], [1, 3], 5, elapsed_s=2.0, complete=False))
    assert table is not None and len(table) == 3
    assert table.columns() == {
        "id": [1, 2, 3],
        "function": ["f1", "f2", "f3"],
        "calls": [5, 1, 5],
        "own_s": [0.5, 1.0, 1.5],
    }
    assert (table.elapsed_s, table.complete) == (2.0, False)
    assert [row["id"] for row in table.rows(sort="own_s", limit=2)] == [3, 2]


def test_a_column_that_comes_late_is_none_before() -> None:
    tables = LiveTables()
    tables.apply(
        {"type": "hotspots", "table": "t", "define": {"id": ["a"]}, "update": {}, "elapsed_s": 0, "complete": 1}
    )
    late = {"define": {"id": ["b"]}, "update": {"id": ["b"], "x": [1]}}
    table = tables.apply({"type": "hotspots", "table": "t", **late})
    assert table is not None
    assert table.columns() == {"id": ["a", "b"], "x": [None, 1]}
    assert [row["x"] for row in table.rows(sort="x")] == [1, None]


def test_snapshots_come_early_and_then_at_a_steady_pace() -> None:
    pace = Pace(10.0)
    assert pace.due == 10.2
    pace.asked(10.2)
    pace.answered(10.21, cost_s=0.0001)
    assert round(pace.due, 3) == 10.6


def test_dear_snapshots_and_old_runs_are_asked_less_often() -> None:
    dear = Pace(0.0)
    dear.asked(1.0)
    dear.answered(1.02, cost_s=0.02)
    assert round(dear.due, 3) == 5.0
    old = Pace(0.0)
    old.asked(600.0)
    old.answered(600.0, cost_s=0.0001)
    assert round(old.due, 3) == 602.0
    older = Pace(0.0)
    older.asked(86400.0)
    older.answered(86400.0, cost_s=0.0001)
    assert round(older.due, 3) == 86405.0


def test_without_an_answer_the_wish_is_repeated_ever_more_rarely() -> None:
    pace = Pace(0.0)
    waits = []
    now = pace.due
    for _ in range(5):
        pace.asked(now)
        waits.append(pace.due - now)
        now = pace.due
    assert waits == sorted(waits) and waits[0] <= 1.0 and waits[-1] >= 5.0
    pace.answered(now, 0.0)
    pace.asked(now)
    assert pace.due - now == waits[0]
