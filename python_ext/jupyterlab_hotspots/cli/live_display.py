"""What a terminal shows while a run goes on: the target's own output, and below it one line that is alive.

The line carries figures, never only a spinner: elapsed time, CPU, memory, the hottest function so far, and a bar where
the target tells its progress. On a log instead of a terminal there is a plain line now and then.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import IO, Any, Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from jupyterlab_hotspots.cli import quantities
from jupyterlab_hotspots.cli.printable import printable

PLAIN_LINE_EVERY_S: Final = 15.0


class LiveDisplay:
    """Draws on stderr, so that the target's stdout can be piped on untouched."""

    def __init__(self, name: str, *, quiet: bool = False) -> None:
        self._name = printable(name)
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False)
        self._live = Live(
            console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._alive = self._console.is_terminal and not quiet
        self._started = time.monotonic()
        self._last_plain = self._started
        self._telemetry: dict[str, Any] = {}
        self._progress: tuple[float, float, str] | None = None
        self._hottest: tuple[str, float] | None = None
        self._pending: dict[str, bytes] = {"stdout": b"", "stderr": b""}

    def __enter__(self) -> LiveDisplay:
        if self._alive:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._flush_pending()
        if self._alive:
            self._live.stop()

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
        """Pass on what the target printed: raw to a pipe or file, by whole lines above the live line on a terminal."""
        if not self._alive:
            self._write_raw(stream, chunk)
            return
        *lines, rest = (self._pending[stream] + chunk).split(b"\n")
        self._pending[stream] = rest
        if not _is_terminal(stream):
            self._pending[stream] = b""
            self._write_raw(stream, chunk)
        elif lines:
            self._console.print(Text.from_ansi("\n".join(_last_of_carriage_returns(line) for line in lines)))

    def refresh(self) -> None:
        """Draw the current figures; call it a few times a second."""
        if self._alive:
            self._live.update(self._render(), refresh=True)
        elif not self._quiet and time.monotonic() - self._last_plain >= PLAIN_LINE_EVERY_S:
            self._last_plain = time.monotonic()
            print(self._plain_line(), file=sys.stderr, flush=True)

    def _figures(self) -> list[str]:
        figures = [quantities.seconds(time.monotonic() - self._started)]
        if (cpu := self._telemetry.get("cpu_percent")) is not None:
            figures.append(f"CPU {cpu:.0f} %")
        if (rss := self._telemetry.get("rss_bytes")) is not None:
            figures.append(f"RAM {quantities.size(rss)}")
        if self._hottest is not None:
            figures.append(f"{self._hottest[0]} {quantities.share(self._hottest[1])}")
        return figures

    def _plain_line(self) -> str:
        steps = [f"{self._progress[0]:.0f}/{self._progress[1]:.0f} {self._progress[2]}"] if self._progress else []
        return f"{self._name}: " + " · ".join([*steps, *self._figures()])

    def _render(self) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        cells: list[RenderableType] = [Text("●", style="green"), Text(self._name, style="bold")]
        if self._progress is not None:
            done, total, label = self._progress
            cells += [
                ProgressBar(total=total, completed=done, width=28),
                Text(f"{done:.0f}/{total:.0f} {label}".strip()),
            ]
        cells.append(Text(" · ".join(self._figures()), overflow="ellipsis", no_wrap=True))
        grid.add_row(*cells)
        partial = [Text.from_ansi(_last_of_carriage_returns(rest)) for rest in self._pending.values() if rest]
        return Group(*partial, grid)

    def _flush_pending(self) -> None:
        for stream, rest in self._pending.items():
            if rest and self._alive:
                self._console.print(Text.from_ansi(_last_of_carriage_returns(rest)))
            self._pending[stream] = b""

    @staticmethod
    def _write_raw(stream: str, chunk: bytes) -> None:
        target: IO[bytes] = sys.stdout.buffer if stream == "stdout" else sys.stderr.buffer
        target.write(chunk)
        target.flush()


def _is_terminal(stream: str) -> bool:
    return (sys.stdout if stream == "stdout" else sys.stderr).isatty()


def _last_of_carriage_returns(line: bytes) -> str:
    """What a terminal would show of a line that was drawn over itself, as progress bars do."""
    return next((part for part in reversed(line.split(b"\r")) if part), b"").decode("utf-8", "replace")
