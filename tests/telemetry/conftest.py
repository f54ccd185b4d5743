"""Real process trees to look at."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator

import psutil
import pytest

Start = Callable[[str], "subprocess.Popen[str]"]


def _stop(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.wait()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a Python program and returns once it has printed `ready`; a line on its stdin tells it to go on."""
    started: list[subprocess.Popen[str]] = []

    def start_program(program: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", textwrap.dedent(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start_program
    for process in started:
        _stop(process)


def go_on(process: subprocess.Popen[str]) -> str:
    """Let a program go on; returns the next line that it prints."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


@pytest.fixture(name="go_on")
def go_on_fixture() -> Callable[[subprocess.Popen[str]], str]:
    """See `go_on`."""
    return go_on
