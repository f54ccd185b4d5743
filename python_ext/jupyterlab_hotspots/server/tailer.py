"""One thread that follows the events of any number of runs.

It looks at each file every 20 ms with one `stat`; nothing is read before something has come. Whoever listens says when
it is ready for more: what a slow listener has not taken yet stays in the file.
"""

from __future__ import annotations

import threading
from typing import Final, Protocol

from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.event_tail import Tail

POLL_S: Final = 0.02


class Listener(Protocol):
    """Who gets the events of a run. Both methods are called on the tailer's thread and must not block."""

    def ready(self) -> bool:
        """Whether it wants more now."""
        ...

    def take(self, run: str, lines: list[bytes]) -> None:
        """Events in their order, each one line of JSON."""
        ...


class Following:
    """One listener on one run."""

    def __init__(self, directory: RunDirectory, after_seq: int, listener: Listener) -> None:
        self.run: Final = directory.id
        self._tail: Final[Tail] = directory.tail(after_seq)
        self._listener: Final = listener
        self.over = False

    def look(self) -> None:
        """Pass on what has come."""
        if not (self._listener.ready() and self._tail.grown()):
            return
        lines = self._tail.read()
        if lines:
            self._listener.take(self.run, lines)
            self.over = b'"type":"finished"' in lines[-1][:200]


class Tailer:
    """The thread. It sleeps while nothing is followed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._following: list[Following] = []
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="hotspots-tailer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop it and wait for it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def follow(self, directory: RunDirectory, after_seq: int, listener: Listener) -> Following:
        """Send a run's events after a number to a listener, those there are and those to come."""
        following = Following(directory, after_seq, listener)
        with self._changed:
            self._following.append(following)
            self._changed.notify()
        return following

    def leave(self, following: Following) -> None:
        """Send no more."""
        following.over = True

    def _run(self) -> None:
        while True:
            with self._changed:
                self._following = [one for one in self._following if not one.over]
                while not self._following and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                current = list(self._following)
            for one in current:
                if not one.over:
                    self._look(one)
            with self._changed:
                if not self._stopping and len(self._following) == len(current):
                    self._changed.wait(POLL_S)

    @staticmethod
    def _look(one: Following) -> None:
        try:
            one.look()
        except Exception:
            one.over = True  # The disk does not give it to us, or it is no event: the others go on.
