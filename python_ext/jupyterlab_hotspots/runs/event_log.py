"""Writes ``events.jsonl``: one event a line, numbered without gaps, whole lines only."""

from __future__ import annotations

import errno
import os
from time import monotonic

from jupyterlab_hotspots.runs.files import encode, open_to_append

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.runs.last_words import LastWords

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class EventLog:
    """The events of one run; only the holder of the run's lock may write them.

    When the disk is full, or gone for a while, the run goes on: what cannot be written is counted, and said when
    writing works again. A number is used up only by an event that was written, so readers never miss one.

    Args:
        path: ``events.jsonl``.
        run: the run's id, in every event.
        started: ``time.monotonic()`` of the run's start; ``t`` counts from it.
        seq: the number of the last event already in the file.
        last_words: where room may come from.
    """

    def __init__(
        self, path: str, run: str, *, started: float, seq: int = 0, last_words: LastWords | None = None
    ) -> None:
        self._descriptor = open_to_append(path)
        self._size = os.fstat(self._descriptor).st_size
        self._run = run
        self._started = started
        self._last_words = last_words
        self._torn = self._no_room = False
        self.seq = seq
        self.lost = 0
        """Events that could not be written and have not been spoken of yet."""
        self.disk_was_full = False

    def append(self, kind: str, fields: dict[str, Any], *, t: float | None = None, vital: bool = False) -> bool:
        """Write one event.

        Args:
            kind: its ``type``.
            fields: what it says, beside run, seq, t and type.
            t: seconds since the run's start; None for now.
            vital: worth the last reserved room.

        Returns:
            Whether it was written.
        """
        written = self._write(kind, fields, t)
        if written:
            if self.lost:
                self._say_what_was_lost()
            return True
        if self._no_room and not self.disk_was_full:
            self.disk_was_full = True
            self._warn_of_full_disk()
        if vital and self._last_words is not None:
            while not written and self._last_words.give_room():
                written = self._write(kind, fields, t)
        if not written:
            self.lost += 1
        return written

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _write(self, kind: str, fields: dict[str, Any], t: float | None) -> bool:
        since_start = monotonic() - self._started if t is None else t
        event = {"run": self._run, "seq": self.seq + 1, "t": round(since_start, 4), "type": kind, **fields}
        line = encode(event) + b"\n"
        try:
            if self._torn:
                os.ftruncate(self._descriptor, self._size)
            self._torn = True
            left = line
            while left:  # A line is cut where the disk became full; going on says why.
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            self._no_room = error.errno in _NO_ROOM
            self._take_back()
            return False
        self._torn = False
        self._size += len(line)
        self.seq += 1
        return True

    def _take_back(self) -> None:
        """Remove a line that may have been written in part; if even that fails, the next one tries again."""
        try:
            os.ftruncate(self._descriptor, self._size)
            self._torn = False
        except OSError:
            pass

    def _warn_of_full_disk(self) -> None:
        warning = {
            "code": "disk_full",
            "message": "The disk with the history is full: what the run measures from now on may be lost.",
            "hint": "Free some room; the run itself goes on.",
        }
        if self._last_words is None:
            return
        self._last_words.say({"warning": warning, "t": round(monotonic() - self._started, 4)})
        if self._last_words.give_room():
            self._write("warning", warning, None)

    def _say_what_was_lost(self) -> None:
        warning = {
            "code": "events_lost",
            "message": f"{self.lost} events could not be written while the disk was full or out of reach.",
            "hint": "Telemetry and live tables have a gap there; the profile itself may be whole.",
        }
        if self._write("warning", warning, None):
            self.lost = 0
