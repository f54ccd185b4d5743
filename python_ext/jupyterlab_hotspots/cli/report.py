"""What the end of a run looks like on a terminal: the hot-spot table, the telemetry summary, the warnings."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyterlab_hotspots.cli import quantities
from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.profiles.arrow import lists_of

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.rank import Page
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
BAR_WIDTH: Final = 8
ROOMY_COLUMNS: Final = 110
"""From this width on a terminal has room for paths; below, a file's name must do."""


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


def hot_spots(console: Console, page: Page, *, by: str, cwd: str | None) -> None:
    """The ranking as a table, shares as bars beside the figures; `page` is a page of the functions table."""
    columns = lists_of(page.table)
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
    share_of = "total_share" if by == "total_s" else "own_share"
    roomy = console.width >= ROOMY_COLUMNS
    table.add_column("total" if by == "total_s" else "own", justify="right", no_wrap=True, min_width=6)
    if roomy:
        table.add_column("", width=BAR_WIDTH, no_wrap=True)
    table.add_column("own time", justify="right", no_wrap=True, min_width=8)
    table.add_column("total time", justify="right", no_wrap=True, min_width=10)
    table.add_column("calls", justify="right", no_wrap=True, min_width=max(5, _widest_count(rows)))
    table.add_column("function", overflow="ellipsis", no_wrap=True, max_width=44 if roomy else 24)
    table.add_column("where", style="dim", overflow="ellipsis", no_wrap=True)
    for row in rows:
        share = row.get(share_of)
        table.add_row(
            quantities.share(share),
            *([Text(_bar(share), style="red")] if roomy else []),
            quantities.seconds(row.get("own_s")),
            quantities.seconds(row.get("total_s")),
            quantities.count(row.get("calls")),
            Text(printable(row.get("qualname") or row["function"])),
            Text(printable(_where(row, cwd if roomy else None, short=not roomy))),
        )
    console.print(table)
    notes = [f"{len(rows)} of {page.matched - page.hidden} functions"]
    if page.hidden:
        notes.append(f"{page.hidden} of libraries hidden")
    console.print(Text(" · ".join(notes), style="dim"))


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
        grid.add_row("CPU", Text(sparkline(cpu), style="cyan"), f"mean {_mean(cpu):.0f} %, highest {max(cpu):.0f} %")
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


def _bar(share: float | None) -> str:
    if not share:
        return ""
    eighths = round(share * BAR_WIDTH * 8)
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def _widest_count(rows: Sequence[dict[str, Any]]) -> int:
    return max((len(quantities.count(row.get("calls"))) for row in rows), default=0)


def _where(row: dict[str, Any], cwd: str | None, *, short: bool) -> str:
    file = row.get("file")
    if not file:
        return "built-in"
    path = Path(file)
    if short:
        return f"{path.name}:{row.get('line')}"
    if "site-packages" in path.parts:
        path = Path(*path.parts[path.parts.index("site-packages") + 1 :])
    elif cwd and path.is_relative_to(cwd):
        path = path.relative_to(cwd)
    return f"{path}:{row.get('line')}"


def _columns(profile: Profile) -> dict[str, list[float]]:
    table = profile.table("telemetry")
    if table is None:
        return {}
    return {name: [value for value in values if value is not None] for name, values in lists_of(table).items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _mean_step(times: Sequence[float]) -> float:
    return (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.0
