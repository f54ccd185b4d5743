"""Rows out of cProfile's own table, and estimates for what is on the stack."""

from __future__ import annotations

import cProfile
from collections.abc import Callable
from typing import Any

import pytest

from jupyterlab_hotspots.agent.origin import Origins
from jupyterlab_hotspots.profilers.cprofile.active import Active
from jupyterlab_hotspots.profilers.cprofile.doubts import doubts
from jupyterlab_hotspots.profilers.cprofile.table import Table, Totals


def counted(run: Callable[[], object]) -> list[Any]:
    profile = cProfile.Profile()
    try:
        profile.enable()
    except ValueError:
        pytest.skip("another tool watches the tests")
    try:
        run()
    finally:
        profile.disable()
    return profile.getstats()


def test_what_was_called_from_the_agents_own_files_is_taken_out() -> None:
    names: dict[str, Any] = {"helper": lambda: None}
    exec(compile("def ours():\n    len('x'); len('y'); helper()\n", "/ours.py", "exec"), names)
    exec(compile("def theirs():\n    len('x'); ours(); ours()\n", "/theirs.py", "exec"), names)
    entries = counted(names["theirs"])
    table = Table({"/ours.py"}, Origins())
    places = table.meet([entry[0] for entry in entries])
    edges = table.edges(entries, places)
    totals = table.totals(entries, places)
    calls = {name: totals.calls[place] for place, name in enumerate(table.names)}
    assert "ours" not in calls
    assert calls["theirs"] == 1
    assert calls["<built-in method builtins.len>"] == 1
    assert calls["<lambda>"] == 2, "a function our code calls is the target's: a handler of another signal"
    called = {tuple(table.names[place] for place in edge): row[0] for edge, row in edges.items()}
    assert called["theirs", "<built-in method builtins.len>"] == 1
    assert totals.overhead > 0


def test_code_with_the_same_place_and_name_is_one_row() -> None:
    functions = [eval("lambda: 1") for _ in range(3)]

    def run() -> None:
        for function in functions:
            function()

    entries = counted(run)
    table = Table(set(), Origins())
    places = table.meet([entry[0] for entry in entries])
    totals = table.totals(entries, places)
    assert totals.calls[table.names.index("<lambda>")] == 3
    assert len(set(places)) == len(places) - 2


def test_addresses_are_no_names() -> None:
    table = Table(set(), Origins())
    first, second = table.meet(["<function Random.seed at 0x7f4f89a90ca0>", "<function Random.seed at 0x1>"])
    assert first == second
    assert table.names == ["<function Random.seed>"]


def totals(*rows: tuple[int, int, float, float]) -> Totals:
    made = Totals(len(rows))
    for place, (calls, primitive, own, total) in enumerate(rows):
        made.calls[place], made.primitive[place], made.own[place], made.total[place] = calls, primitive, own, total
    return made


NONE = (0, 0, 0.0, 0.0)


def test_a_first_call_gets_the_time_since_the_start() -> None:
    active = Active(10.0)
    assert active.look(12.0, [0, 1], totals(NONE, NONE)) == [(0, 2.0, 0.0), (1, 2.0, 2.0)]
    assert active.look(13.0, [0, 1], totals(NONE, NONE)) == [(0, 3.0, 0.0), (1, 3.0, 3.0)]


def test_time_goes_to_what_is_innermost_and_stays_there() -> None:
    active = Active(0.0)
    active.look(1.0, [0], totals(NONE, NONE))
    assert active.look(3.0, [0, 1], totals(NONE, NONE)) == [(0, 3.0, 1.0), (1, 2.0, 2.0)]
    assert active.look(4.0, [0], totals(NONE, (1, 1, 2.5, 2.5))) == [(0, 4.0, 1.5)]


def test_a_call_that_has_returned_takes_its_estimate_along() -> None:
    active = Active(0.0)
    active.look(1.0, [0, 1], totals(NONE, NONE))
    # It took 0.2 s, not the second that it seemed to take; the rest was its caller's.
    assert active.look(1.0, [0], totals(NONE, (1, 1, 0.2, 0.2))) == [(0, 1.0, 0.8)]


def test_a_call_is_not_older_than_such_calls_get() -> None:
    active = Active(0.0)
    active.look(1.0, [0], totals(NONE, NONE))
    ((_, _, outer), (_, age, inner)) = active.look(2.0, [0, 1], totals(NONE, (100, 100, 0.5, 0.5)))
    assert (age, inner) == (0.005, 0.005)
    assert outer == pytest.approx(1.495)


def test_a_function_that_calls_itself_is_listed_once() -> None:
    active = Active(0.0)
    # Four inner calls have returned, the outermost has not.
    assert active.look(1.0, [0, 1, 1, 1], totals(NONE, (4, 0, 0.6, 0.0))) == [
        (0, 1.0, 0.0),
        (1, 1.0, pytest.approx(0.4)),
    ]


def test_an_estimate_that_was_too_high_is_taken_back() -> None:
    """A built-in function that ran was on no stack; now it has returned, and the table has its time."""
    active = Active(0.0)
    assert active.look(5.0, [0], totals(NONE, NONE)) == [(0, 5.0, 5.0)]
    assert active.look(6.0, [0], totals(NONE, (1, 1, 5.5, 5.5))) == [(0, 6.0, 0.5)]


def test_own_times_and_estimates_never_exceed_what_has_passed() -> None:
    active = Active(0.0)
    found = active.look(1.0, [0, 1], totals((5, 5, 3.0, 3.0), NONE))  # As threads may make it seem.
    assert [own for _, _, own in found] == [0.0, 0.0]


def test_doubts_name_what_happened() -> None:
    names = ["f", "<built-in method _thread.start_new_thread>", "<built-in method sys.setprofile>"]

    def codes(calls: list[int], **state: bool) -> list[str]:
        return [doubt["code"] for doubt in doubts(names, calls, **{"monitored": False, "replaced": False, **state})]

    assert codes([5, 0, 0]) == []
    assert codes([5, 1, 0]) == ["threads_not_profiled"]
    assert codes([5, 1, 0], monitored=True) == ["threads_mixed"]
    assert codes([5, 0, 1], monitored=True) == ["profile_shared"]
    assert codes([5, 0, 1], replaced=True) == ["profile_replaced"]
