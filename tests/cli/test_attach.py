"""Looking into a process that runs already."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = """
import threading, time
def waits():
    threading.Event().wait()
threading.Thread(target=waits, name="waiter", daemon=True).start()
def spin():
    while True:
        time.perf_counter()
print("ready", flush=True)
spin()
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program of somebody else's."""
    path = tmp_path / "elsewhere.py"
    path.write_text(SOURCE)
    with subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        yield started
        started.kill()


def test_a_process_is_looked_at_for_a_while_and_goes_on(hotspots, process, tmp_path: Path) -> None:
    output = tmp_path / "profile.json"
    ended = hotspots("attach", "--duration", "1.5", "--json", output, process.pid)
    assert ended.returncode == 0, ended.stderr
    assert process.poll() is None
    document = json.loads(output.read_text())
    spin = next(row for row in document["functions"] if row["function"] == "spin")
    assert spin["own_share"] > 0.9 and spin["line"] == 6
    assert document["run"]["target"]["kind"] == "process"
    assert document["run"]["target"]["name"].startswith(str(process.pid))
    assert "exit_code" not in document["run"]
    assert max(value or 0 for value in document["telemetry"]["processes"]) == 1
    assert "elsewhere.py" in hotspots("list").stdout.decode()


def test_ctrl_c_ends_the_looking_and_not_the_process(process, tmp_path: Path) -> None:
    environment = {**os.environ, "HOTSPOTS_STORE": str(tmp_path / "store")}
    command = [sys.executable, "-m", "jupyterlab_hotspots", "attach", str(process.pid)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as looking:
        for _ in range(600):
            if any((tmp_path / "store").glob("runs/*/raw/sampling.jsonl")):
                break
            time.sleep(0.05)
        time.sleep(1)
        looking.send_signal(signal.SIGINT)
        _, said = looking.communicate(timeout=30)
    assert looking.returncode == 0, said
    assert b"spin" in said and b"goes on" in said
    assert process.poll() is None


def test_the_end_of_the_process_ends_the_run(process, hotspots, tmp_path: Path) -> None:
    environment = {**os.environ, "HOTSPOTS_STORE": str(tmp_path / "store")}
    command = [sys.executable, "-m", "jupyterlab_hotspots", "attach", str(process.pid)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as looking:
        time.sleep(2)
        process.kill()
        process.wait()
        _, said = looking.communicate(timeout=30)
    assert looking.returncode == 0, said
    assert b"The process ended" in said


def test_a_process_that_is_not_there_is_said(hotspots) -> None:
    for command in ("attach", "dump"):
        ended = hotspots(command, 2**22 - 1)
        assert ended.returncode == 125 and b"There is no process" in ended.stderr


def test_a_program_that_is_no_python_is_said(hotspots) -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeping:
        try:
            ended = hotspots("dump", sleeping.pid)
        finally:
            sleeping.kill()
    assert ended.returncode == 125
    assert b"Traceback" not in ended.stderr and b"Python" in ended.stderr


def test_what_every_thread_is_doing_is_printed(hotspots, process) -> None:
    shown = hotspots("dump", process.pid).stdout.decode()
    assert "spin" in shown and "elsewhere.py:" in shown and "waits" in shown
    threads = json.loads(hotspots("dump", "--json", process.pid).stdout)
    assert len(threads) == 2


def test_other_profilers_cannot_attach(tmp_path: Path) -> None:
    from jupyterlab_hotspots.errors import BadRequest
    from jupyterlab_hotspots.runs import launch
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.targets.process import process_target

    request = RunRequest(
        target=process_target(os.getpid()), profiler="cprofile", cwd=str(tmp_path), python=sys.executable
    )
    with pytest.raises(BadRequest, match="cannot watch a process") as refused:
        launch.create(tmp_path, request)
    assert "sampling" in refused.value.hint


@pytest.mark.parametrize("pid", ["0", "-1"])
@pytest.mark.parametrize("command", ["attach", "dump"])
def test_a_group_of_processes_is_none(hotspots, store: Path, command: str, pid: str) -> None:
    ended = hotspots(command, "--", pid)
    assert ended.returncode == 125
    assert ended.stderr.startswith(f"jupyter hotspots {command}: There is no process {pid}.".encode())
    assert not list(store.glob("runs/*"))


@pytest.mark.parametrize("rate", ["nan", "inf"])
def test_a_rate_that_is_none_is_said_to_be_none(hotspots, process, store: Path, rate: str) -> None:
    ended = hotspots("attach", "--rate", rate, process.pid)
    assert ended.returncode == 125
    assert b"It must be a number from 1 to 1000." in ended.stderr and b"Traceback" not in ended.stderr
    assert not list(store.glob("runs/*"))


def test_what_is_no_python_is_said_to_be_none_however_short_the_look(hotspots) -> None:
    with subprocess.Popen(["sleep", "30"]) as other:
        ended = hotspots("attach", "--duration", "1", other.pid)
        other.kill()
    assert ended.returncode == 125, ended.stderr
    assert b"cannot make sense of this process" in ended.stderr


def test_a_sampler_that_is_killed_is_not_said_to_be_the_process_end(process, store: Path) -> None:
    command = [sys.executable, "-m", "jupyterlab_hotspots", "attach", str(process.pid)]
    environment = {**os.environ, "HOTSPOTS_STORE": str(store)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as looking:
        for _ in range(600):
            if any(b'"hotspots"' in path.read_bytes() for path in store.glob("runs/*/raw/watcher.jsonl")):
                break
            time.sleep(0.05)
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes()
            except OSError:
                continue
            if b"sampling.watcher" in words and os.fsencode(store) in words:
                os.kill(int(path.parent.name), signal.SIGKILL)
        _, errors = looking.communicate(timeout=60)
    assert looking.returncode == 125
    assert b"the process goes on" in errors
    assert process.poll() is None
