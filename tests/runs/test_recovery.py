"""A run outlives who asked for it; a run whose supervisor died ends as lost, with what had arrived."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from jupyterlab_hotspots.runs import cancel, launch, lock, process_tree, recover
from jupyterlab_hotspots.runs.event_tail import last_event
from jupyterlab_hotspots.runs.files import encode, read_json
from jupyterlab_hotspots.store.history import Store

BUSY = """
    import subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import os, time; os.setpgid(0, 0); time.sleep(60)"])
    print("child", child.pid, flush=True)
    def hot():
        return sum(range(10_000))
    while True:
        hot()
"""


def lose(runs: Any, run: Any, until: Any) -> dict[str, int]:
    """Kill the supervisor of a run that has shown telemetry; gives the processes there were."""
    child = int(runs.printed(run, "\n").split()[1])
    until(lambda: any(event["type"] == "telemetry" for event in run.events()), "telemetry")
    watcher = run.supervisor()
    os.kill(watcher["pid"], signal.SIGKILL)
    until(lambda: not lock.is_held(run.lock_file), "the lock's release")
    return {"target": watcher["target_pid"], "child": child}


def test_a_killed_supervisor_ends_the_run_as_lost_and_keeps_what_there_was(runs: Any, until: Any) -> None:
    run = runs.start(BUSY)
    pids = lose(runs, run, until)
    before = run.events_file.read_bytes()
    assert run.state() == "lost"
    assert recover.reconcile(run)
    assert run.state() == "ended"
    result = run.result()
    assert (result["status"], result["reason_code"]) == ("lost", "supervisor_died")
    assert result["peak_rss_bytes"] > 5e6
    assert result["wall_s"] > 0 and result["started"] < result["ended"]
    assert run.events_file.read_bytes().startswith(before)
    events = run.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["type"] for event in events[-2:]] == ["status", "finished"]
    assert run.stdout_file.read_text().startswith("child")
    for pid in pids.values():
        until(lambda pid=pid: not process_tree.is_running(pid), f"the end of {pid}")


def test_only_one_of_two_recoverers_writes(runs: Any, until: Any) -> None:
    run = runs.start(BUSY)
    lose(runs, run, until)
    code = (
        "import sys; from jupyterlab_hotspots.runs import recover; "
        "from jupyterlab_hotspots.runs.directory import RunDirectory; "
        "sys.exit(not recover.reconcile(RunDirectory(sys.argv[1])))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(run.path)]) for _ in range(2)]
    assert sorted(process.wait() for process in both) == [0, 1]
    assert sum(event["type"] == "finished" for event in run.events()) == 1


def test_a_torn_last_line_is_cut_off_before_the_end_is_written(runs: Any, until: Any) -> None:
    run = runs.start(BUSY)
    lose(runs, run, until)
    whole = len(run.events())
    with run.events_file.open("ab") as file:
        file.write(b'{"run":"x","seq":999,"t":1.0,"type":"teleme')
    assert recover.reconcile(run)
    events = run.events()
    assert len(events) == whole + 2
    assert events[-1]["seq"] == whole + 2
    assert b"teleme" + b'{"' not in run.events_file.read_bytes()


def test_a_run_that_was_being_stopped_keeps_its_start_when_it_is_lost(runs: Any, until: Any) -> None:
    run = runs.start(BUSY)
    lose(runs, run, until)
    events = run.events()
    (began,) = [event for event in events if event["type"] == "status" and event["status"] == "running"]
    stopping = {"run": run.id, "seq": len(events) + 1, "t": events[-1]["t"], "type": "status", "status": "running"}
    with run.events_file.open("ab") as file:
        file.write(encode({**stopping, "reason": "It is being stopped: SIGINT."}) + b"\n")
    assert recover.reconcile(run)
    result = run.result()
    assert (result["started"], result["pid"]) == (began["started"], began["pid"])
    assert result["peak_rss_bytes"] > 0 and result["wall_s"] == pytest.approx(events[-1]["t"])


def test_whoever_keeps_a_store_ends_its_lost_runs_and_no_other(runs: Any, until: Any) -> None:
    lost = runs.start(BUSY)
    lose(runs, lost, until)
    going_on = runs.start("import time\nprint('here', flush=True)\ntime.sleep(60)")
    runs.printed(going_on, "here")
    queued = runs.create("pass", queued=True)
    ended, _ = runs.run("pass")
    store = Store(runs.store)
    store.sync()
    assert lost.result_file.exists() and lost.result()["status"] == "lost"
    assert going_on.state() == "running" and queued.state() == "queued"
    assert ended.result()["status"] == "succeeded"
    assert not going_on.result_file.exists() and not queued.result_file.exists()
    store.close()


def test_cancelling_a_lost_run_ends_it_as_lost(runs: Any, until: Any) -> None:
    run = runs.start(BUSY)
    lose(runs, run, until)
    assert cancel.cancel(run) == "ended"
    assert run.result()["status"] == "lost"


def test_an_innocent_process_with_the_same_number_is_left_alone(runs: Any, until: Any) -> None:
    """The recorded process id may be another process' by now: its start time tells."""
    run = runs.start(BUSY)
    lose(runs, run, until)
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        watcher = read_json(run.supervisor_file)
        assert watcher is not None
        watcher["target_pid"] = innocent.pid
        from jupyterlab_hotspots.runs.files import write_json

        write_json(run.supervisor_file, watcher)
        assert recover.reconcile(run)
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_run_that_was_never_started_is_lost_after_a_while(runs: Any) -> None:
    run = runs.create("pass")
    assert run.state() == "queued"
    assert not recover.reconcile(run)
    old = run.request_file.stat().st_mtime - 3600
    os.utime(run.request_file, (old, old))
    assert run.state() == "lost"
    assert recover.reconcile(run)
    assert run.result()["reason_code"] == "never_started"


