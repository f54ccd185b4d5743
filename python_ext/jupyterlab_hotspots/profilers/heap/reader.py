"""Builds the table of types and the tree of what keeps them alive from what the heap's collector wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profilers.agent_lines import AgentLines, is_number, read_agent_lines
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.raw_columns import RawColumns, bad_raw, read_columns
from jupyterlab_hotspots.profiles.arrow import Table
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import NodeRow, ProfileWarning, SiteRow
from jupyterlab_hotspots.profiles.tables import build, empty
from jupyterlab_hotspots.profiles.values import Coded

FILE: Final = "heap.columns"
_HELD: Final = ("count", "size_bytes")
_GROWN: Final = ("growth_count", "growth_bytes")
_ORIGINS: Final = ("own", "library", "builtin")


def read(raw: Path, context: ReadContext) -> Measurements:
    """The types of a run's objects; see `protocol.Reader`."""
    said = read_agent_lines(raw)
    try:
        columns = read_columns(raw / FILE)
    except NotFound:
        columns = None
    warnings = list(said.warnings)
    is_final = columns is not None and columns.about.get("final") is True
    if said.started is not None and not is_final:
        warnings.append(_cut_short())
    told = _moment(columns)
    if not is_final and said.told is not None and (told is None or said.told > told):
        return Measurements(sites=_live_sites(said), tree=empty(NodeRow), warnings=tuple(warnings))
    if columns is None:
        return Measurements(sites=empty(SiteRow), tree=empty(NodeRow), warnings=tuple(warnings))
    marked = columns.about.get("marked_at") is not None
    if not marked:
        warnings.append(_unmarked())
    tree = _tree(columns)
    return Measurements(sites=_sites(columns, tree.num_rows, marked=marked), tree=tree, warnings=tuple(warnings))


def _moment(columns: RawColumns | None) -> float | None:
    moment = None if columns is None else columns.about.get("t")
    return moment if is_number(moment) else None


def _sites(columns: RawColumns, nodes: int, *, marked: bool) -> Table:
    types, origins = columns.text("types.type"), columns.text("types.origin")
    numbers = {name: columns.counts(f"types.{name}") for name in (*_HELD, *_GROWN, "node")}
    columns.length("types.type", "types.origin", *(f"types.{name}" for name in numbers))
    node = numbers.pop("node")
    if len(node) and not (node.min() >= -1 and node.max() < nodes):
        raise bad_raw(columns.path, "it has types whose place in the tree is not there")
    if (numbers["count"] < 0).any() or (numbers["size_bytes"] < -1).any():
        raise bad_raw(columns.path, "it has counts below zero")
    if (types.codes < 0).any() or len(set(types.strings)) != len(types.strings):
        raise bad_raw(columns.path, "it has types without a name of their own")
    if len(np.unique(types.codes)) != len(types.codes):
        raise bad_raw(columns.path, "it has a type twice")
    if not set(origins.strings) <= set(_ORIGINS):
        raise bad_raw(columns.path, "it has types of an unknown origin")
    # A type that had objects once is of interest only if it has fewer than at the mark.
    shown = (numbers["count"] > 0) | (numbers["growth_count"] != 0)
    sized = numbers["size_bytes"] >= 0
    known: dict[str, npt.NDArray[Any]] = {
        name: np.where(sized, values, np.nan) if name.endswith("bytes") and not sized.all() else values
        for name, values in numbers.items()
    }
    return build(
        SiteRow,
        {
            "type": Coded(types.codes[shown], types.strings),
            "origin": Coded(origins.codes[shown], origins.strings),
            "node": _or_absent(node[shown], -1),
            **{name: values[shown] for name, values in known.items() if marked or name in _HELD},
        },
    )


def _tree(columns: RawColumns) -> Table:
    names, files = columns.text("tree.name"), columns.text("tree.file")
    parent, line, size = (columns.counts(f"tree.{name}") for name in ("parent", "line", "size_bytes"))
    rows = columns.length("tree.name", "tree.file", "tree.parent", "tree.line", "tree.size_bytes")
    if (names.codes < 0).any() or (size < -1).any() or (line < 0).any():
        raise bad_raw(columns.path, "it has steps of a chain that say nothing")
    if not _is_preorder(parent):
        raise bad_raw(columns.path, "its chains are no tree")
    return build(
        NodeRow,
        {
            "parent": _or_absent(parent, -1),
            "name": Coded(names.codes, names.strings),
            "kind": Coded(np.zeros(rows, np.int64), ["object"]),
            "file": Coded(files.codes, files.strings),
            "line": _or_absent(line, 0),
            "size_bytes": _or_absent(size, -1),
        },
    )


def _is_preorder(parents: npt.NDArray[np.int64]) -> bool:
    """Whether each node's parent is the node before it or one of that one's ancestors."""
    path: list[int] = []
    for place, parent in enumerate(parents.tolist()):
        while path and path[-1] != parent:
            path.pop()
        if parent != -1 and not path:
            return False
        path.append(place)
    return True


def _or_absent(values: npt.NDArray[np.int64], absent: int) -> npt.NDArray[np.float64]:
    return np.where(values == absent, np.nan, values.astype(np.float64))


def _live_sites(said: AgentLines) -> Table:
    """The newest live rows of a run that did not come to its end; what is not as it should be is left out."""
    rows: list[dict[str, Any]] = []
    names: set[str] = set()
    for row in said.rows.get("sites", {}).values():
        name = row.get("type")
        held = all(_is_count(row.get(column), least=0) for column in _HELD)
        grown = all(_is_count(row.get(column), least=-(2**62)) for column in _GROWN)
        if isinstance(name, str) and name not in names and held and grown and row.get("origin") in _ORIGINS:
            names.add(name)
            rows.append(row)
    if not rows:
        return empty(SiteRow)
    return build(SiteRow, {name: [row[name] for row in rows] for name in ("type", "origin", *_HELD, *_GROWN)})


def _is_count(value: object, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**62


def _cut_short() -> ProfileWarning:
    return ProfileWarning(
        code="cut_short",
        message="The process ended before the last look at its heap: what was seen before is shown.",
        hint="Why it ended is in the run's reason. What keeps objects alive is looked for at the end only.",
    )


def _unmarked() -> ProfileWarning:
    return ProfileWarning(
        code="no_mark",
        message="The code ended before the mark was set, so nothing is known of growth.",
        hint="Set the option mark_s to less.",
    )
