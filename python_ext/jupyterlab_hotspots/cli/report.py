"""What the end of a run looks like on a terminal: the headline, the telemetry summary, the warnings."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.formats import quantities
from jupyterlab_hotspots.profiles.arrow import lists_of

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.run_info import RunInfo

STATUS_STYLE: Final = {
    "queued": "dim",
    "running": "cyan",
    "succeeded": "green",
    "failed": "bold red",
    "cancelled": "yellow",
    "lost": "bold red",
}
SPARKS: Final = "▁▂▃▄▅▆▇█"


def headline(console: Console, run: RunInfo) -> None:
    """One line: how the run ended, how long it took, what it used."""
    line = Text()
    line.append(run.status, style=STATUS_STYLE.get(run.status, ""))
    line.append(f"  {printable(run.target.name)}", style="bold")
    line.append(f"  under {run.profiler}")
    if run.exit_code:
        line.append(f"  exit {run.exit_code}")
    console.print(line)
    if run.reason:
        console.print(Text(printable(run.reason), style="red" if run.status in ("failed", "lost") else ""))


def telemetry(console: Console, profile: Profile) -> None:
    """Two lines of figures with a small curve of CPU and of memory over the run."""
    run = profile.run
    columns = _columns(profile)
    cpu = columns.get("cpu_percent", [])
    rss = columns.get("rss_bytes", [])
    line = [f"wall {quantities.seconds(run.wall_s)}"]
    if run.code_s is not None:
        line.append(f"code {quantities.seconds(run.code_s)}")
    if run.import_s is not None and run.import_s >= 1e-3:
        line.append(f"imports {quantities.seconds(run.import_s)}")
    line.append(f"CPU time {quantities.seconds(run.cpu_s)}")
    console.print(" · ".join(line))
    grid = Table.grid(padding=(0, 2))
    if cpu:
        # As cores: 49 % would read as half of the machine.
        figures = f"mean {_mean(cpu) / 100:.2f} cores, highest {max(cpu) / 100:.2f}"
        grid.add_row("CPU", Text(sparkline(cpu), style="cyan"), figures)
    if rss:
        limit = f" of {quantities.size(run.memory_bytes)}" if run.memory_bytes else ""
        peak = run.peak_rss_bytes if run.peak_rss_bytes is not None else max(rss)
        grid.add_row("RAM", Text(sparkline(rss), style="cyan"), f"peak {quantities.size(peak)}{limit}")
    step = _mean_step(columns.get("t_s", []))
    moved = [
        f"{verb} {quantities.size(sum(values) * step)}"
        for name, verb in (("read_bytes_per_s", "read"), ("write_bytes_per_s", "written"))
        if (values := columns.get(name))
    ]
    if moved:
        grid.add_row("I/O", "", ", ".join(moved))
    counts = [
        f"{int(max(values))} {many if max(values) > 1 else one}"
        for name, one, many in (("processes", "process", "processes"), ("threads", "thread", "threads"))
        if (values := columns.get(name))
    ]
    if counts:
        grid.add_row("most", "", ", ".join(counts))
    console.print(grid)


def warnings(console: Console, messages: Sequence[Any]) -> None:
    """Every warning with its hint: a profile that lost data says so."""
    for one in messages:
        console.print(Text(f"Warning: {printable(one.message)}", style="yellow"))
        if one.hint:
            console.print(Text(f"  {printable(one.hint)}", style="dim"))


def sparkline(values: Sequence[float], width: int = 24) -> str:
    """The values as one line of blocks from 0 to their highest, each block the highest value in its span."""
    if not values:
        return ""
    highest = max(values) or 1.0
    width = min(width, len(values))
    edges = [round(index * len(values) / width) for index in range(width + 1)]
    peaks = [max(values[low:high]) for low, high in itertools.pairwise(edges)]
    return "".join(SPARKS[min(7, max(0, math.ceil(8 * peak / highest) - 1))] for peak in peaks)


def _columns(profile: Profile) -> dict[str, list[float]]:
    table = profile.table("telemetry")
    if table is None:
        return {}
    return {name: [value for value in values if value is not None] for name, values in lists_of(table).items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _mean_step(times: Sequence[float]) -> float:
    return (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.0
