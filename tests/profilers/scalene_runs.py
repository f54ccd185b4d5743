"""Real runs under Scalene, in a store of their own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from functools import cache
from pathlib import Path
from typing import Any

from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.scalene import reader
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo
from jupyterlab_hotspots.runs import launch, lock
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.store.reading import read_info
from jupyterlab_hotspots.targets.module import module_target
from jupyterlab_hotspots.targets.script import script_target

sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))

from agent_runs import pythons

PATIENCE_S = 90.0


@cache
def with_scalene() -> dict[str, str]:
    """Version → interpreter, of those on this machine that have Scalene; see `agent_runs.pythons`."""
    asked = "import importlib.util; print(importlib.util.find_spec('scalene') is not None)"
    return {
        version: python
        for version, python in pythons().items()
        if subprocess.run([python, "-c", asked], capture_output=True, text=True).stdout == "True\n"
    }


class ScaleneRuns:
    """Makes runs and waits for them."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.python = python
        self.work = folder / "work"
        self.work.mkdir()
        self._store = folder / "store"

    def write(self, source: str, name: str = "script.py") -> Path:
        """A file in the working folder."""
        path = self.work / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return path

    def start(self, target: Path | str, *args: str, stdin: int | None = None, **fields: Any) -> RunDirectory:
        """A run of a script (a path) or a module (a name), started."""
        found = script_target(target, args) if isinstance(target, Path) else module_target(target, args)
        fields = {"grace_s": (20.0, 5.0), "cwd": str(self.work), "python": self.python, **fields}
        run = launch.create(self._store, RunRequest(target=found, profiler="scalene", **fields))
        launch.start(run, stdin)
        return run

    def end(self, run: RunDirectory) -> RunInfo:
        """Waits for the end of a run."""
        give_up = time.monotonic() + PATIENCE_S
        while lock.is_held(run.lock_file):
            assert time.monotonic() < give_up, "it did not end"
            time.sleep(0.05)
        return read_info(run)

    def run(self, target: Path | str, *args: str, **fields: Any) -> tuple[RunDirectory, RunInfo, Measurements]:
        """A run that has ended, and what was measured."""
        run = self.start(target, *args, **fields)
        info = self.end(run)
        return run, info, read(run, info)


def read(run: RunDirectory, info: RunInfo) -> Measurements:
    """What a run measured."""
    return reader.read(run.raw_folder, ReadContext(info=info, options=dict(info.options or {})))
