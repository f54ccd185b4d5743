"""One thread that keeps the store true and moving while a server runs.

It starts queued runs, sees runs end (also those that another server or the command line made), gives lost ones their
end, keeps the index up to date, and tells everybody what changed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

import msgspec

from jupyterlab_hotspots.errors import HotspotsError, NotFound
from jupyterlab_hotspots.profiles.run_info import ENDED
from jupyterlab_hotspots.runs import launch, queue
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.event_tail import last_seq
from jupyterlab_hotspots.server.messages import DeletedEvent, RunEvent
from jupyterlab_hotspots.server.tailer import Following, Tailer
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.summary import RunSummary

POLL_S: Final = 0.1
IDLE_POLL_S: Final = 1.0
SYNC_S: Final = 2.0
AFTER_FAILURE_S: Final = 5.0
BUSY_S: Final = 5.0
_TELLING: Final = (b'"type":"status"', b'"type":"finished"')


class Keeper:
    """The thread.

    Args:
        open_store: gives the store, or raises where it cannot be used.
        tailer: follows the runs that are not over.
        limit: how many queued runs may run at once.
        tell: gets every change of the store: a run's id and a message for all clients. Called on this thread.
        busy: called now and then while runs are under way.
        log: where failures are said.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        tailer: Tailer,
        *,
        limit: int,
        tell: Callable[[str, bytes], None],
        busy: Callable[[], None],
        log: logging.Logger,
    ) -> None:
        self._open_store = open_store
        self._tailer = tailer
        self._limit = limit
        self._tell = tell
        self._busy = busy
        self._log = log
        self._woken = threading.Event()
        self._stopping = False
        self._guard = threading.Lock()
        self._poked: set[str] = set()
        self._revision = -1
        self._unfinished: dict[str, RunSummary] = {}
        self._following: dict[str, Following] = {}
        self._sync_due = 0.0
        self._busy_due = 0.0
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="hotspots-keeper", daemon=True)
        self.watched = False
        """Whether somebody looks: then changes made elsewhere are seen sooner."""

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it and wait for it; runs go on."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Look now: something was changed by this server."""
        self._woken.set()

    def poke(self, run: str) -> None:
        """Read this run again, now."""
        with self._guard:
            self._poked.add(run)
        self._woken.set()

    # As the tailer's listener

    def ready(self) -> bool:
        return True

    def take(self, run: str, lines: list[bytes]) -> None:
        if any(mark in line[:200] for line in lines for mark in _TELLING):
            self.poke(run)

    # The thread

    def _run(self) -> None:
        while not self._stopping:
            pause_s = self._pause_s()
            try:
                self._tick(self._open_store())
                self._said = ""
            except HotspotsError as error:
                pause_s = AFTER_FAILURE_S
                self._say(str(error))
            except Exception:
                pause_s = AFTER_FAILURE_S
                self._log.exception("Hotspots: the history cannot be kept up to date for the moment.")
            self._woken.wait(pause_s)
            self._woken.clear()

    def _pause_s(self) -> float:
        return POLL_S if self.watched or self._unfinished else IDLE_POLL_S

    def _tick(self, store: Store) -> None:
        if self._revision < 0:
            self._revision = store.index.revision()
            for summary in store.index.unfinished():
                self._note(store, summary)
        with self._guard:
            poked, self._poked = self._poked, set()
        for run in poked:
            self._refresh(store, run)
        now = time.monotonic()
        if now >= self._sync_due:
            self._sync_due = now + SYNC_S
            self._sync(store)
        self._look_for_changes(store)
        if self._unfinished and now >= self._busy_due:
            self._busy_due = now + BUSY_S
            self._busy()

    def _sync(self, store: Store) -> None:
        for skipped in store.sync().skipped:
            self._log.debug("Hotspots: %s is left out of the history: %s", skipped.name, skipped.why)
        launch.reap()
        self._advance(store)

    def _refresh(self, store: Store, run: str) -> None:
        try:
            store.refresh(run)
        except NotFound:
            pass
        except HotspotsError as error:
            self._say(str(error))

    def _look_for_changes(self, store: Store) -> None:
        if store.index.revision() == self._revision:
            return
        changes = store.changes(self._revision)
        self._revision = changes.revision
        for run in changes.deleted:
            self._forget(run)
            self._tell(run, msgspec.json.encode(DeletedEvent(run=run, seq=0, t=0.0)))
        for summary in changes.changed:
            self._note(store, summary)
            self._tell(summary.id, msgspec.json.encode(RunEvent(run=summary.id, seq=0, t=0.0, summary=summary)))
        self._advance(store)

    def _note(self, store: Store, summary: RunSummary) -> None:
        if summary.status in ENDED:
            self._forget(summary.id)
            return
        self._unfinished[summary.id] = summary
        if summary.id not in self._following:
            directory = RunDirectory.in_store(store.folder, summary.id)
            self._following[summary.id] = self._tailer.follow(directory, last_seq(directory.events_file), self)
            self.poke(summary.id)  # what it said before it was followed

    def _forget(self, run: str) -> None:
        self._unfinished.pop(run, None)
        following = self._following.pop(run, None)
        if following is not None:
            self._tailer.leave(following)

    def _advance(self, store: Store) -> None:
        if not any(summary.status == "queued" for summary in self._unfinished.values()):
            return
        runs = [RunDirectory.in_store(store.folder, run) for run in self._unfinished]
        for run in queue.advance(runs, self._limit):
            self.poke(run.id)

    def _say(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self._log.warning("Hotspots: %s", what)
