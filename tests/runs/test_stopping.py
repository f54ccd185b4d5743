"""Nothing survives a Stop, and a stop is never taken for anything else."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest

from jupyterlab_hotspots.errors import Conflict
from jupyterlab_hotspots.runs import cancel, launch, layout, lock, process_tree

BUSY = "import time\nprint('here', flush=True)\ntime.sleep(60)"

STUBBORN_FAMILY = """
    import os, signal, sys, time

    def stay(name):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(name, os.getpid(), flush=True)
        while True:
            time.sleep(60)

    def child(name, *, own_group=False, daemon=False):
        if os.fork() == 0:
            if own_group:
                os.setpgid(0, 0)
            if daemon:
                os.setsid()
                if os.fork() != 0:
                    os._exit(0)
            stay(name)

    child("same-group")
    child("own-group", own_group=True)
    child("daemon", daemon=True)
    time.sleep(60)
"""


def family(runs: Any, run: Any, until: Any) -> dict[str, int]:
    runs.printed(run, "\n")
    text = until(lambda: (said := run.stdout_file.read_text()).count("\n") == 3 and said, "three children")
    return {name: int(pid) for name, pid in (line.split() for line in text.splitlines())}


def statuses(run: Any) -> list[str]:
    return [event.get("reason", event["status"]) for event in run.events() if event["type"] == "status"]


def test_a_cancelled_run_is_cancelled_and_not_failed(runs: Any) -> None:
    run = runs.start(BUSY)
    runs.printed(run, "here")
    assert cancel.cancel(run) == "running"
    result = runs.result(run)
    assert (result["status"], result["reason_code"]) == ("cancelled", "cancelled")
    assert "KeyboardInterrupt" in run.stderr_file.read_text()
    assert result["wall_s"] < 30


def test_a_script_that_catches_the_interrupt_ends_in_its_own_way(runs: Any) -> None:
    source = """
        import time
        try:
            print("here", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("saved")
    """
    run = runs.start(source)
    runs.printed(run, "here")
    cancel.cancel(run)
    result = runs.result(run)
    assert (result["status"], result["exit_code"]) == ("cancelled", 0)
    assert "saved" in run.stdout_file.read_text()


def test_who_ignores_sigint_gets_sigterm_and_then_sigkill(runs: Any) -> None:
    source = """
        import signal, time
        signal.signal(signal.SIGINT, lambda *_: print("asked", flush=True))
        signal.signal(signal.SIGTERM, lambda *_: print("told", flush=True))
        print("here", flush=True)
        while True:
            time.sleep(60)
    """
    run = runs.start(source, grace_s=(0.3, 0.3))
    runs.printed(run, "here")
    cancel.cancel(run)
    result = runs.result(run)
    assert (result["status"], result["signal"]) == ("cancelled", signal.SIGKILL)
    assert run.stdout_file.read_text() == "here\nasked\ntold\n"
    assert [reason.split()[-1] for reason in statuses(run) if reason.startswith("Stopping")] == [
        "SIGINT.",
        "SIGTERM.",
        "SIGKILL.",
    ]


def test_a_second_wish_does_not_wait_for_the_grace(runs: Any, until: Any) -> None:
    source = """
        import signal, time
        signal.signal(signal.SIGINT, lambda *_: print("asked", flush=True))
        print("here", flush=True)
        while True:
            time.sleep(60)
    """
    run = runs.start(source, grace_s=(60.0, 60.0))
    runs.printed(run, "here")
    cancel.cancel(run)
    runs.printed(run, "asked")
    time.sleep(0.6)  # Sooner it would count as the same wish.
    cancel.cancel(run)
    assert runs.result(run)["signal"] == signal.SIGTERM


def test_nothing_survives_a_stop(runs: Any, until: Any) -> None:
    run = runs.start(STUBBORN_FAMILY, grace_s=(0.3, 0.3))
    pids = family(runs, run, until)
    assert set(pids) == {"same-group", "own-group", "daemon"}
    cancel.cancel(run)
    assert runs.result(run)["status"] == "cancelled"
    assert [name for name, pid in pids.items() if process_tree.is_running(pid)] == []


def test_nothing_survives_a_time_out(runs: Any, until: Any) -> None:
    run = runs.start(STUBBORN_FAMILY, grace_s=(0.2, 0.2), timeout_s=2.0)
    pids = family(runs, run, until)
    result = runs.result(run)
    assert (result["status"], result["reason_code"]) == ("failed", "timed_out")
    assert result["reason"] == "It timed out after 2 s."
    assert [name for name, pid in pids.items() if process_tree.is_running(pid)] == []


def test_a_stopped_process_can_be_cancelled(runs: Any, until: Any) -> None:
    run = runs.start(BUSY)
    runs.printed(run, "here")
    os.kill(run.supervisor()["target_pid"], signal.SIGSTOP)
    cancel.cancel(run)
    result = runs.result(run)
    assert result["status"] == "cancelled" and result.get("signal") != signal.SIGKILL


def test_sigterm_to_the_supervisor_stops_the_run(runs: Any) -> None:
    run = runs.start(BUSY)
    runs.printed(run, "here")
    os.kill(run.supervisor()["pid"], signal.SIGTERM)
    assert runs.result(run)["status"] == "cancelled"


def test_a_word_in_control_is_enough(runs: Any) -> None:
    run = runs.start(BUSY)
    runs.printed(run, "here")
    run.append_control(b"something else\n")
    run.append_control(layout.CANCEL)
    assert runs.result(run)["status"] == "cancelled"


def test_a_run_cancelled_while_it_starts_never_lasts(runs: Any) -> None:
    run = runs.start(BUSY)
    cancel.cancel(run)
    assert runs.result(run)["status"] == "cancelled"


def test_a_queued_run_is_cancelled_without_being_started(runs: Any) -> None:
    run = runs.create(BUSY, queued=True)
    assert run.state() == "queued"
    assert cancel.cancel(run) == "ended"
    assert run.result()["status"] == "cancelled"
    assert [event["type"] for event in run.events()] == ["status", "finished"]
    assert not run.stdout_file.exists()
    with pytest.raises(Conflict):
        launch.start(run)


def test_an_ended_run_cannot_be_cancelled(runs: Any) -> None:
    run, _ = runs.run("pass")
    with pytest.raises(Conflict, match="ended"):
        cancel.cancel(run)


def test_a_run_is_started_once(runs: Any) -> None:
    run = runs.start(BUSY)
    assert run.state() == "running"  # From the moment it was launched, whatever the supervisor has come to.
    assert lock.is_held(run.lock_file)
    with pytest.raises(Conflict):
        launch.start(run)
    runs.printed(run, "here")
    cancel.cancel(run)
    runs.result(run)
    with pytest.raises(Conflict):
        launch.start(run)
    assert run.stdout_file.read_text() == "here\n"


def test_a_second_supervisor_leaves_a_run_alone(runs: Any) -> None:
    import subprocess
    import sys

    run = runs.start(BUSY)
    runs.printed(run, "here")
    second = [sys.executable, "-m", "jupyterlab_hotspots.runs.supervisor", str(run.path)]
    assert subprocess.run(second, stderr=subprocess.DEVNULL).returncode == 1
    assert run.state() == "running"
    cancel.cancel(run)
    runs.result(run)
    assert subprocess.run(second, stderr=subprocess.DEVNULL).returncode == 1
    assert run.stdout_file.read_text() == "here\n"
