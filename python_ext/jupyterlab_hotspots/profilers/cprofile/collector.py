"""Runs in the profiled process: counts with cProfile, and reads its table while it counts."""

from __future__ import annotations

import _lsprof
import sys
import time

from .active import Active
from .doubts import doubts
from .table import Table, Totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from functools import partial
    from types import FrameType
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools
else:
    from _functools import partial

_MONITORED = sys.version_info >= (3, 12)
"""cProfile is a tool of `sys.monitoring` from then on: it sees all threads, and no profile function replaces it."""

_PYTHON = ".".join(map(str, sys.version_info[:3]))

_clock = partial(time.perf_counter)
_monotonic = partial(time.monotonic)
_current_frame = partial(sys._getframe)  # pyright: ignore[reportPrivateUsage]
_profile_function = partial(sys.getprofile)
_length = partial(len)
_rounded = partial(round)
_ordered = partial(sorted)


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run; cProfile has no options."""
    return Collector(tools)


class _Profiler(_lsprof.Profiler):
    """A profiler that survives `sys.setprofile(sys.getprofile())`, as code does that puts its own function in between.

    Up to 3.11 `sys.getprofile` returns the profiler, and setting that makes Python call it instead of its C function.
    """

    replaced = False

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        self.replaced = True
        self.enable()


class Collector:
    """See `profilers/protocol.py` for what a collector is.

    Attributes:
        import_s: wall time of all imports as of the last look; None before that.
    """

    def __init__(self, tools: Tools) -> None:
        self.import_s: float | None = None
        self._tools = tools
        self._table = Table(tools.files, tools.origins)
        self._profiler = _Profiler()
        self._read = partial(self._profiler.getstats)
        # What is called by going through an iterator is called by no instruction that calls: so the last thing that is
        # done with the profiler is not the last thing in its table.
        self._disabling: Iterator[object] = iter(self._profiler.disable, None)
        self._active: Active | None = None
        self._counts = False
        self._replaced = False
        self._sent = Totals(0)

    def start(self) -> None:
        self._counts = True
        self._active = Active(_clock())
        self._profiler.enable()

    def stop(self) -> None:
        if not self._counts:
            return
        other = None if _MONITORED else _profile_function()
        self._replaced = self._profiler.replaced or (not _MONITORED and other is not self._profiler)
        try:
            for _ in self._disabling:
                pass
        except ValueError:
            self._replaced = True  # The code has given cProfile's place in sys.monitoring away.
        self._counts = False
        if other is not None and other is not self._profiler:
            # Disabling ours has taken away theirs, which functions at exit may still want.
            other.enable() if isinstance(other, _lsprof.Profiler) else sys.setprofile(other)  # pyright: ignore

    def snapshot(self, limit: int) -> dict[str, Any] | None:
        """The largest rows that changed since the last snapshot, `limit` by own and `limit` by total time."""
        totals = self._look().totals
        rows = [place for place in range(_length(totals.calls)) if totals.calls[place] > 0]
        largest = rows
        if _length(rows) > limit:
            by_own = _ordered(rows, key=totals.own.__getitem__, reverse=True)[:limit]
            by_total = _ordered(rows, key=totals.total.__getitem__, reverse=True)[:limit]
            largest = [*{*by_own, *by_total}]
        table, sent = self._table, self._sent
        sent.grow(_length(table.names))
        changed = [
            place
            for place in largest
            if totals.calls[place] != sent.calls[place]
            or totals.own[place] != sent.own[place]
            or totals.total[place] != sent.total[place]
        ]
        new = [place for place in changed if sent.calls[place] == 0]
        for place in changed:
            sent.calls[place] = totals.calls[place]
            sent.own[place] = totals.own[place]
            sent.total[place] = totals.total[place]
        return {
            "table": "functions",
            "define": {
                "id": new,
                "function": [table.names[place] for place in new],
                "qualname": [table.qualnames[place] for place in new],
                "file": [table.files[place] for place in new],
                "line": [table.lines[place] for place in new],
                "origin": [table.origins[place] for place in new],
            },
            "update": {
                "id": changed,
                "calls": [totals.calls[place] for place in changed],
                "primitive_calls": [totals.primitive[place] for place in changed],
                "own_s": [_rounded(totals.own[place], 6) for place in changed],
                "total_s": [_rounded(totals.total[place], 6) for place in changed],
            },
            "complete": largest is rows,
        }

    def write(self, folder: str) -> None:
        """Writes all functions and edges to `cprofile.columns`; row numbers are the ids of the live rows."""
        look = self._look(with_edges=True)
        totals, edges, table = look.totals, look.edges, self._table
        sums = [edges[edge] for edge in edges]
        about = {
            "final": not self._counts,
            "t": _monotonic(),
            "python": _PYTHON,
            "import_s": self.import_s,
        }
        self._tools.write_columns(
            f"{folder}/cprofile.columns",
            about,
            [
                ("functions.function", "text", table.names),
                ("functions.qualname", "text", table.qualnames),
                ("functions.file", "text", table.files),
                ("functions.line", "int64", [0 if line is None else line for line in table.lines]),
                ("functions.origin", "text", table.origins),
                ("functions.calls", "int64", totals.calls),
                ("functions.primitive_calls", "int64", totals.primitive),
                ("functions.own_s", "float64", totals.own),
                ("functions.total_s", "float64", totals.total),
                ("edges.caller", "int64", [edge[0] for edge in edges]),
                ("edges.callee", "int64", [edge[1] for edge in edges]),
                ("edges.calls", "int64", [row[0] for row in sums]),
                ("edges.primitive_calls", "int64", [row[1] for row in sums]),
                ("edges.own_s", "float64", [row[2] for row in sums]),
                ("edges.total_s", "float64", [row[3] for row in sums]),
            ],
        )

    def warnings(self) -> list[dict[str, str]]:
        """What makes the table doubtful; asked for after `stop`."""
        return doubts(self._table.names, self._look().totals.calls, monitored=_MONITORED, replaced=self._replaced)

    def _look(self, *, with_edges: bool = False) -> _Look:
        entries = self._read()
        now = _clock()
        table = self._table
        places = table.meet([entry[0] for entry in entries])
        stack = table.meet(self._stack())
        # Before the totals: a callee that has not returned yet has a row because of its edge.
        edges = table.edges(entries, places) if with_edges else {}
        totals = table.totals(entries, places)
        if self._active is not None and stack:
            active = self._active.look(now, stack, totals)
            _add(stack, active, totals, edges if with_edges else None)
        place = table.import_place
        self.import_s = 0.0 if place is None else totals.total[place]
        return _Look(totals, edges)

    def _stack(self) -> list[Any]:
        """The code objects of the target's calls on this thread's stack, outermost first."""
        codes: list[Any] = []
        frame = _current_frame() if self._counts else None
        ours = self._tools.files
        while frame is not None and frame.f_code.co_filename in ours:
            frame = frame.f_back
        while frame is not None and frame.f_code.co_filename not in ours:
            codes += [frame.f_code]
            frame = frame.f_back
        return codes[::-1]


class _Look:
    """All that is known at one moment."""

    def __init__(self, totals: Totals, edges: dict[tuple[int, int], list[Any]]) -> None:
        self.totals = totals
        self.edges = edges


def _add(
    stack: list[int],
    active: list[tuple[int, float, float]],
    totals: Totals,
    edges: dict[tuple[int, int], list[Any]] | None,
) -> None:
    """Adds the calls on the stack, as cProfile itself would if it were stopped now."""
    for place in stack:
        totals.calls[place] += 1
    for place, total_s, own_s in active:
        totals.primitive[place] += 1
        totals.total[place] += total_s
        totals.own[place] += own_s
    if edges is None:
        return
    outermost = {place: (own_s, total_s) for place, total_s, own_s in active}
    for caller, callee in zip(stack[:-1], stack[1:], strict=True):  # noqa: RUF007  (a target may have an itertools.py)
        if (caller, callee) not in edges:
            edges[caller, callee] = [0, 0, 0.0, 0.0]
        sums = edges[caller, callee]
        sums[0] += 1
        if callee in outermost:
            own_s, total_s = outermost[callee]
            del outermost[callee]
            sums[1] += 1
            sums[2] += own_s
            sums[3] += total_s
