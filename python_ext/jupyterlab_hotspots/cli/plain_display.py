"""What a log or a pipe is shown while a run goes on: the output of the target, and now and then a line of figures."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import IO, Any, Final

from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.formats import quantities

PLAIN_LINE_EVERY_S: Final = 15.0


class PlainDisplay:
    """Writes on stderr, so that the target's stdout can be piped on untouched. `LiveDisplay` draws a terminal.

    Args:
        name: what is run.
        quiet: only what the target itself prints.
    """

    def __init__(self, name: str, *, quiet: bool = False) -> None:
        self._name = printable(name)
        self._quiet = quiet
        self._started = time.monotonic()
        self._last_line = self._started
        self._telemetry: dict[str, Any] = {}
        self._progress: tuple[float, float, str] | None = None
        self._hottest: tuple[str, float] | None = None

    def __enter__(self) -> PlainDisplay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        pass

    def telemetry(self, latest: dict[str, Any]) -> None:
        """Take the newest value of each telemetry column."""
        self._telemetry.update((name, value) for name, value in latest.items() if value is not None)

    def progress(self, done: float, total: float, label: str) -> None:
        """Take how far the target says it is."""
        self._progress = (done, total, printable(label))

    def hottest(self, function: str, share: float) -> None:
        """Take the function with the largest own time so far and its share of the whole."""
        self._hottest = (printable(function), share)

    def output(self, stream: str, chunk: bytes) -> None:
        """Pass on what the target printed, byte by byte."""
        target: IO[bytes] = sys.stdout.buffer if stream == "stdout" else sys.stderr.buffer
        target.write(chunk)
        target.flush()

    def refresh(self) -> None:
        """Say how it goes; call it a few times a second."""
        if not self._quiet and time.monotonic() - self._last_line >= PLAIN_LINE_EVERY_S:
            self._last_line = time.monotonic()
            print(self._line(), file=sys.stderr, flush=True)

    def _line(self) -> str:
        steps = [f"{self._progress[0]:g}/{self._progress[1]:g} {self._progress[2]}"] if self._progress else []
        return f"{self._name}: " + " · ".join([*steps, *self._figures()])

    def _figures(self) -> list[str]:
        figures = [quantities.seconds(time.monotonic() - self._started)]
        if (cpu := self._telemetry.get("cpu_percent")) is not None:
            figures.append(f"CPU {cpu / 100:.2f} cores")
        if (rss := self._telemetry.get("rss_bytes")) is not None:
            figures.append(f"RAM {quantities.size(rss)}")
        if self._hottest is not None:
            figures.append(f"{self._hottest[0]} {quantities.share(self._hottest[1])}")
        return figures
