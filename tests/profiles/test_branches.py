"""A tree unfolded step by step says what the whole tree says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import quickly

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.branches import ROOTS, branches
from jupyterlab_hotspots.profiles.rows import NodeRow
from jupyterlab_hotspots.profiles.tables import build


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], list[int | None]]:
    """Parents in preorder, -1 for a root, and bytes of each node, of some unknown."""
    parents: list[int] = []
    path: list[int] = []
    for row in range(draw(st.integers(1, 30))):
        path = path[: draw(st.integers(0, len(path)))]
        parents.append(path[-1] if path else ROOTS)
        path.append(row)
    sizes = draw(st.lists(st.none() | st.integers(0, 9), min_size=len(parents), max_size=len(parents)))
    return parents, sizes


def table_of(parents: list[int], **columns: Any) -> Any:
    rows = {
        "parent": [None if parent < 0 else parent for parent in parents],
        "name": [f"n{row}" for row in range(len(parents))],
    }
    return build(NodeRow, {**rows, **columns})


@quickly
@given(trees(), st.integers(1, 4))
def test_each_node_has_its_children_with_what_lies_below_them(
    made: tuple[list[int], list[int | None]], limit: int
) -> None:
    parents, sizes = made
    tree = table_of(parents, peak_bytes=sizes)

    def below(row: int) -> list[int]:
        return [row, *(each for child in children(row) for each in below(child))]

    def children(row: int) -> list[int]:
        return [child for child, parent in enumerate(parents) if parent == row]

    def total(row: int) -> int | None:
        known = [size for each in below(row) if (size := sizes[each]) is not None]
        return sum(known) if known else None

    for parent in range(ROOTS, len(parents)):
        found: list[tuple[int, int | None, int]] = []
        for offset in range(0, len(parents), limit):
            page = branches(tree, parent, offset=offset, limit=limit)
            assert page.siblings == len(children(parent))
            for row, amount, known, count in zip(page.rows, page.total, page.known, page.children, strict=True):
                found.append((int(row), int(amount) if known else None, int(count)))
        assert sorted(found) == [(row, total(row), len(children(row))) for row in children(parent)]
        ranked = [-1 if amount is None else amount for _, amount, _ in found]
        assert ranked == sorted(ranked, reverse=True)
    whole = [amount for root in children(ROOTS) if (amount := total(root)) is not None]
    assert branches(tree, ROOTS, offset=0, limit=1).whole == (sum(whole) if whole else None)


def test_a_measured_total_is_not_summed_again() -> None:
    tree = table_of([-1, 0, 0], own_s=[0.5, 1.0, 2.0], total_s=[3.6, 1.0, 2.1])
    page = branches(tree, ROOTS, offset=0, limit=9)
    assert (page.measure, page.is_summed, page.total.tolist(), page.whole) == ("own_s", True, [3.6], 3.6)
    assert branches(tree, 0, offset=0, limit=9).rows.tolist() == [2, 1]


def test_what_holds_an_object_is_no_part_of_its_size() -> None:
    tree = table_of([-1, 0, 1, -1], size_bytes=[10, 56, None, 300], kind=["object"] * 4)
    page = branches(tree, ROOTS, offset=0, limit=9)
    assert (page.is_summed, page.rows.tolist(), page.total.tolist(), page.whole) == (False, [3, 0], [300, 10], 310.0)
    assert branches(tree, 1, offset=0, limit=9).known.tolist() == [False]


def test_a_tree_of_names_alone_has_branches_too() -> None:
    page = branches(table_of([-1, 0]), ROOTS, offset=0, limit=9)
    assert (page.measure, page.whole, page.rows.tolist(), page.children.tolist()) == (None, None, [0], [1])


def test_a_node_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadRequest, match="no node 2"):
        branches(table_of([-1, 0]), 2, offset=0, limit=9)


def test_a_million_nodes_are_as_few_rows_as_ten() -> None:
    """As a chain and as a fan: no recursion, and no work in Python for each node."""
    size = 1_000_000
    chain = table_of(list(range(-1, size - 1)), own_s=np.ones(size))
    assert branches(chain, ROOTS, offset=0, limit=9).total.tolist() == [float(size)]
    assert branches(chain, size - 2, offset=0, limit=9).rows.tolist() == [size - 1]
    fan = table_of([-1] + [0] * (size - 1), own_s=np.arange(size, dtype=float))
    assert branches(fan, 0, offset=3, limit=2).rows.tolist() == [size - 4, size - 5]