def test_a_supervisor_that_cannot_begin_says_why(runs: Any, until: Any) -> None:
    run = runs.create("pass")
    run.raw_folder.write_text("in the way")
    launch.start(run)
    result = runs.result(run)
    assert result["reason_code"] == "cannot_start"
    assert "raw" in result["reason"]


def test_a_run_goes_on_when_its_caller_is_killed(runs: Any, until: Any) -> None:
    run = runs.create("import time\nprint('here', flush=True)\ntime.sleep(1)\nprint('done')")
    code = (
        "import sys, time; from jupyterlab_hotspots.runs import launch; "
        "from jupyterlab_hotspots.runs.directory import RunDirectory; "
        "launch.start(RunDirectory(sys.argv[1])); time.sleep(60)"
    )
    caller = subprocess.Popen([sys.executable, "-c", code, str(run.path)], start_new_session=True)
    until(lambda: run.stdout_file.exists() and run.stdout_file.read_text(), "the first line")
    os.killpg(caller.pid, signal.SIGHUP)
    os.killpg(caller.pid, signal.SIGKILL)
    caller.wait()
    assert run.state() == "running"
    assert runs.result(run)["status"] == "succeeded"
    assert run.stdout_file.read_text() == "here\ndone\n"


def test_an_end_that_only_the_last_words_hold_is_written_later(runs: Any) -> None:
    run, result = runs.run("print('x')")
    # As after a run whose disk was full at its end: no result, no last events, but last words.
    lines = run.events_file.read_bytes().splitlines(keepends=True)
    run.events_file.write_bytes(b"".join(lines[:-2]))
    run.result_file.unlink()
    from jupyterlab_hotspots.runs.last_words import LastWords

    last_words = LastWords(str(run.last_words_file))
    assert last_words.say({"info": result})
    last_words.close()
    assert run.state() == "ended" and run.result() == result
    assert recover.reconcile(run)
    assert run.events_file.read_bytes().splitlines()[-1] != b""
    assert read_json(run.result_file) == result
    assert last_event(run.events_file)["info"] == result
    assert [event["seq"] for event in run.events()] == list(range(1, len(lines) + 1))
    assert not run.last_words_file.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="start marks by boot and clock tick are Linux'")
def test_a_start_mark_names_one_process() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        mark = process_tree.start_mark(child.pid)
        assert mark is not None and mark == process_tree.start_mark(child.pid)
        assert mark != process_tree.start_mark(os.getpid())
    finally:
        child.kill()
        child.wait()
    assert process_tree.start_mark(child.pid) is None
