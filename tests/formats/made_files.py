"""Real files, made by the real tools, and profiles made by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

WORK = '''"""größe"""
import time


@profile
def loop(n):
    total = 0
    for i in range(n):
        total += i * (i % 3)
    return total


class Shelf:
    @profile
    def fill(self, n):
        self.rows = [
            bytes(1000)
            for _ in range(n)
        ]
        return len(
            self.rows
        )


@profile
def never():
    return 1


def recurse(depth):
    return loop(20_000) if depth == 0 else recurse(depth - 1)


def main():
    shelf = Shelf()
    end = time.process_time() + SECONDS
    while time.process_time() < end:
        recurse(3)
        shelf.fill(2_000)


main()
'''
UNMARKED = "def profile(function):\n    return function\n\n\n"


class Tools:
    """Makes each file when it is first asked for: `prof`, `lprof`, `pyisession`, `speedscope`, `collapsed`, `scalene`,
    `memray`. A brief one is of a run that was soon over, so that it is small."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "marked.py").write_text(WORK.replace("SECONDS", "0.2"), encoding="utf-8")
        (folder / "work.py").write_text(UNMARKED + WORK.replace("SECONDS", "0.7"), encoding="utf-8")
        (folder / "brief.py").write_text(UNMARKED + WORK.replace("SECONDS", "0.02"), encoding="utf-8")

    def __call__(self, name: str, *, brief: bool = False) -> Path:
        stem = "brief" if brief and name in ("prof", "pyisession", "speedscope", "memray") else "made"
        path = self.folder / f"{stem}.{name}{'.json' if name == 'scalene' else ''}"
        if not path.exists():
            script = self.folder / ("brief.py" if stem == "brief" else "marked.py" if name == "lprof" else "work.py")
            command = [str(word) for word in self._command(name, path, script)]
            environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, timeout=120, check=False
            )
            assert done.returncode == 0 and path.exists(), (command, done.stdout[-2000:], done.stderr[-2000:])
        return path

    def _command(self, name: str, path: Path, script: Path) -> list[object]:
        tool, python = Path(sys.executable).parent, sys.executable
        return {
            "prof": [python, "-m", "cProfile", "-o", path, script],
            "lprof": [python, "-m", "kernprof", "-l", "-o", path, script],
            "pyisession": [python, "-m", "pyinstrument", "-r", "session", "-o", path, script],
            "speedscope": [python, "-m", "pyinstrument", "-r", "speedscope", "-o", path, script],
            "collapsed": [tool / "py-spy", "record", "-r", "200", "-f", "raw", "-o", path, "--", python, script],
            "scalene": [python, "-m", "scalene", "run", "-o", path, script],
            "memray": [python, "-m", "memray", "run", "-o", path, script],
        }[name]


def profile_of(measurements: Measurements, **facts: object) -> Profile:
    """A profile of a run that nobody made."""
    known: dict[str, object] = {
        "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "status": "succeeded",
        "target": TargetInfo(kind="script", name="fit.py"),
        "profiler": "cprofile",
        "created": "2026-11-21T09:00:00.000Z",
        **facts,
    }
    return Profile(RunInfo(**known), measurements)  # type: ignore[arg-type]
