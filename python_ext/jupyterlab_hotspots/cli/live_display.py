"""What a terminal shows while a run goes on: the target's own output, and below it one line that is alive.

The line carries figures, never only a spinner: elapsed time, CPU, memory, the hottest function so far, and a bar where
the target tells its progress.
"""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from jupyterlab_hotspots.cli.plain_display import PlainDisplay


class LiveDisplay(PlainDisplay):
    """Draws on stderr, which is a terminal."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._console = Console(stderr=True, highlight=False)
        self._live = Live(
            console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._pending: dict[str, bytes] = {"stdout": b"", "stderr": b""}

    def __enter__(self) -> LiveDisplay:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for rest in self._pending.values():
            if rest:
                self._console.print(_as_shown(rest))
        self._pending.clear()
        self._live.stop()

    def output(self, stream: str, chunk: bytes) -> None:
        """Pass on what the target printed: by whole lines above the live line, raw where that is no terminal."""
        if stream == "stdout" and not sys.stdout.isatty():
            super().output(stream, chunk)
            return
        *lines, self._pending[stream] = (self._pending[stream] + chunk).split(b"\n")
        if lines:
            self._console.print(Text("\n").join(_as_shown(line) for line in lines))

    def refresh(self) -> None:
        """Draw the current figures."""
        self._live.update(self._render(), refresh=True)

    def _render(self) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        cells: list[RenderableType] = [Text("●", style="green"), Text(self._name, style="bold")]
        if self._progress is not None:
            done, total, label = self._progress
            cells += [
                ProgressBar(total=total, completed=done, width=28),
                Text(f"{done:g}/{total:g} {label}".strip()),
            ]
        cells.append(Text(" · ".join(self._figures()), overflow="ellipsis", no_wrap=True))
        grid.add_row(*cells)
        return Group(*[_as_shown(rest) for rest in self._pending.values() if rest], grid)


def _as_shown(line: bytes) -> Text:
    """What a terminal would show of a line that was drawn over itself, as progress bars do; colours are kept."""
    last = next((part for part in reversed(line.split(b"\r")) if part), b"")
    return Text.from_ansi(last.decode("utf-8", "replace"))
