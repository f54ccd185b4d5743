"""What waits to be sent to one client: bounded, whatever the client does.

News of the store are kept one for each run, the newest. Events of a run wait here up to a limit; beyond it they stay in
the run's own file, and come merged once the client is ready again. No status is ever dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.server.merging import merged
from jupyterlab_hotspots.server.tailer import Following, Tailer

LIMIT_BYTES: Final = 1 << 20


class Outbox:
    """The messages for one client. Made and used on the event loop; only `_Subscription` is called from elsewhere."""

    def __init__(self, tailer: Tailer) -> None:
        self._tailer = tailer
        self._loop = asyncio.get_running_loop()
        self._news: dict[str, bytes] = {}
        self._events: deque[tuple[_Subscription, bytes]] = deque()
        self._something = asyncio.Event()
        self._subscriptions: dict[str, _Subscription] = {}

    def subscribe(self, directory: RunDirectory, after_seq: int) -> None:
        """Send a run's events after a number. A second subscription to the same run replaces the first."""
        self.unsubscribe(directory.id)
        subscription = self._subscriptions[directory.id] = _Subscription(self, self._loop)
        subscription.following = self._tailer.follow(directory, after_seq, subscription)

    def unsubscribe(self, run: str) -> None:
        """Send no more of a run, not even what waits already."""
        subscription = self._subscriptions.pop(run, None)
        if subscription is not None:
            self._end(subscription)

    def tell(self, run: str, message: bytes) -> None:
        """Send something about the store; of what waits about the same run, the newest is enough."""
        self._news.pop(run, None)
        self._news[run] = message
        self._something.set()

    async def next(self) -> bytes:
        """The next message; waits for it."""
        while True:
            if self._news:
                return self._news.pop(next(iter(self._news)))
            while self._events:
                subscription, line = self._events.popleft()
                subscription.sent += len(line)
                if subscription.alive:
                    return line
            self._something.clear()
            await self._something.wait()

    def close(self) -> None:
        """Leave all runs."""
        for run in list(self._subscriptions):
            self.unsubscribe(run)

    def add(self, subscription: _Subscription, lines: list[bytes]) -> None:
        """Take events; on the event loop."""
        self._events.extend((subscription, line) for line in lines)
        self._something.set()

    def _end(self, subscription: _Subscription) -> None:
        subscription.alive = False
        if subscription.following is not None:
            self._tailer.leave(subscription.following)


class _Subscription:
    """One run for one client: the tailer's listener.

    `queued` is written on the tailer's thread only, `sent` on the event loop only, so neither needs a lock.
    """

    def __init__(self, outbox: Outbox, loop: asyncio.AbstractEventLoop) -> None:
        self._outbox = outbox
        self._loop = loop
        self.following: Following | None = None
        self.alive = True
        self.queued = 0
        self.sent = 0

    def ready(self) -> bool:
        return self.alive and self.queued - self.sent < LIMIT_BYTES

    def take(self, run: str, lines: list[bytes]) -> None:
        lines = merged(lines)
        self.queued += sum(map(len, lines))
        try:
            self._loop.call_soon_threadsafe(self._outbox.add, self, lines)
        except RuntimeError:  # the loop is closed: the server stops
            self.alive = False
