"""Follows a run to its end: passes its output on, draws its figures, hands Ctrl-C to it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from jupyterlab_hotspots.cli import early_signals
from jupyterlab_hotspots.cli.plain_display import PlainDisplay
from jupyterlab_hotspots.errors import Conflict
from jupyterlab_hotspots.runs.cancel import cancel  # not in the handler: a second signal could interrupt its import
from jupyterlab_hotspots.runs.live_tables import LiveTables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_hotspots.runs.directory import RunDirectory

LOOK_EVERY_S: Final = 0.02
DRAW_EVERY_S: Final = 0.2
LOST_AFTER_S: Final = 2.0
CHUNK_BYTES: Final = 1 << 20


class Follower:
    """One run on a terminal.

    Ctrl-C stops the run, a second one less patiently; SIGTERM (a batch system's limit) does the same. SIGHUP leaves the
    run to itself: it goes on.
    """

    def __init__(self, directory: RunDirectory, *, quiet: bool) -> None:
        self._directory = directory
        self._quiet = quiet
        self._tail = directory.tail()
        self._tables = LiveTables()
        self._offsets = {"stdout": 0, "stderr": 0}
        self._cancelled = False
        self._ended = False

    def follow(self, early: Sequence[int] = ()) -> bool:
        """Return when the run has ended; whether it was cancelled from here.

        Args:
            early: signals that came already, see `early_signals.py`.
        """
        previous = {number: signal.signal(number, self._cancel) for number in early_signals.STOP}
        try:
            for number in early:
                self._cancel(number, None)
            with self._display() as display:
                self._loop(display)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
        return self._cancelled

    def _display(self) -> PlainDisplay:
        name = self._directory.request().target.name
        if self._quiet or not sys.stderr.isatty():
            return PlainDisplay(name, quiet=self._quiet)
        from jupyterlab_hotspots.cli.live_display import LiveDisplay

        return LiveDisplay(name)

    def _loop(self, display: PlainDisplay) -> None:
        drawn = checked = time.monotonic()
        while not self._ended:
            for event in self._tail.events():
                self._take(event, display)
            self._pass_output_on(display)
            now = time.monotonic()
            if now - drawn >= DRAW_EVERY_S:
                drawn = now
                display.refresh()
            if now - checked >= LOST_AFTER_S:
                checked = now
                self._ended = self._ended or self._directory.state() in ("ended", "lost")
            if not self._ended:
                time.sleep(LOOK_EVERY_S)
        while self._pass_output_on(display):  # what a fast program has printed may still be far ahead of us
            pass

    def _take(self, event: dict[str, Any], display: PlainDisplay) -> None:
        kind = event.get("type")
        if kind == "telemetry":
            display.telemetry({name: values[-1] for name, values in event["columns"].items() if values})
        elif kind == "progress":
            display.progress(event["done"], event["total"], event.get("label", ""))
        elif kind == "finished":
            self._ended = True
        elif (table := self._tables.apply(event)) is not None and event.get("table") == "functions" and table.elapsed_s:
            for row in table.rows("own_s", 1):
                name = str(row.get("qualname") or row.get("function") or "?")
                display.hottest(name, (row.get("own_s") or 0) / table.elapsed_s)

    def _pass_output_on(self, display: PlainDisplay) -> bool:
        """Pass on some of what has been printed; whether there was anything."""
        anything = False
        for stream, path in (("stdout", self._directory.stdout_file), ("stderr", self._directory.stderr_file)):
            for chunk in self._new_bytes(stream, path):
                display.output(stream, chunk)
                anything = True
        return anything

    def _new_bytes(self, stream: str, path: Path) -> list[bytes]:
        chunks: list[bytes] = []
        try:
            if path.stat().st_size <= self._offsets[stream]:
                return chunks
            with path.open("rb") as file:
                file.seek(self._offsets[stream])
                while chunk := file.read(CHUNK_BYTES):
                    self._offsets[stream] += len(chunk)
                    chunks.append(chunk)
                    if len(chunks) >= 16:
                        break
        except FileNotFoundError:
            pass
        return chunks

    def _cancel(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._cancelled = True
        if not self._quiet:
            os.write(2, f"\nstopping ({signal.Signals(number).name}) …\n".encode())
        try:
            cancel(self._directory)
        except Conflict:
            pass
