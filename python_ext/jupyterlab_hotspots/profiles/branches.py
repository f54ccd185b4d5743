"""The children of one node of a tree, the largest first: so that a tree of any size can be unfolded step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.arrow import Indices, Mask, Numbers, Table, numbers_of

ROOTS: Final = -1
"""What stands for the parent of the roots."""

_COUNT: Final = "count"
_MEASURES: Final = (
    ("own_s", "total_s"),
    ("samples", "total_samples"),
    ("peak_bytes", None),
    ("leaked_bytes", None),
    ("temporary_bytes", None),
    (_COUNT, None),
    ("calls", None),
)
"""What a node may cost by itself and with its descendants, what says most first; None where that is their sum."""

_SIZE: Final = "size_bytes"
"""Of an object by itself: what holds another one is no part of its size, so these are never added up."""


@dataclass(frozen=True)
class Branches:
    """A page of the children of a node.

    Attributes:
        measure: the column that says what a node costs by itself; None if there is none.
        is_summed: whether totals are those of a node and its descendants, else they are those of the node alone.
        whole: the total of all roots; None if nothing is known of it.
        siblings: how many children the node has.
        rows: of the children on this page, by total from the largest; what has none comes last.
        total, known: of each of them, and whether there is one.
        count: allocations in each of them and below, and whether they are known; absent where none were counted.
        children: how many children each of them has.
    """

    measure: str | None
    is_summed: bool
    whole: float | None
    siblings: int
    rows: Indices
    total: Numbers
    known: Mask
    count: tuple[Numbers, Mask] | None
    children: Indices


def branches(tree: Table, parent: int, *, offset: int, limit: int) -> Branches:
    """The children of a row of a tree in preorder.

    Takes a few passes over the columns of the subtree, no Python per node: tens of milliseconds for a million.

    Args:
        parent: the row, or `ROOTS`.

    Raises:
        BadRequest: there is no such row.
    """
    if parent >= tree.num_rows:
        raise BadRequest(f"There is no node {parent}.", hint=f"The tree has {tree.num_rows}, counted from 0.")
    parents = _parents(tree)
    start = parent + 1
    # What stands behind the last descendant has a parent further up.
    outside = parents[start:] < parent
    end = start + int(outside.argmax()) if outside.any() else len(parents)
    below = parents[start:end]
    rows = start + np.flatnonzero(below == parent)
    children = np.bincount(below[below != parent] - start, minlength=end - start)[rows - start]
    measure, summed = _measure(tree)
    ends = np.append(rows[1:], end)
    total, known, whole = np.zeros(len(rows)), np.zeros(len(rows), np.bool_), None
    if measure is not None:
        total, known = _totals(tree, measure, summed, rows, ends)
        roots = np.flatnonzero(parents == ROOTS)
        amounts, there = _totals(tree, measure, summed, roots, np.append(roots[1:], len(parents)))
        whole = float(amounts[there].sum()) if there.any() else None
    order = np.lexsort((rows, -total, ~known))[offset : offset + limit]
    count = None
    if _COUNT in tree.column_names and measure != _COUNT:
        counts, counted = _totals(tree, _COUNT, None, rows, ends)
        count = counts[order], counted[order]
    return Branches(
        measure=measure,
        is_summed=measure != _SIZE,
        whole=whole,
        siblings=len(rows),
        rows=rows[order],
        total=total[order],
        known=known[order],
        count=count,
        children=children[order],
    )


def _parents(tree: Table) -> Indices:
    if "parent" not in tree.column_names:
        return np.full(tree.num_rows, ROOTS, np.int64)
    values, there = numbers_of(tree.column("parent"))
    return np.where(there, values, ROOTS).astype(np.int64)


def _measure(tree: Table) -> tuple[str | None, str | None]:
    names = set(tree.column_names)
    for own, total in _MEASURES:
        if total in names:
            return own, total
        if own in names:
            return own, None
    return (_SIZE, _SIZE) if _SIZE in names else (None, None)


def _totals(tree: Table, own: str, total: str | None, rows: Indices, ends: Indices) -> tuple[Numbers, Mask]:
    """What some nodes cost with their descendants: as it was measured, else summed up to the row after the last."""
    values, there = numbers_of(tree.column(total or own))
    if total is not None:
        return values[rows], there[rows]
    before = np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
    known_before = np.concatenate([np.zeros(1, np.int64), np.cumsum(there)])
    return before[ends] - before[rows], known_before[ends] > known_before[rows]
