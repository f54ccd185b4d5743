"""Adds sampled stacks up to the tables of the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.profilers.preorder import preorder
from jupyterlab_hotspots.profilers.sampling.sampled import Sampled
from jupyterlab_hotspots.profilers.source_lines import SourceLines
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, LineRow, NodeRow, Origin, ProfileWarning, SampleRow
from jupyterlab_hotspots.profiles.tables import build

Column = npt.NDArray[np.float64]
OriginOf = Callable[[str], Origin]
_UNKNOWN: Final = float("nan")
_MIXED: Final = (0.25, 0.75)
"""A piece that was busy for less than the first part of its time was waiting, for more than the second working."""
_LONG_S: Final = 0.1
"""A piece so long is measured well enough whatever its parts were."""
_KNOWN: Final = 0.9
_SECONDS, _ACTIVE, _KNOWN_S, _RAN, _SAMPLES = range(5)
"""What is added up: the time that counts; the part of it on a CPU or ready for one; the part of which that is known;
the part on a CPU; looks."""
_WIDTH: Final = 5


@dataclass
class _Sums:
    """Rows of one table, summed up.

    Attributes:
        own: `_WIDTH` values for each.
        total: with everything it called.
    """

    keys: dict[Any, int] = field(default_factory=dict[Any, int])
    own: list[list[float]] = field(default_factory=list[list[float]])
    total: list[list[float]] = field(default_factory=list[list[float]])

    def row(self, key: Any) -> int:
        row = self.keys.get(key)
        if row is None:
            row = self.keys[key] = len(self.own)
            self.own.append([0.0] * _WIDTH)
            self.total.append([0.0] * _WIDTH)
        return row

    def columns(self) -> tuple[Column, Column]:
        """Own and total, each of shape (rows, 5)."""
        return _matrix(self.own), _matrix(self.total)


def measurements_of(
    sampled: Sampled,
    origin_of: OriginOf,
    sources: SourceLines,
    *,
    started: float,
    warnings: tuple[ProfileWarning, ...],
) -> Measurements:
    """The tables of a run.

    Args:
        sampled: what was sampled.
        origin_of: whose code a file is.
        sources: the text of lines.
        started: when the code started, in seconds of the monotonic clock.
        warnings: what the reader of the tables should know.
    """
    weights = _weigh(sampled)
    functions, lines, edges, tree = _Sums(), _Sums(), _Sums(), _Tree()
    leaves: dict[int, int] = {}
    for stack, frames in enumerate(sampled.stacks):
        values = weights[stack].tolist()
        path = [sampled.frames[place] for place in frames]
        leaves[stack] = tree.add(path, values)
        function_rows = [functions.row((frame[2], frame[0], frame[4])) for frame in path]
        _count(functions, function_rows, values)
        _count(lines, [lines.row((frame[2], frame[3])) for frame in path if frame[3]], values)
        # A call within a recursion counts once, like the function itself.
        _count(edges, [edges.row(edge) for edge in pairwise(function_rows)], values)
    qualnames = {(file, name, first): qualname for name, qualname, file, _, first in sampled.frames}
    node_of, tree_table = tree.table(origin_of)
    return Measurements(
        functions=_functions(functions, qualnames, origin_of),
        edges=_edges(edges),
        lines=_lines(lines, _enclosing(sampled), origin_of, sources),
        tree=tree_table,
        samples=_samples(sampled, {stack: int(node_of[node]) for stack, node in leaves.items()}, started),
        warnings=warnings,
    )


def _count(sums: _Sums, rows: list[int], values: list[float]) -> None:
    if rows:
        sums.own[rows[-1]] = [a + b for a, b in zip(sums.own[rows[-1]], values, strict=True)]
    for row in set(rows):
        sums.total[row] = [a + b for a, b in zip(sums.total[row], values, strict=True)]


def _weigh(sampled: Sampled) -> Column:
    """What each stack counts for; shape (stacks, 5)."""
    columns: Column = np.zeros((len(sampled.stacks), _WIDTH))
    for window in sampled.windows:
        looks = window.looks / window.seconds
        for thread in window.threads:
            for stack, seconds, active, ran in thread.pieces:
                if stack < 0:
                    continue
                columns[stack] += (seconds, *_spent(seconds, active, ran), seconds * looks)
    return columns


def _spent(seconds: float, active: float | None, ran: float | None) -> tuple[float, float, float]:
    """Of a piece: the time on a CPU or ready for one, the time of which that is known, the time on a CPU."""
    if active is None or ran is None or not seconds:
        return 0.0, 0.0, 0.0
    if seconds >= _LONG_S:
        return active, seconds, ran
    # The clocks are read every 25 ms: what alternates faster is a mixture, and told apart by nobody.
    share = active / seconds
    if _MIXED[0] < share < _MIXED[1]:
        return 0.0, 0.0, 0.0
    return (seconds, seconds, ran) if share >= _MIXED[1] else (0.0, seconds, 0.0)


def _functions(sums: _Sums, qualnames: dict[Any, str | None], origin_of: OriginOf) -> Any:
    own, total = sums.columns()
    keys = list(sums.keys)
    return build(
        FunctionRow,
        {
            "function": [name for _, name, _ in keys],
            "qualname": [qualnames.get(key) for key in keys],
            "file": [file or None for file, _, _ in keys],
            "line": [first or None for _, _, first in keys],
            "origin": [origin_of(file) for file, _, _ in keys],
            "own_s": own[:, _SECONDS],
            "total_s": total[:, _SECONDS],
            "samples": _whole(own[:, _SAMPLES]),
            "total_samples": _whole(total[:, _SAMPLES]),
            **_busy(own),
        },
    )


def _edges(sums: _Sums) -> Any:
    own, total = sums.columns()
    keys = list(sums.keys)
    return build(
        EdgeRow,
        {
            "caller": [caller for caller, _ in keys],
            "callee": [callee for _, callee in keys],
            "own_s": own[:, _SECONDS],
            "total_s": total[:, _SECONDS],
            "samples": _whole(total[:, _SAMPLES]),
        },
    )


def _enclosing(sampled: Sampled) -> dict[tuple[str, int], tuple[str, int]]:
    """For each line, given by file and number, the function it is written in: plain name and first line.

    A lambda or comprehension shares its line with the function around it, which begins before it and has a name.
    """
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for name, _, file, line, first in sampled.frames:
        known = found.get((file, line))
        if known is None or (name.startswith("<"), first) < (known[0].startswith("<"), known[1]):
            found[file, line] = (name, first)
    return found


def _lines(
    sums: _Sums, enclosing: dict[tuple[str, int], tuple[str, int]], origin_of: OriginOf, sources: SourceLines
) -> Any:
    own, total = sums.columns()
    keys: list[tuple[str, int]] = list(sums.keys)
    return build(
        LineRow,
        {
            "file": [file or None for file, _ in keys],
            "line": [line for _, line in keys],
            "source": sources.column(keys),
            "function": [enclosing[key][0] for key in keys],
            "function_line": [enclosing[key][1] or None for key in keys],
            "origin": [origin_of(file) for file, _ in keys],
            "own_s": own[:, _SECONDS],
            "time_s": total[:, _SECONDS],
            "samples": _whole(own[:, _SAMPLES]),
            "total_samples": _whole(total[:, _SAMPLES]),
            **_busy(own),
        },
    )


def _samples(sampled: Sampled, node_of: dict[int, int], started: float) -> Any:
    columns: dict[str, list[Any]] = {name: [] for name in ("t_s", "process", "thread", "node", "duration_s", "idle")}
    for window in sampled.windows:
        for thread in window.threads:
            moment = window.began - started + thread.first
            for stack, seconds, active, _ in thread.pieces:
                if stack >= 0 and node_of[stack] >= 0:
                    columns["t_s"].append(moment)
                    columns["process"].append(thread.pid)
                    columns["thread"].append(thread.name or str(thread.tid))
                    columns["node"].append(node_of[stack])
                    columns["duration_s"].append(seconds)
                    columns["idle"].append(None if active is None else active < seconds / 2)
                moment += seconds
    return build(SampleRow, columns)


def _busy(own: Column) -> dict[str, Column]:
    """CPU and waiting time, where they are known of nearly all of it: then as its known part divides.

    What is neither was ready to run, but had no CPU.
    """
    seconds, active, known_s, ran = own[:, _SECONDS], own[:, _ACTIVE], own[:, _KNOWN_S], own[:, _RAN]
    known = (seconds > 0) & (known_s >= _KNOWN * seconds)
    whole = np.divide(seconds, known_s, out=np.zeros(len(own)), where=known)
    return {
        "cpu_s": np.where(known, whole * ran, _UNKNOWN),
        "idle_s": np.where(known, whole * (known_s - active), _UNKNOWN),
    }


def _matrix(rows: list[list[float]]) -> Column:
    """Shape (rows, 5)."""
    matrix: Column = np.zeros((len(rows), _WIDTH))
    if rows:
        matrix[:] = rows
    return matrix


def _whole(samples: Column) -> npt.NDArray[np.int64]:
    return np.rint(samples).astype(np.int64)


class _Tree:
    """Calls by path; a node is a function and the line that ran in it."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, tuple[Any, ...]], int] = {}
        self._parents: list[int] = []
        self._frames: list[tuple[Any, ...]] = []
        self._own: list[list[float]] = []

    def add(self, path: list[tuple[str, str | None, str, int, int]], values: list[float]) -> int:
        """Counts a stack; gives the number of its innermost node."""
        node = -1
        for name, _, file, line, first in path:
            parent, key = node, (node, (name, file, line, first))
            node = self._ids.setdefault(key, len(self._frames))
            if node == len(self._frames):
                self._frames.append(key[1])
                self._own.append([0.0] * _WIDTH)
                self._parents.append(parent)
        self._own[node] = [a + b for a, b in zip(self._own[node], values, strict=True)]
        return node

    def table(self, origin_of: OriginOf) -> tuple[npt.NDArray[np.int64], Any]:
        """The row of each node, and the table: every node stands before its children, which follow it."""
        order, parents, _ = preorder(self._parents, range(len(self._parents)))
        row_of = np.full(len(order), -1, np.int64)
        row_of[order] = np.arange(len(order))
        own = _matrix([self._own[node] for node in order])
        total: Column = own + 0.0
        for row in range(len(order) - 1, -1, -1):
            if parents[row] >= 0:
                total[parents[row]] += total[row]
        frames = [self._frames[node] for node in order]
        table = build(
            NodeRow,
            {
                "parent": [parent if parent >= 0 else None for parent in parents],
                "name": [name for name, *_ in frames],
                "file": [file or None for _, file, _, _ in frames],
                "line": [line or None for _, _, line, _ in frames],
                "function_line": [first or None for *_, first in frames],
                "origin": [origin_of(file) for _, file, _, _ in frames],
                "own_s": own[:, _SECONDS],
                "total_s": total[:, _SECONDS],
                "samples": _whole(own[:, _SAMPLES]),
                "total_samples": _whole(total[:, _SAMPLES]),
                "idle_s": _busy(own)["idle_s"],
            },
        )
        return row_of, table
