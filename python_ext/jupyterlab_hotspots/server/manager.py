"""What one server has of Hotspots: the store, the threads that watch it, the clients that listen.

Handlers call it and wait; whatever reads or writes a file happens on other threads.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

from jupyterlab_hotspots.runs.budget import Budget
from jupyterlab_hotspots.server.keeper import Keeper
from jupyterlab_hotspots.server.measured_runs import MeasuredRuns
from jupyterlab_hotspots.server.outbox import Outbox
from jupyterlab_hotspots.server.tailer import Tailer
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.location import store_folder

T = TypeVar("T")


class Manager:
    """One for each server.

    Args:
        setting: the history's folder, empty for the usual place.
        root: what relative paths in requests are relative to.
        limit: how many queued runs may run at once.
        telemetry_hz: samples a second of new runs.
        budget: how long new runs may take.
        busy: called now and then while runs are under way.
        log: the server's.
    """

    def __init__(
        self,
        setting: str,
        *,
        root: Path,
        limit: int,
        telemetry_hz: float,
        budget: Budget,
        busy: Callable[[], None],
        log: logging.Logger,
    ) -> None:
        self.root: Final = root
        self.telemetry_hz: Final = telemetry_hz
        self.budget: Final = budget
        self._setting = setting
        self._store: Store | None = None
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outboxes: set[Outbox] = set()
        # Two pools, so that a list never waits behind a profile that is being built.
        self._quick = ThreadPoolExecutor(4, "hotspots")
        self._slow = ThreadPoolExecutor(2, "hotspots-profiles")
        self._model_loaded = False
        self.measured: Final = MeasuredRuns(self.store)
        self.tailer: Final = Tailer()
        self.keeper: Final = Keeper(self.store, self.tailer, limit=limit, tell=self._tell, busy=busy, log=log)

    def start(self) -> None:
        """Start watching; on the event loop."""
        self._loop = asyncio.get_running_loop()
        self.tailer.start()
        self.keeper.start()

    async def stop(self) -> None:
        """Stop watching. Runs go on; the next server finds them."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        self.keeper.stop()
        self.tailer.stop()
        self._quick.shutdown(cancel_futures=True)
        self._slow.shutdown(cancel_futures=True)
        if self._store is not None:
            self._store.close()

    # For handlers

    async def call(self, work: Callable[[Store], T]) -> T:
        """Do something short with the store, on another thread."""
        return await self.run(lambda: work(self.store()))

    async def run(self, work: Callable[[], T]) -> T:
        """Do something short that does not need the store, on another thread."""
        return await asyncio.get_running_loop().run_in_executor(self._quick, work)

    async def call_long(self, work: Callable[[Store], T]) -> T:
        """Do something that may take seconds, such as building a profile, on another thread."""
        return await asyncio.get_running_loop().run_in_executor(self._slow, lambda: work(self.store()))

    def store(self) -> Store:
        """The store, opened when first needed; not for the event loop.

        Raises:
            Unavailable: its folder cannot be used; the next call tries again.
            RuntimeError: it was called on an event loop, which a slow disk would stop.
        """
        if _on_an_event_loop():
            raise RuntimeError("the store is not for the event loop: use Manager.call")
        with self._guard:
            if self._store is None:
                self._store = Store(store_folder(self._setting))
            return self._store

    # For sockets; on the event loop

    def connect(self) -> Outbox:
        """A new client, which hears of every change of the store from now on."""
        outbox = Outbox(self.tailer)
        self._outboxes.add(outbox)
        self.keeper.watched = True
        if not self._model_loaded:
            self._model_loaded = True
            self._slow.submit(_load_model)  # somebody looks, and will soon want a table
        return outbox

    def disconnect(self, outbox: Outbox) -> None:
        """The client has left."""
        self._outboxes.discard(outbox)
        self.keeper.watched = bool(self._outboxes)
        outbox.close()

    def _tell(self, run: str, message: bytes) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell_all, run, message)

    def _tell_all(self, run: str, message: bytes) -> None:
        for outbox in self._outboxes:
            outbox.tell(run, message)


def _on_an_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _load_model() -> None:
    """NumPy and pyarrow take a quarter of a second to load."""
    for module in ("profiles.rank", "store.profiles"):
        import_module(f"jupyterlab_hotspots.{module}")
