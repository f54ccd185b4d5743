"""What was held in which stack, by site, by line and as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar

import numpy as np

from jupyterlab_hotspots.profilers.preorder import Counts, outermost, preorder, summed, with_descendants
from jupyterlab_hotspots.profilers.source_lines import SourceLines

Place = tuple[str, int]
"""File and line."""


class Held:
    """What one look found.

    Args:
        stacks: places, innermost first, at least one each.
        rows: for each stack bytes and blocks held, and those held at the mark.
        origins: whose code each file is.
        has_stacks: whether more than the innermost place was kept.
    """

    VALUES: ClassVar[tuple[str, ...]] = ("size_bytes", "count", "mark_bytes", "mark_count")

    def __init__(
        self,
        stacks: Sequence[tuple[Place, ...]],
        rows: Sequence[tuple[int, ...]],
        origins: Sequence[tuple[str, str | None]],
        *,
        has_stacks: bool = False,
    ) -> None:
        self.has_stacks = has_stacks
        self._origins = dict(origins)
        node_of: dict[tuple[int, Place], int] = {}
        parents: list[int] = []
        places: list[Place] = []
        leaves: list[int] = []
        for stack in stacks:
            node = -1
            for place in reversed(stack):
                key = (node, place)
                node = node_of.setdefault(key, len(places))
                if node == len(places):
                    parents.append(key[0])
                    places.append(place)
            leaves.append(node)
        order, self._parents, self._ends = preorder(parents, [(*place, node) for node, place in enumerate(places)])
        self._places = [places[node] for node in order]
        row_of = np.zeros(len(order), np.int64)
        row_of[order] = np.arange(len(order))
        leaf_rows: Counts = row_of[np.asarray(leaves, np.int64)] if leaves else np.zeros(0, np.int64)
        sums = {
            name: summed(leaf_rows, np.asarray([row[at] for row in rows], np.int64), len(order))
            for at, name in enumerate(self.VALUES)
        }
        self._own: dict[str, Counts] = {
            "size_bytes": sums["size_bytes"],
            "count": sums["count"],
            "growth_bytes": sums["size_bytes"] - sums["mark_bytes"],
            "growth_count": sums["count"] - sums["mark_count"],
        }
        self._leaves = np.unique(leaf_rows)

    def sites(self, sources: SourceLines) -> dict[str, Any]:
        """Columns of `SiteRow`: a row for each line that holds something, or did at the mark, by whatever stack."""
        place_of: dict[Place, int] = {}
        rows: list[int] = self._leaves.tolist()
        at = np.asarray([place_of.setdefault(self._places[row], len(place_of)) for row in rows], np.int64)
        values = {name: summed(at, values[self._leaves], len(place_of)) for name, values in self._own.items()}
        return {**self._described(list(place_of), sources), **values}

    def lines(self, sources: SourceLines) -> dict[str, Any]:
        """Columns of `LineRow`; what is held at the end is what tools that watch allocations call leaked."""
        keys = [place if place[1] > 0 else None for place in self._places]
        first, row_places, is_outermost = outermost(keys, self._ends)
        known = row_places >= 0
        sizes, growth = self._own["size_bytes"], self._own["growth_bytes"]
        columns: dict[str, Any] = {
            **self._described([self._places[row] for row in first], sources),
            "leaked_bytes": summed(row_places[known], sizes[known], len(first)),
            "growth_bytes": summed(row_places[known], growth[known], len(first)),
        }
        if self.has_stacks:
            totals = with_descendants(sizes, self._ends)
            columns["total_leaked_bytes"] = summed(row_places[is_outermost], totals[is_outermost], len(first))
        return columns

    def tree(self) -> dict[str, Any] | None:
        """Columns of `NodeRow`; None where no stacks were kept. tracemalloc knows no names of functions."""
        if not self.has_stacks:
            return None
        parents = np.asarray(self._parents, np.float64)
        return {
            "parent": np.where(parents >= 0, parents, np.nan),
            "name": [f"{PurePosixPath(file).name}:{line}" for file, line in self._places],
            "kind": ["line"] * len(self._places),
            "file": [file for file, _ in self._places],
            "line": [line or None for _, line in self._places],
            "origin": [self._origins.get(file) for file, _ in self._places],
            "leaked_bytes": self._own["size_bytes"],
            "count": self._own["count"],
        }

    def _described(self, places: Sequence[Place], sources: SourceLines) -> dict[str, Any]:
        return {
            "file": [file for file, _ in places],
            "line": [line or None for _, line in places],
            "origin": [self._origins.get(file) for file, _ in places],
            "source": sources.column(places),
        }
