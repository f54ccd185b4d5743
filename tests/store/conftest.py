"""Runs without a target: their directories are written as the supervisor would write them."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.targets.target import Target


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    history = Store(tmp_path / "store")
    yield history
    history.close()


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., RunRequest]:
    """A request for a script of that name; queued, so that nobody thinks its supervisor has died."""

    def make(name: str = "fit.py", *args: str, **fields: Any) -> RunRequest:
        target = Target(kind="script", name=name, path=f"/home/me/survey/{name}", args=args)
        given = {"profiler": "cprofile", "cwd": str(tmp_path), "python": sys.executable, "queued": True, **fields}
        return RunRequest(target=target, **given)

    return make


@pytest.fixture
def finish() -> Callable[..., None]:
    """Write the end of a run."""
    seconds = itertools.count(1)

    def write(directory: RunDirectory, status: str = "succeeded", **fields: Any) -> None:
        request = directory.request()
        info = {
            "id": request.id,
            "status": status,
            "target": {name: value for name, value in request.target.as_json().items() if value is not None},
            "profiler": request.profiler,
            "created": request.created,
            "cwd": request.cwd,
            "by": request.by,
            "wall_s": float(next(seconds)),
            "exit_code": 0 if status == "succeeded" else 1,
            **fields,
        }
        write_json(directory.result_file, info)

    return write


@pytest.fixture
def finished(
    store: Store, request_of: Callable[..., RunRequest], finish: Callable[..., None]
) -> Callable[..., RunDirectory]:
    """A run that has ended and that the index knows."""

    def make(name: str = "fit.py", *args: str, status: str = "succeeded", **fields: Any) -> RunDirectory:
        directory = store.create(request_of(name, *args, **fields))
        finish(directory, status)
        store.refresh(directory.id)
        return directory

    return make


@pytest.fixture
def python() -> Callable[[str], Any]:
    """Start this Python on some code, in a process of its own."""
    import subprocess

    import jupyterlab_hotspots

    package_folder = str(Path(jupyterlab_hotspots.__path__[0]).parent)

    def start(code: str, *args: str) -> Any:
        environment = {**os.environ, "PYTHONPATH": package_folder}
        return subprocess.Popen([sys.executable, "-c", code, *args], env=environment, stdout=-1, stderr=-1, text=True)

    return start
