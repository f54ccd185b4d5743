"""Which row of one table is which row of another: the same function, line or site in two profiles.

Rows are matched in steps, each among what the steps before have left: first what is the same to the last detail, then
what has moved. Equal keys that occur several times are paired in the order of their lines, if both sides have equally
many. Where they have not (three lambdas before, four now), the step decides nothing: a row shown as gone and another as
new is honest, a wrong pair is not. Nothing depends on which side is called which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from jupyterlab_hotspots.profiles.arrow import Indices, Mask, Table, valid_of
from jupyterlab_hotspots.profiles.keys import group_rows
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, Row, SiteRow
from jupyterlab_hotspots.profiles.tables import numbers


@dataclass(frozen=True)
class Step:
    """Rows are the same if these columns are equal.

    Attributes:
        key: the columns; a missing value equals a missing value.
        needs: only rows that have a value in each of these columns take part.
        lacks: only rows that have no value in any of these columns take part.
        in_function: the place of the line within its function must be equal too.
    """

    key: tuple[str, ...]
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    in_function: bool = False


STEPS: Final[dict[type[Row], tuple[Step, ...]]] = {
    FunctionRow: (
        Step(("file", "cell", "function", "line")),
        Step(("file", "cell", "qualname"), needs=("qualname",)),
        Step(("file", "cell", "function")),
    ),
    LineRow: (
        Step(("file", "cell", "function", "function_line", "line", "source")),
        Step(("file", "cell", "function", "source"), needs=("source",)),
        Step(("file", "cell", "function"), needs=("function_line",), in_function=True),
        Step(("file", "cell", "function", "line")),
        Step(("file", "cell", "function"), needs=("function",), lacks=("source", "function_line")),
    ),
    SiteRow: (
        Step(("file", "cell", "function", "type", "allocator", "line")),
        Step(("file", "cell", "function", "type", "allocator", "source"), needs=("source",)),
        Step(("file", "cell", "function", "type", "allocator")),
    ),
}
"""How rows of a kind are matched."""


def match(base: Table, new: Table, steps: Sequence[Step]) -> tuple[Indices, Indices]:
    """Pairs of rows that are the same thing: rows of `base` and of `new`, both of shape (pairs,)."""
    base_left, new_left = np.arange(base.num_rows), np.arange(new.num_rows)
    pairs: list[tuple[Indices, Indices]] = []
    for step in steps:
        if not len(base_left) or not len(new_left):
            break
        base_found, new_found = _step(base, new, base_left, new_left, step)
        pairs.append((base_found, new_found))
        base_left = np.setdiff1d(base_left, base_found, assume_unique=True)
        new_left = np.setdiff1d(new_left, new_found, assume_unique=True)
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def _step(base: Table, new: Table, base_left: Indices, new_left: Indices, step: Step) -> tuple[Indices, Indices]:
    places = [
        _places_in_function(table) if step.in_function else np.zeros(table.num_rows, np.int64) for table in (base, new)
    ]
    lowest = min(int(place.min(initial=0)) for place in places)
    groups, count = group_rows([base, new], step.key, extra=[np.concatenate(places) - lowest])
    base_left = base_left[_takes_part(base, step)[base_left]]
    new_left = new_left[_takes_part(new, step)[new_left]]
    base_left, base_groups, base_turn = _in_turn(base, base_left, groups[: base.num_rows])
    new_left, new_groups, new_turn = _in_turn(new, new_left, groups[base.num_rows :])
    base_many = np.bincount(base_groups, minlength=count)
    new_many = np.bincount(new_groups, minlength=count)
    decided = base_many == new_many
    base_kept, new_kept = decided[base_groups], decided[new_groups]
    room = max(int(base_many.max(initial=0)), 1)
    _, in_base, in_new = np.intersect1d(
        (base_groups * room + base_turn)[base_kept],
        (new_groups * room + new_turn)[new_kept],
        assume_unique=True,
        return_indices=True,
    )
    return base_left[base_kept][in_base], new_left[new_kept][in_new]


def _in_turn(table: Table, left: Indices, groups: Indices) -> tuple[Indices, Indices, Indices]:
    """The rows ordered by group and line, with their groups and their turn within the group, from 0."""
    lines, _ = numbers(table, "line")
    left = left[np.lexsort((lines[left], groups[left]))]
    ordered = groups[left]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, np.int64)
    turn = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.append(starts, len(ordered))))
    return left, ordered, turn


def _places_in_function(table: Table) -> Indices:
    lines, _ = numbers(table, "line")
    first, _ = numbers(table, "function_line")
    return lines.astype(np.int64) - first.astype(np.int64)


def _takes_part(table: Table, step: Step) -> Mask:
    taking = np.ones(table.num_rows, np.bool_)
    for name in step.needs:
        taking &= _has(table, name)
    for name in step.lacks:
        taking &= ~_has(table, name)
    return taking


def _has(table: Table, name: str) -> Mask:
    return valid_of(table.column(name)) if name in table.column_names else np.zeros(table.num_rows, np.bool_)
