"""The types met so far, each with a number that stays, and how many objects of it there are.

All lists are made before the target's code begins and only filled later: so they are none of the objects that count,
and neither is what only they refer to.
"""

from __future__ import annotations

import sys

from .names import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .counters import Counts
    from .look import Look
    from .names import Owners


_OURS = "_jupyterlab_hotspots_"
"""What the names of the agent's and the collectors' own modules begin with."""
UNKNOWN = -1
"""Stands for a size that is not known."""


class Table:
    """By the number of the type.

    Attributes:
        names, origins: of the types.
        counts, sizes: how many objects there were at the last look, and their bytes or `UNKNOWN`.
        marked_counts, marked_sizes: the same at the mark.
    """

    def __init__(self, owners: Owners) -> None:
        self.names: list[str] = []
        self.origins: list[str] = []
        self.counts: list[int] = []
        self.sizes: list[int] = []
        self.marked_counts: list[int] = []
        self.marked_sizes: list[int] = []
        self._owners = owners
        self._places: dict[str, int] = {}
        self._sent: tuple[list[int], ...] = ([], [], [], [])

    def place_of(self, kind: type) -> int:
        """The number of a type; types of one name are one."""
        name = type_name(kind)
        return self._places[name] if name in self._places else self._new(name, self._owners.of(kind))

    def place_of_name(self, name: str) -> int:
        """The number of a type of which the dotted name is all that is known."""
        if name in self._places:
            return self._places[name]
        module = name.rpartition(".")[0]
        while module and module not in sys.modules:
            module = module.rpartition(".")[0]
        return self._new(name, self._owners.of_module(module))

    def _new(self, name: str, origin: str) -> int:
        self._places[name] = len(self.names)
        self.names.append(name)
        self.origins.append(origin)
        for column in (self.counts, self.sizes, self.marked_counts, self.marked_sizes):
            column.append(0)
        for column in self._sent:
            column.append(-1)
        return self._places[name]

    def take(self, look: Look) -> None:
        """Puts what was seen in the place of what was there before."""
        for place in range(len(self.names)):
            self.counts[place] = self.sizes[place] = 0
        for kind in look.kinds.values():
            place = self.place_of(kind.type)
            self.counts[place] += kind.count
            self.sizes[place] += kind.size_bytes

    def take_counts(self, counts: Counts) -> None:
        """The same with what another tool has counted."""
        for place in range(len(self.names)):
            self.counts[place] = self.sizes[place] = 0
        for name, count, size in counts:
            if name.startswith(_OURS):
                continue
            place = self.place_of_name(name)
            self.counts[place] += count
            self.sizes[place] = UNKNOWN if size is None else self.sizes[place] + size

    def mark(self) -> None:
        """Growth is counted from now on."""
        self.marked_counts[:] = self.counts
        self.marked_sizes[:] = self.sizes

    def growth(self, place: int) -> tuple[int, int]:
        """Objects and bytes more than at the mark."""
        return self.counts[place] - self.marked_counts[place], self.sizes[place] - self.marked_sizes[place]

    def columns(self, node_of: dict[int, int]) -> list[tuple[str, str, list[Any]]]:
        """All of it, for `write_columns`.

        Args:
            node_of: number of a type → row of the tree; -1 stands for none.
        """
        places = range(len(self.names))
        growth = [self.growth(place) for place in places]
        return [
            ("types.type", "text", self.names),
            ("types.origin", "text", self.origins),
            ("types.count", "int64", self.counts),
            ("types.size_bytes", "int64", self.sizes),
            ("types.growth_count", "int64", [count for count, _ in growth]),
            ("types.growth_bytes", "int64", [size for _, size in growth]),
            ("types.node", "int64", [node_of.get(place, -1) for place in places]),
        ]

    def changes(self, limit: int) -> dict[str, Any]:
        """What changed since it was asked for last, of the largest `limit` types by size and by number."""
        places = [*range(len(self.names))]
        if len(places) > limit:
            by_size = sorted(places, key=self.sizes.__getitem__, reverse=True)[:limit]
            by_count = sorted(places, key=self.counts.__getitem__, reverse=True)[:limit]
            places = [*{*by_size, *by_count}]
        new = [place for place in places if self._sent[0][place] < 0]
        changed: list[int] = []
        for place in places:
            values = (self.counts[place], self.sizes[place], self.marked_counts[place], self.marked_sizes[place])
            if any(sent[place] != value for sent, value in zip(self._sent, values, strict=True)):
                changed.append(place)
                for sent, value in zip(self._sent, values, strict=True):
                    sent[place] = value
        growth = [self.growth(place) for place in changed]
        return {
            "table": "sites",
            "define": {
                "id": new,
                "type": [self.names[place] for place in new],
                "origin": [self.origins[place] for place in new],
            },
            "update": {
                "id": changed,
                "count": [self.counts[place] for place in changed],
                "size_bytes": [self.sizes[place] for place in changed],
                "growth_count": [count for count, _ in growth],
                "growth_bytes": [size for _, size in growth],
            },
            "complete": len(places) == len(self.names),
        }
