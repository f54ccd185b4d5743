"""Runs targets under the agent in every Python there is, and asks for snapshots as the supervisor would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2] / "python_ext" / "jupyterlab_hotspots"
LAUNCH = PACKAGE / "agent" / "launch.py"
COLLECTOR = PACKAGE / "profilers" / "cprofile" / "collector.py"
OWN_PYTHONS = PACKAGE.parents[1] / ".make" / "pythons"
"""Environments with the profilers' packages, by `make pythons`."""
PATIENCE_S = 60.0
_OLDEST, _NEWEST = (3, 10), (3, 14)


@cache
def pythons(*, made: bool = True) -> dict[str, str]:
    """Version → interpreter, one for each minor version that is found on this machine.

    `HOTSPOTS_TEST_PYTHONS` (paths, separated like PATH) comes first, then the one that runs the tests, then those of
    `make pythons` (unless they are not `made` yet).
    """
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for candidate in _candidates(made):
        asked = "import sys; print(*sys.version_info[:3], sys.implementation.name)"
        try:
            answer = subprocess.run([candidate, "-c", asked], capture_output=True, text=True, timeout=PATIENCE_S)
        except OSError:
            continue
        words = answer.stdout.split()
        if answer.returncode == 0 and len(words) == 4 and words[3] == "cpython":
            minor = int(words[0]), int(words[1])
            if _OLDEST <= minor <= _NEWEST:
                found.setdefault(minor, (".".join(words[:3]), candidate))
    return {found[minor][0]: found[minor][1] for minor in sorted(found)}


def _candidates(made: bool) -> Iterator[str]:
    yield from filter(None, os.environ.get("HOTSPOTS_TEST_PYTHONS", "").split(os.pathsep))
    yield sys.executable
    if made:
        yield from sorted(map(str, OWN_PYTHONS.glob("3.*/bin/python")))
    for minor in range(_OLDEST[1], _NEWEST[1] + 1):
        if on_path := shutil.which(f"python3.{minor}"):
            yield on_path
    roots = [Path.home() / ".pyenv"]
    if pyenv := shutil.which("pyenv"):
        roots.insert(0, Path(subprocess.run([pyenv, "root"], capture_output=True, text=True).stdout.strip() or "."))
    for root in roots:
        yield from sorted(map(str, root.glob("versions/3.*/bin/python")), reverse=True)
    yield from sorted(map(str, Path.home().glob(".local/share/uv/python/cpython-3.*/bin/python3")), reverse=True)


def version_of(python: str) -> tuple[int, int]:
    """The minor version of an interpreter that `pythons` found."""
    (version,) = (version for version, path in pythons().items() if path == python)
    major, minor, _ = version.split(".")
    return int(major), int(minor)


@dataclass
class Ended:
    """How a process ended."""

    stdout: bytes
    stderr: bytes
    returncode: int


@dataclass
class AgentRun(Ended):
    """A target that ran under the agent.

    Attributes:
        raw: the folder the agent wrote into.
        asked: how often a snapshot was asked for.
    """

    raw: Path
    asked: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The live lines of one type."""
        return [line for line in self.lines if line["type"] == kind]

    @property
    def warnings(self) -> list[str]:
        """The codes of the agent's warnings."""
        return [line["code"] for line in self.of_type("warning")]

    @property
    def stopped(self) -> dict[str, Any]:
        """The one line that says how the code ended."""
        (line,) = self.of_type("stopped")
        return line


