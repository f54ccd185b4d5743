"""A run directory: where everything of one run lies, and what state it is in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.runs import last_words, layout, lock
from jupyterlab_hotspots.runs.event_tail import Tail, last_event, parse
from jupyterlab_hotspots.runs.files import as_object, open_to_append, read_json, write_json
from jupyterlab_hotspots.runs.ulid import is_id

if TYPE_CHECKING:
    from jupyterlab_hotspots.runs.request import RunRequest

State = Literal["queued", "running", "ended", "lost"]
"""``lost``: it was started, nobody watches it any more, and its end is not written yet (see `recover.reconcile`)."""

_LAUNCH_WITHIN_S: Final = 30.0
"""A run that is not queued is launched by whoever made it, at once; if that has not happened by then it never will."""
_SILENT_AT_MOST_S: Final = 60.0
"""A supervisor writes telemetry twice a second; clocks of two machines may differ a little."""


class RunDirectory:
    """One run's directory. Reading it needs no lock and may be done by anybody, at any time.

    Args:
        path: ``<store>/runs/<ULID>``; need not exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Final = Path(os.path.abspath(path))  # noqa: PTH100  (links stay as they are)

    def __repr__(self) -> str:
        return f"RunDirectory({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunDirectory) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    @classmethod
    def in_store(cls, store_root: str | os.PathLike[str], run_id: str) -> RunDirectory:
        """The directory of a run in a store."""
        return cls(Path(store_root) / layout.RUNS / run_id)

    @property
    def id(self) -> str:
        """The run's id."""
        return self.path.name

    @property
    def request_file(self) -> Path:
        return self.path / layout.REQUEST

    @property
    def lock_file(self) -> Path:
        return self.path / layout.LOCK

    @property
    def supervisor_file(self) -> Path:
        return self.path / layout.SUPERVISOR

    @property
    def supervisor_log(self) -> Path:
        return self.path / layout.SUPERVISOR_LOG

    @property
    def events_file(self) -> Path:
        return self.path / layout.EVENTS

    @property
    def stdout_file(self) -> Path:
        return self.path / layout.STDOUT

    @property
    def stderr_file(self) -> Path:
        return self.path / layout.STDERR

    @property
    def control_file(self) -> Path:
        return self.path / layout.CONTROL

    @property
    def agent_file(self) -> Path:
        return self.path / layout.AGENT

    @property
    def raw_folder(self) -> Path:
        return self.path / layout.RAW

    @property
    def live_file(self) -> Path:
        return self.raw_folder / layout.LIVE

    @property
    def result_file(self) -> Path:
        return self.path / layout.RESULT

    @property
    def last_words_file(self) -> Path:
        return self.path / layout.LAST_WORDS

    @property
    def profile_folder(self) -> Path:
        return self.path / layout.PROFILE

    def exists(self) -> bool:
        """Whether there is such a run."""
        return os.path.isfile(self.request_file)  # noqa: PTH113  (no error where it may not be looked at)

    def make(self, request: RunRequest) -> None:
        """Make the directory of a new run.

        Raises:
            OSError: it cannot be made, or is there already.
        """
        self.path.mkdir(parents=True, mode=0o700)
        write_json(self.request_file, request.as_json())

    def request(self) -> RunRequest:
        """What was asked for.

        Raises:
            NotFound: there is no such run.
            BadRequest: ``run.json`` says something that cannot be.
        """
        from jupyterlab_hotspots.runs.request import RunRequest

        return RunRequest.from_json(self.request_document())

    def request_document(self) -> dict[str, Any]:
        """``run.json`` as it is.

        Raises:
            NotFound: there is no such run.
        """
        document = read_json(self.request_file)
        if document is None:
            raise NotFound(f"There is no run {self.id}.", hint="See: jupyter hotspots list")
        return document

    def supervisor(self) -> dict[str, Any] | None:
        """Who watches the run, and which process is the target (``supervisor.json``); None before it is started."""
        return read_json(self.supervisor_file)

    def result(self) -> dict[str, Any] | None:
        """The run's final information, the JSON of a `RunInfo`; None while it has not ended."""
        result = read_json(self.result_file)
        if result is not None:
            return result
        # Where the disk was full the end is in one of these only.
        event = last_event(self.events_file)
        if event is not None and event.get("type") == "finished":
            return as_object(event.get("info"))
        said = last_words.read(self.last_words_file)
        return as_object(said.get("info")) if said else None

    def state(self) -> State:
        """Queued, running, ended or lost: by the lock, never by a process id.

        Raises:
            NotFound: there is no such run.
        """
        if self.result_file.exists():
            return "ended"
        # Asked before the lock is: who launches a run takes the lock first.
        launched = self.supervisor_log.exists() or self.events_file.exists()
        if lock.is_held(self.lock_file):
            return "running"
        if launched:
            if self.result() is not None:
                return "ended"
            return "running" if self._is_alive_elsewhere() else "lost"
        queued = bool(self.request_document().get("queued"))
        return "queued" if queued or _age_s(self.request_file) < _LAUNCH_WITHIN_S else "lost"

    def tail(self, after_seq: int = 0) -> Tail:
        """A reader of the events after a number that goes on as they come."""
        return Tail(self.events_file, after_seq)

    def events(self, after_seq: int = 0) -> list[dict[str, Any]]:
        """The events so far, after a number."""
        tail = self.tail(after_seq)
        events: list[dict[str, Any]] = []
        while lines := tail.read():
            events += [event for line in lines if (event := parse(line)) is not None]
        return events

    def append_control(self, word: bytes) -> None:
        """Append a word to ``control``; words are complete lines, such as `layout.CANCEL`."""
        descriptor = open_to_append(self.control_file)
        try:
            os.write(descriptor, word)
        finally:
            os.close(descriptor)

    def _is_alive_elsewhere(self) -> bool:
        """Whether another machine that shares the store writes events: not every network file system shares locks."""
        watcher = self.supervisor()
        if watcher is None or watcher.get("host") == os.uname().nodename:
            return False
        return _age_s(self.events_file) < _SILENT_AT_MOST_S


def runs_in(store_root: str | os.PathLike[str]) -> Iterator[RunDirectory]:
    """The run directories of a store, the newest first; none if there is no such store."""
    try:
        with os.scandir(Path(store_root) / layout.RUNS) as entries:
            names = sorted((entry.name for entry in entries if is_id(entry.name)), reverse=True)
    except FileNotFoundError:
        return
    for name in names:
        yield RunDirectory.in_store(store_root, name)


def _age_s(path: Path) -> float:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return 0.0
