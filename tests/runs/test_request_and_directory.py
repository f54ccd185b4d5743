"""Requests are checked when they are made, ids sort by time, and a directory knows its state."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.errors import BadRequest, NotFound
from jupyterlab_hotspots.runs import lock
from jupyterlab_hotspots.runs.budget import Budget
from jupyterlab_hotspots.runs.directory import RunDirectory, runs_in
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.runs.ulid import is_id, new_id
from jupyterlab_hotspots.targets.target import Target

DOCUMENT: dict[str, Any] = {
    "target": {"kind": "script", "path": "/a/b.py", "args": ["--n", "3"]},
    "profiler": "cprofile",
    "cwd": "/a",
    "python": "/usr/bin/python3",
}


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids) and len(set(ids)) == 5000
    assert all(is_id(one) for one in ids)


@pytest.mark.parametrize("text", ["", "..", "01M7YQMSRKN1JNGK7PT3PH497", "81M7YQMSRKN1JNGK7PT3PH4979", "a/b"])
def test_what_is_no_id_is_not_taken_for_one(text: str) -> None:
    assert not is_id(text)


def test_a_request_survives_json() -> None:
    request = RunRequest(
        target=Target("module", "a.b", module="a.b", args=("x", "ü")),
        profiler="cprofile",
        cwd="/tmp",
        python=sys.executable,
        queued=True,
        options={"deep": {"er": [1, None]}},
        env={"A": "b"},
        timeout_s=1.5,
        grace_s=(0.5, 1.0),
    )
    assert RunRequest.from_json(json.loads(json.dumps(request.as_json()))) == request


def test_what_is_left_out_has_defaults() -> None:
    request = RunRequest.from_json(DOCUMENT)
    assert request.target.name == "b.py" and request.target.args == ("--n", "3")
    assert request.timeout_s is None and request.telemetry_hz == 10.0 and request.grace_s == (5.0, 5.0)
    assert is_id(request.id) and request.created.endswith("Z")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": None}, "target"),
        ({"target": {"kind": "cell"}}, "cell"),
        ({"target": {"kind": "script"}}, "path"),
        ({"target": {"kind": "module", "module": "m", "args": [1]}}, "arguments"),
        ({"profiler": None}, "profiler"),
        ({"profiler": "../../etc"}, "profiler"),
        ({"cwd": "relative"}, "cwd"),
        ({"python": 3}, "python"),
        ({"timeout_s": -1}, "time-out"),
        ({"timeout_s": 1e308}, "time-out is 1e\\+308"),
        ({"timeout_s": float("inf")}, "time-out"),
        ({"timeout_s": float("nan")}, "time-out"),
        ({"budget": {"limit_s": float("inf")}}, "budget"),
        ({"budget": {"limit_s": 1e308}}, "budget"),
        ({"timeout_s": True}, "timeout_s"),
        ({"timeout_s": "5"}, "timeout_s"),
        ({"telemetry_hz": 0}, "Telemetry"),
        ({"telemetry_hz": 1e9}, "Telemetry"),
        ({"grace_s": [1]}, "grace"),
        ({"grace_s": [1, -1]}, "grace"),
        ({"env": {"A": 1}}, "env"),
        ({"env": {"A=B": "1"}}, "environment"),
        ({"id": "../x"}, "id"),
        ({"schema": 99}, "newer"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        RunRequest.from_json({**DOCUMENT, **change})


@pytest.mark.parametrize("change", [{"timeout_s": float("inf")}, {"budget": {"limit_s": float("inf")}}])
def test_times_that_are_too_long_are_refused_with_the_longest(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as refused:
        RunRequest.from_json({**DOCUMENT, **change})
    assert "more than 0 and at most 1000000000" in refused.value.hint


def test_the_largest_budget_that_a_setting_makes_is_a_possible_one() -> None:
    for expected_s in (None, 1e300):
        budget = Budget(factor=1e300, seconds=1e300).of(expected_s)
        assert RunRequest.from_json({**DOCUMENT, "budget": budget}).budget == budget


def test_a_request_that_is_no_object_is_refused() -> None:
    with pytest.raises(BadRequest):
        RunRequest.from_json([1, 2])


def test_a_run_that_does_not_exist_is_not_found(tmp_path: Path) -> None:
    run = RunDirectory.in_store(tmp_path, new_id())
    assert not run.exists() and run.result() is None and run.events() == []
    with pytest.raises(NotFound):
        run.state()
    with pytest.raises(NotFound):
        run.request()


def test_states_follow_the_lock(runs: Any) -> None:
    run = runs.create("pass", queued=True)
    assert run.state() == "queued"
    held = lock.acquire(run.lock_file)
    assert held is not None
    import os

    assert run.state() == "running"
    assert lock.acquire(run.lock_file, patience_s=0.0) is None
    os.close(held)
    run.supervisor_log.touch()
    assert run.state() == "lost"
    run.result_file.write_text('{"status": "succeeded"}')
    assert run.state() == "ended"


def test_asking_for_the_state_never_keeps_anybody_from_the_lock(runs: Any) -> None:
    import os
    import threading

    run = runs.create("pass", queued=True)
    lock_file = run.lock_file
    held = lock.acquire(lock_file)
    assert held is not None
    os.close(held)
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            lock.is_held(lock_file)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        for _ in range(50):
            held = lock.acquire(lock_file)
            assert held is not None
            os.close(held)
    finally:
        stop.set()
        asker.join()


def test_a_store_lists_its_runs_newest_first(runs: Any) -> None:
    made = [runs.create("pass", queued=True) for _ in range(3)]
    (runs.store / "runs" / "something else").mkdir()
    assert list(runs_in(runs.store)) == made[::-1]
    assert list(runs_in(runs.folder / "nowhere")) == []


def test_runs_are_readable_by_their_owner_only(runs: Any) -> None:
    run = runs.create("pass")
    assert run.path.stat().st_mode & 0o077 == 0
