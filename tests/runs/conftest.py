"""Real runs of small scripts, in a store of their own."""

from __future__ import annotations

import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.runs import launch, lock, process_tree
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.targets.script import script_target

PATIENCE_S = 40.0


def wait_until(happened: Callable[[], Any], what: str = "it", patience_s: float = PATIENCE_S) -> Any:
    """Wait for a condition and give its value; fails when it does not come."""
    give_up = time.monotonic() + patience_s
    while not (value := happened()):
        assert time.monotonic() < give_up, f"{what} did not happen within {patience_s} s"
        time.sleep(0.01)
    return value


class Runs:
    """Makes runs and waits for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.work = folder / "work"
        self.work.mkdir(parents=True)
        self._made: list[RunDirectory] = []

    def script(self, source: str, name: str = "script.py") -> Path:
        """A script in the working folder."""
        path = self.work / name
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return path

    def request(self, source: str, *args: str, name: str = "script.py", **fields: Any) -> RunRequest:
        """A request to run a script."""
        fields = {"grace_s": (2.0, 2.0), "cwd": str(self.work), "python": sys.executable, **fields}
        return RunRequest(target=script_target(self.script(source, name), args), profiler="cprofile", **fields)

    def create(self, source: str, *args: str, **fields: Any) -> RunDirectory:
        """A run that has not been started."""
        return self.add(launch.create(self.store, self.request(source, *args, **fields)))

    def add(self, run: RunDirectory) -> RunDirectory:
        """Have a run cleaned up after the test."""
        self._made.append(run)
        return run

    def start(self, source: str, *args: str, stdin: int | None = None, **fields: Any) -> RunDirectory:
        """A run that has been started."""
        run = self.create(source, *args, **fields)
        launch.start(run, stdin)
        return run

    def run(self, source: str, *args: str, **fields: Any) -> tuple[RunDirectory, dict[str, Any]]:
        """A run that has ended, and its result."""
        run = self.start(source, *args, **fields)
        return run, self.result(run)

    def result(self, run: RunDirectory) -> dict[str, Any]:
        """Wait for the end of a run."""
        wait_until(lambda: not lock.is_held(run.lock_file), f"the end of {run}")
        result = run.result()
        said = run.supervisor_log.read_text() if run.supervisor_log.exists() else ""
        assert result is not None, f"the supervisor ended without a result: {said}"
        return result

    def printed(self, run: RunDirectory, text: str) -> str:
        """Wait until a run has printed a text; gives all it has printed."""
        return wait_until(
            lambda: (said := _read(run.stdout_file)) and text in said and said,
            f"{text!r} in the output of {run}",
        )

    def clean(self) -> None:
        for run in self._made:
            watcher = run.supervisor()
            if watcher is not None and lock.is_held(run.lock_file):
                process_tree.send([watcher["pid"]], signal.SIGKILL)
            for _ in range(3):
                process_tree.send(process_tree.carrying(run.id), signal.SIGKILL)
        launch.reap()


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    runs = Runs(tmp_path)
    try:
        yield runs
    finally:
        runs.clean()


@pytest.fixture
def until() -> Callable[..., Any]:
    return wait_until
