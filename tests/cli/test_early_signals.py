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