class Started:
    """A target that runs under the agent; its output goes to files, as it does in a run."""

    def __init__(
        self,
        folder: Path,
        python: str,
        target: Mapping[str, Any],
        *,
        cwd: Path,
        env: Mapping[str, str],
        live: bool,
        collector: Path | None,
        limit: int,
        stdin: bytes | None,
        flags: Sequence[str],
        parent: int | None,
        options: Mapping[str, Any],
    ) -> None:
        self.raw = folder / "raw"
        self.raw.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        told = {
            "folder": str(self.raw),
            "collector": None if collector is None else str(collector),
            "options": dict(options),
            "live": live,
            "limit": limit,
            "parent": os.getpid() if parent is None else parent,
            "target": {"path": None, "module": None, "args": [], **target},
        }
        (folder / "agent.json").write_text(json.dumps(told))
        (folder / "stdin").write_bytes(stdin or b"")
        with (
            (folder / "stdin").open("rb") as source,
            (folder / "stdout").open("wb") as out,
            (folder / "stderr").open("wb") as err,
        ):
            self.process = subprocess.Popen(
                [python, *flags, str(LAUNCH), str(folder / "agent.json")],
                cwd=cwd,
                env={**os.environ, **env},
                stdin=source,
                stdout=out,
                stderr=err,
            )
        self.asked = 0

    def lines(self) -> list[dict[str, Any]]:
        """What the agent said so far."""
        try:
            text = (self.raw / "live.jsonl").read_bytes()
        except OSError:
            return []
        return [json.loads(line) for line in text.split(b"\n")[:-1] if line]

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Waits for the agent to say something; fails if the process ends first."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            ended = self.process.poll() is not None
            found = [line for line in self.lines() if line["type"] == kind]
            if len(found) >= count:
                return found[-1]
            assert not ended, f"it ended without saying {kind}: {(self._folder / 'stderr').read_text()}"
            assert time.monotonic() < give_up, f"it did not say {kind}"
            time.sleep(0.005)

    def ask(self) -> None:
        """Asks for a snapshot."""
        self.process.send_signal(signal.SIGURG)
        self.asked += 1

    def finish(self, hz: float = 0.0) -> AgentRun:
        """Waits for the end, asking for snapshots meanwhile once the code has started."""
        give_up = time.monotonic() + PATIENCE_S
        started = False
        try:
            while self.process.poll() is None:
                assert time.monotonic() < give_up, f"it did not end within {PATIENCE_S} s"
                started = started or any(line["type"] == "started" for line in self.lines())
                if hz and started:
                    self.ask()
                time.sleep(1 / hz if hz else 0.005)
        finally:
            self.process.kill()
            self.process.wait()
        output, errors = (self._folder / "stdout").read_bytes(), (self._folder / "stderr").read_bytes()
        return AgentRun(output, errors, self.process.returncode, self.raw, self.asked, self.lines())


class Agent:
    """Starts targets under the agent in one Python, each in a folder of its own below `folder`."""

    def __init__(self, python: str, folder: Path) -> None:
        self.python = python
        self.version = version_of(python)
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir(exist_ok=True)
        self._runs = 0

    def write(self, source: str | bytes, name: str = "script.py") -> Path:
        """A file in the working folder."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode() if isinstance(source, str) else source)
        return path

    def start(
        self,
        target: Path | str,
        *args: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        live: bool = True,
        collector: Path | None = COLLECTOR,
        limit: int = 200,
        stdin: bytes | None = None,
        flags: Sequence[str] = (),
        parent: int | None = None,
        collector_options: Mapping[str, Any] | None = None,
    ) -> Started:
        """Starts a script (a path) or a module (a name)."""
        self._runs += 1
        kind = (
            {"kind": "script", "path": str(target)}
            if isinstance(target, Path)
            else {"kind": "module", "module": target}
        )
        return Started(
            self.folder / f"run{self._runs}",
            self.python,
            {**kind, "args": list(args)},
            cwd=cwd or self.work,
            env=env or {},
            live=live,
            collector=collector,
            limit=limit,
            stdin=stdin,
            flags=flags,
            parent=parent,
            options=collector_options or {},
        )

    def run(self, target: Path | str, *args: str, hz: float = 0.0, **options: Any) -> AgentRun:
        """Runs a target to its end, asking for `hz` snapshots a second."""
        return self.start(target, *args, **options).finish(hz)

    def plain(
        self,
        target: Path | str,
        *args: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        flags: Sequence[str] = (),
    ) -> Ended:
        """Runs the same without us."""
        words = [str(target)] if isinstance(target, Path) else ["-m", target]
        ended = subprocess.run(
            [self.python, *flags, *words, *args],
            cwd=cwd or self.work,
            env={**os.environ, **(env or {})},
            input=stdin or b"",
            capture_output=True,
            timeout=PATIENCE_S,
        )
        return Ended(ended.stdout, ended.stderr, ended.returncode)
