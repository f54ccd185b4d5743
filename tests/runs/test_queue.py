"""Queued runs are started in order, a few at a time, whoever keeps the queue."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import Any

from jupyterlab_hotspots.runs import cancel, launch, process_tree
from jupyterlab_hotspots.runs.directory import RunDirectory, runs_in
from jupyterlab_hotspots.runs.queue import advance
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.targets.process import process_target

BUSY = "import time\nprint('here', flush=True)\ntime.sleep(60)"


def unfinished(runs: Any) -> list[RunDirectory]:
    return [run for run in runs_in(runs.store) if not run.result_file.exists()]


def test_no_more_than_the_limit_run_and_the_oldest_come_first(runs: Any) -> None:
    made = [runs.create(BUSY, queued=True) for _ in range(3)]
    assert advance(unfinished(runs), 2) == made[:2]
    assert [run.state() for run in made] == ["running", "running", "queued"]
    assert advance(unfinished(runs), 2) == []
    runs.printed(made[0], "here")
    cancel.cancel(made[0])
    runs.result(made[0])
    assert advance(unfinished(runs), 2) == [made[2]]


def test_runs_that_nobody_queued_count_but_are_not_started(runs: Any) -> None:
    by_hand = runs.create(BUSY)
    queued = runs.create(BUSY, queued=True)
    assert advance(unfinished(runs), 1) == [queued]
    assert by_hand.state() == "queued"


def test_a_run_whose_state_cannot_be_told_holds_up_nobody(runs: Any) -> None:
    broken = runs.create("pass", queued=True)
    deleted = runs.create("pass", queued=True)
    sound = runs.create(BUSY, queued=True)
    made = unfinished(runs)
    broken.lock_file.symlink_to(broken.lock_file)

    def start(run: RunDirectory) -> int:
        from jupyterlab_hotspots.errors import Unavailable
        from jupyterlab_hotspots.runs import launch

        if run == deleted:
            shutil.rmtree(run.path)
            raise Unavailable("It cannot be locked.", hint="It is gone.")
        return launch.start(run)

    assert advance(made, 1, start) == [sound]


def test_two_servers_on_one_store_start_nothing_twice_and_keep_the_limit(runs: Any) -> None:
    made = [runs.create("print('once', flush=True)\nimport time\ntime.sleep(60)", queued=True) for _ in range(4)]
    code = """if True:
        import sys
        from jupyterlab_hotspots.runs.directory import runs_in
        from jupyterlab_hotspots.runs.queue import advance
        print(len(advance([run for run in runs_in(sys.argv[1])], 2)))
    """
    servers = [
        subprocess.Popen([sys.executable, "-c", code, str(runs.store)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    started = sum(int(server.communicate()[0]) for server in servers)
    assert started == 2
    assert [run.state() for run in made] == ["running", "running", "queued", "queued"]
    for run in made[:2]:
        runs.printed(run, "once")
        cancel.cancel(run)
        runs.result(run)
        assert run.stdout_file.read_text() == "once\n"


def test_a_queued_run_that_cannot_be_started_fails_and_lets_the_next_one_go(runs: Any) -> None:
    first = runs.create("pass", queued=True)
    second = runs.create(BUSY, queued=True)

    def start(run: RunDirectory) -> int:
        from jupyterlab_hotspots.errors import Unavailable
        from jupyterlab_hotspots.runs import launch

        if run == first:
            raise Unavailable("No process can be made.", hint="Close some.")
        return launch.start(run)

    assert advance(unfinished(runs), 1, start) == [second]
    result = first.result()
    assert result is not None and result["status"] == "failed"
    assert "No process can be made." in result["reason"]


def test_a_process_is_not_looked_into_for_one_that_had_its_id_before(runs: Any) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        target = process_target(process.pid)
        now = launch.create(runs.store, RunRequest(target=target, profiler="sampling", cwd="/", python=sys.executable))
        assert now.request().target.started == process_tree.start_mark(process.pid)
        earlier = replace(target, started=process_tree.start_mark(os.getpid()))
        request = RunRequest(target=earlier, profiler="sampling", cwd="/", python=sys.executable, queued=True)
        run = runs.add(launch.create(runs.store, request))
        assert run.request().target == earlier
        assert advance([run], 1) == [run]
        result = runs.result(run)
        assert process.poll() is None
        process.kill()
    assert (result["status"], result["reason_code"]) == ("failed", "cannot_start")
    assert f"The process {process.pid} has ended" in result["reason"]
