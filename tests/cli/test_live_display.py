"""What a terminal shows while a run goes on; the terminal is a real one (a pty)."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

SOURCE = """
import json, os, sys, time

def hot(until):
    while time.monotonic() < until:
        sum(range(2000))

with open(os.environ["HOTSPOTS_PROGRESS"], "a") as told:
    for done in range(1, 9):
        hot(time.monotonic() + 0.25)
        print(json.dumps({"done": done, "total": 8, "label": "alerts"}), file=told, flush=True)
        print("line", done)
        sys.stderr.write(f"\\rworking {done}")
"""


def _on_a_terminal(words: list[str], folder: Path, columns: int) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "HOTSPOTS_STORE": str(folder / "store"), "TERM": "xterm-256color"}
    for name in ("COLUMNS", "LINES", "NO_COLOR", "CI"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab_hotspots", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        shown += chunk
    os.close(ours)
    return process.wait(timeout=30), shown.decode("utf-8", "replace")


def test_a_bar_moves_below_the_output_and_carries_figures(script: Callable[[str], Path], tmp_path: Path) -> None:
    status, shown = _on_a_terminal(["run", str(script(SOURCE))], tmp_path, 120)
    assert status == 0
    assert "line 8" in shown
    # The bar, with the target's own figures, at more than one place.
    assert len({step for step in range(1, 9) if f"{step}/8 alerts" in shown}) >= 2
    assert "━" in shown
    assert "CPU" in shown and "RAM" in shown
    # The report at the end.
    assert "succeeded" in shown and "hot" in shown


def test_escapes_in_a_name_do_not_reach_the_terminal(tmp_path: Path) -> None:
    hostile = tmp_path / "a\x1b]0;owned\x07b.py"
    hostile.write_text("print('ran')\n", encoding="utf-8")
    status, shown = _on_a_terminal(["run", str(hostile)], tmp_path, 100)
    assert status == 0 and "ran" in shown
    assert "\x1b]0;owned" not in shown
    status, shown = _on_a_terminal(["list"], tmp_path, 100)
    assert status == 0
    assert "\x1b]0;owned" not in shown
