"""Signals that come right after the start: before the command line has begun to follow the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SOURCE = """
import time
time.sleep(20)
"""


def _until(condition: Any) -> Any:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.002)
    raise AssertionError("It did not come to that.")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_run_is_stopped_and_not_left_alone(script, store: Path, stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "jupyterlab_hotspots", "run", "--quiet", "--profiler", "cprofile", script(SOURCE)]
    with subprocess.Popen(command, env={**os.environ, "HOTSPOTS_STORE": str(store)}, stderr=subprocess.PIPE) as asked:
        (folder,) = _until(lambda: [path.parent for path in store.glob("runs/*/supervisor.log")])
        asked.send_signal(stop)
        asked.send_signal(stop)
        _, errors = asked.communicate(timeout=20)
    assert asked.returncode == 130
    assert b"ImportError" not in errors
    result = folder / "result.json"
    _until(result.exists)
    assert json.loads(result.read_text())["status"] == "cancelled"


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_what_was_measured_is_written_though_a_signal_comes_after_the_run(
    script, store: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    output = tmp_path / "profile.json"
    os.mkfifo(output)
    words = ["run", "--quiet", "--profiler", "cprofile", "--json", str(output), str(script("print(1)"))]
    command = [sys.executable, "-m", "jupyterlab_hotspots", *words]
    with subprocess.Popen(command, env={**os.environ, "HOTSPOTS_STORE": str(store)}, stdout=subprocess.PIPE) as asked:
        _until(lambda: [*store.glob("runs/*/result.json")])
        time.sleep(1.0)  # Then it waits for us to read, as a rule; at no moment may the signal do harm.
        asked.send_signal(stop)
        time.sleep(0.2)
        assert asked.poll() is None
        document = json.loads(output.read_text())
        asked.communicate(timeout=20)
    assert document["run"]["status"] == "succeeded"
    assert asked.returncode == 0


def test_a_signal_between_the_runs_of_a_group_ends_it_with_what_there_is(script, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "profile.json"
    words = ["run", "--profiler", "cprofile,line", "--json", str(output), str(script("import time\ntime.sleep(0.5)"))]
    command = [sys.executable, "-m", "jupyterlab_hotspots", *words]
    with subprocess.Popen(
        command, env={**os.environ, "HOTSPOTS_STORE": str(store)}, stderr=subprocess.DEVNULL
    ) as asked:
        _until(lambda: [*store.glob("runs/*/result.json")])
        asked.send_signal(signal.SIGTERM)
        asked.communicate(timeout=30)
    assert asked.returncode == 130
    assert "cprofile" in output.read_text()
