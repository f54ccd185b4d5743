"""Merging: one profile of several, as if one profiler had watched all of it.

What means the same thing becomes one row (its key columns, `rows.py`, say what does): a function by file, cell, name
and first line, a line by file, cell and number, a node of the tree by its path from the root. Counts and times add up;
high-water marks, which belong to different moments, become the larger one. A value that only some of the profiles
measured is merged from those.

Merging is associative and commutative but for the order of rows (they keep the order in which they first appear) and
the rounding of sums. What lies on a time axis, samples and telemetry, belongs to one run and is not merged: two runs
have no common time, and the memory in use at second 3 of both is the memory of neither.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jupyterlab_hotspots.profiles.aggregate import aggregate
from jupyterlab_hotspots.profiles.arrow import Indices, Table
from jupyterlab_hotspots.profiles.columns import key_of
from jupyterlab_hotspots.profiles.keys import group_rows, renumbered, stacked_numbers
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, LineRow, NodeRow, ProfileWarning, SiteRow
from jupyterlab_hotspots.profiles.run_info import RunInfo
from jupyterlab_hotspots.profiles.values import Values


def merge(profiles: Sequence[Profile], *, run: RunInfo) -> Profile:
    """One profile of several; `run` says what the whole is to be called, since no single run produced it."""
    return Profile(run=run, measurements=merge_measurements([profile.measurements for profile in profiles]))


def merge_measurements(parts: Sequence[Measurements]) -> Measurements:
    """The measurements of several profiles as one; of one profile: with rows of equal key made one."""
    functions, function_rows = _merge_functions([part.functions for part in parts])
    tree, node_rows = _merge_trees([part.tree for part in parts])
    warnings: dict[ProfileWarning, None] = {}
    for part in parts:
        warnings.update(dict.fromkeys(part.warnings))
    return Measurements(
        functions=functions,
        edges=_merge_edges([part.edges for part in parts], function_rows),
        lines=_merge_lines([part.lines for part in parts]),
        tree=tree,
        sites=_merge_sites([part.sites for part in parts], node_rows),
        warnings=tuple(warnings),
    )


RowMaps = Sequence[Indices]
"""For each part: the row that each row of its table has become, shape (rows of the part's table,)."""


def _merge_functions(parts: Sequence[Table | None]) -> tuple[Table | None, RowMaps]:
    tables = _present(parts)
    if not tables:
        return None, [np.zeros(0, np.int64) for _ in parts]
    groups, count = group_rows(tables, key_of(FunctionRow))
    return aggregate(tables, groups, count, {}), _split(groups, parts)


def _merge_lines(parts: Sequence[Table | None]) -> Table | None:
    tables = _present(parts)
    if not tables:
        return None
    groups, count = group_rows(tables, key_of(LineRow))
    return aggregate(tables, groups, count, {})


def _merge_edges(parts: Sequence[Table | None], function_rows: RowMaps) -> Table | None:
    tables = _present(parts)
    if not tables:
        return None
    callers = _followed(parts, "caller", function_rows)
    callees = _followed(parts, "callee", function_rows)
    groups, count = group_rows(tables, key_of(EdgeRow), extra=[callers, callees])
    references: dict[str, Values] = {
        "caller": _of_groups(callers, groups, count),
        "callee": _of_groups(callees, groups, count),
    }
    return aggregate(tables, groups, count, references)


def _merge_sites(parts: Sequence[Table | None], node_rows: RowMaps) -> Table | None:
    tables = _present(parts)
    if not tables:
        return None
    nodes = _followed(parts, "node", node_rows)
    groups, count = group_rows(tables, key_of(SiteRow), extra=[nodes + 1])
    return aggregate(tables, groups, count, {"node": _or_none(_of_groups(nodes, groups, count))})


def _merge_trees(parts: Sequence[Table | None]) -> tuple[Table | None, RowMaps]:
    """Nodes are one if they mean the same thing and their parents are one: found level by level from the roots."""
    tables = _present(parts)
    if not tables:
        return None, [np.zeros(0, np.int64) for _ in parts]
    meanings, different = group_rows(tables, key_of(NodeRow))
    starts = np.cumsum([0, *(table.num_rows for table in tables)])
    parents, has_parent = stacked_numbers(tables, "parent")
    parents = parents + np.repeat(starts[:-1], np.diff(starts))
    parents = np.where(has_parent, parents, -1)
    levels = _depths(parents)
    by_level = np.argsort(levels, kind="stable")
    groups = np.zeros(len(parents) + 1, np.int64)
    groups[-1] = -1
    parent_of_group: list[Indices] = []
    count = 0
    for nodes in np.split(by_level, np.flatnonzero(np.diff(levels[by_level])) + 1):
        above = groups[parents[nodes]]
        level_groups, found = renumbered((above + 1) * different + meanings[nodes])
        groups[nodes] = level_groups + count
        parent_of_group.append(_of_groups(above, level_groups, found))
        count += found
    preorder = _preorder(np.concatenate(parent_of_group) if parent_of_group else np.zeros(0, np.int64))
    groups = preorder[groups[:-1]]
    above = np.full(count, -1, np.int64)
    if count:
        merged_parents = np.concatenate(parent_of_group)
        above[preorder] = np.where(merged_parents >= 0, preorder[merged_parents], -1)
    return aggregate(tables, groups, count, {"parent": _or_none(above)}), _split(groups, parts)


def _depths(parents: Indices) -> Indices:
    """How far each node is from its root; a parent stands before its children."""
    depths = [0] * len(parents)
    for node, parent in enumerate(parents.tolist()):
        if parent >= 0:
            depths[node] = depths[parent] + 1
    return np.asarray(depths, np.int64)


def _preorder(parents: Indices) -> Indices:
    """The place of each node in preorder, children in the order of their numbers; a parent's number is the smaller."""
    sizes = [1] * len(parents)
    listed: list[int] = parents.tolist()
    for node in range(len(listed) - 1, -1, -1):
        if listed[node] >= 0:
            sizes[listed[node]] += sizes[node]
    places = [0] * len(parents)
    next_root = 0
    next_child = [0] * len(parents)
    for node, parent in enumerate(listed):
        if parent < 0:
            places[node] = next_root
            next_root += sizes[node]
        else:
            places[node] = next_child[parent]
            next_child[parent] += sizes[node]
        next_child[node] = places[node] + 1
    return np.asarray(places, np.int64)


def _present(parts: Sequence[Table | None]) -> list[Table]:
    return [part for part in parts if part is not None]


def _split(groups: Indices, parts: Sequence[Table | None]) -> RowMaps:
    ends = np.cumsum([0 if part is None else part.num_rows for part in parts])
    return np.split(groups, ends[:-1])


def _followed(parts: Sequence[Table | None], name: str, rows: RowMaps) -> Indices:
    """A column of references, over the rows of all parts, each pointing at what its row has become; -1 for none."""
    followed: list[Indices] = []
    for part, row_map in zip(parts, rows, strict=True):
        if part is not None:
            places, valid = stacked_numbers([part], name)
            followed.append(np.append(row_map, -1)[np.where(valid, places, -1)])
    return np.concatenate(followed)


def _of_groups(values: Indices, groups: Indices, count: int) -> Indices:
    """The value of each group, equal in all its rows."""
    found = np.zeros(count, np.int64)
    found[groups] = values
    return found


def _or_none(places: Indices) -> Values:
    return np.where(places >= 0, places.astype(np.float64), np.nan)
