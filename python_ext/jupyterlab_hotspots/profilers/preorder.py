"""Trees as the model wants them: nodes in preorder, and sums over what lies below each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
_LARGEST_SUM: Final = 2.0**62


def preorder(parents: Sequence[int], rank: Sequence[Any]) -> tuple[list[int], list[int], Counts]:
    """The order of a tree's nodes in which each stands directly before its descendants.

    Args:
        parents: of each node, -1 for a root; no circles.
        rank: siblings come in this order.

    Returns:
        The nodes in that order; for each row the row of its parent, -1 for a root; for each row the one after its last
        descendant.
    """
    children: list[list[int]] = [[] for _ in parents]
    roots: list[int] = []
    for node, parent in enumerate(parents):
        (children[parent] if parent >= 0 else roots).append(node)
    for siblings in (roots, *children):
        siblings.sort(key=rank.__getitem__)
    order: list[int] = []
    parent_rows: list[int] = []
    pending = [(node, -1) for node in reversed(roots)]
    while pending:
        node, parent_row = pending.pop()
        row = len(order)
        order.append(node)
        parent_rows.append(parent_row)
        pending += [(child, row) for child in reversed(children[node])]
    ends = [row + 1 for row in range(len(order))]
    for row in range(len(order) - 1, -1, -1):
        parent_row = parent_rows[row]
        if parent_row >= 0:
            ends[parent_row] = max(ends[parent_row], ends[row])
    return order, parent_rows, np.asarray(ends, np.int64)


def summed(places: Counts, values: Counts, size: int) -> Counts:
    """Integers summed by place: `np.bincount` would go through floats, which are exact up to 2**53 only."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, places, values)
    return sums


def can_be_summed(values: Counts) -> bool:
    """Whether these are no negative numbers and their sum is one that a column holds, as those of a real run are."""
    return not len(values) or (int(values.min()) >= 0 and float(values.sum(dtype=np.float64)) < _LARGEST_SUM)


def with_descendants(values: Counts, ends: Counts) -> Counts:
    """For each row in preorder, its value and those of its descendants together."""
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    return running[ends] - running[np.arange(len(values))]


def outermost(keys: Sequence[Any], ends: Counts) -> tuple[list[int], Counts, npt.NDArray[np.bool_]]:
    """Rows of the same key as one thing, whose total counts each descendant once.

    Args:
        keys: of each row in preorder; None for a row that is part of nothing.
        ends: for each row the one after its last descendant.

    Returns:
        The first row of each key; for each row the place of its key among those, -1 for None; whether no row above it
        has the same key: the totals of these rows add up to that of the key.
    """
    place_of: dict[Any, int] = {}
    first: list[int] = []
    busy_until: list[int] = []
    places = np.full(len(keys), -1, np.int64)
    found = np.zeros(len(keys), np.bool_)
    for row, key in enumerate(keys):
        if key is None:
            continue
        place = place_of.get(key)
        if place is None:
            place = place_of[key] = len(first)
            first.append(row)
            busy_until.append(0)
        places[row] = place
        if row >= busy_until[place]:
            found[row] = True
            busy_until[place] = int(ends[row])
    return first, places, found
