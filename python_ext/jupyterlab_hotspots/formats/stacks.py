"""From stacks, as samplers write them, to the tables of a profile: call tree, functions, callers, lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jupyterlab_hotspots.formats.call_tree import CallTree, Frame, Function, calls_of, functions_of, spent
from jupyterlab_hotspots.formats.foreign import too_large
from jupyterlab_hotspots.profilers.path_origins import origin_of
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, LineRow, NodeRow, ProfileWarning, SampleRow
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.profiles.values import Values

MOST_NODES: Final = 400_000
"""So many are read in some four seconds: a file made to be slow is refused sooner."""
MOST_FRAMES: Final = 10_000_000
"""Of all stacks together, those that are equal counted once."""

_TOTALS: Final = {"own_s": "total_s", "samples": "total_samples"}
_LINE_TOTALS: Final = {"own_s": "time_s", "samples": "total_samples"}


class Stacks:
    """Collects stacks; frames are known by the numbers that `frame` gives.

    Args:
        title: of the format, for errors.
    """

    def __init__(self, title: str) -> None:
        self.frames: list[Frame] = []
        self._title = title
        self._number_of: dict[Frame, int] = {}
        self._children: dict[tuple[int, int], int] = {}
        self._parents: list[int] = []
        self._frame_of: list[int] = []
        self._own: list[float] = []
        self._known: dict[tuple[int, ...], int] = {}
        self._walked = 0

    def frame(self, frame: Frame) -> int:
        """The number of a frame."""
        number = self._number_of.setdefault(frame, len(self.frames))
        if number == len(self.frames):
            self.frames.append(frame)
        return number

    def child(self, parent: int, frame: int) -> int:
        """The node of a frame called from a node (-1 for a root).

        Raises:
            BadRequest: (reason `too_large`) there are too many.
        """
        node = self._children.setdefault((parent, frame), len(self._parents))
        if node == len(self._parents):
            if node == MOST_NODES:
                raise too_large(self._title, f"it has more than {MOST_NODES:,} different stacks")
            self._parents.append(parent)
            self._frame_of.append(frame)
            self._own.append(0)
        return node

    def add(self, stack: tuple[int, ...], own: float) -> int:
        """Something measured with these frames on the stack, the outermost first; gives the node, -1 for no frames."""
        node = self._known.get(stack)
        if node is None:
            self._walked += len(stack)
            if self._walked > MOST_FRAMES:
                raise too_large(self._title, f"its stacks have more than {MOST_FRAMES:,} frames")
            node = -1
            for frame in stack:
                node = self.child(node, frame)
            self._known[stack] = node
        if node >= 0:
            self._own[node] += own
        return node

    def add_to(self, node: int, own: float) -> None:
        """Something measured in a node."""
        self._own[node] += own

    def measurements(
        self,
        column: str,
        *,
        samples: Mapping[str, Sequence[Any]] | None = None,
        qualnames: Mapping[Function, str] | None = None,
        warnings: tuple[ProfileWarning, ...] = (),
    ) -> Measurements:
        """The tables.

        Args:
            column: what was measured: `own_s`, `samples` or `peak_bytes`.
            samples: columns of `SampleRow`, with the nodes that `add` gave, -1 for none.
            qualnames: of functions whose dotted name is known.
            warnings: to go with it.
        """
        place = self._preorder()
        order = sorted(range(len(place)), key=place.__getitem__)
        own = [self._own[node] for node in order]
        if column != "own_s":
            own = [round(value) for value in own]
        tree = CallTree(
            [self.frames[self._frame_of[node]] for node in order],
            [place[self._parents[node]] if self._parents[node] >= 0 else -1 for node in order],
            {column: own},
        )
        sampled: dict[str, Values] = dict(samples or {})
        if "node" in sampled:
            sampled["node"] = [place[node] if node >= 0 else None for node in (samples or {})["node"]]
        functions, edges = _functions_and_edges(tree, column, qualnames or {})
        return Measurements(
            functions=functions,
            edges=edges,
            lines=_lines(tree, column),
            tree=_nodes(tree, column),
            samples=build(SampleRow, sampled) if samples is not None else None,
            warnings=warnings,
        )

    def _preorder(self) -> list[int]:
        """The place of each node: before its descendants, who stand directly after it."""
        # Nodes are numbered after their parents, so sizes add up from behind, and places from the front.
        sizes = [1] * len(self._parents)
        for node in range(len(sizes) - 1, -1, -1):
            if self._parents[node] >= 0:
                sizes[self._parents[node]] += sizes[node]
        places: list[int] = []
        free = [0] * (len(sizes) + 1)  # of each node, where its next child goes; the last is for roots
        for node, size in enumerate(sizes):
            parent = self._parents[node]
            places.append(free[parent])
            free[parent] += size
            free[node] = places[node] + 1
        return places


def _functions_and_edges(tree: CallTree, column: str, qualnames: Mapping[Function, str]) -> tuple[Any, Any]:
    calls = [
        one
        if one is not None and tree.frames[tree.parents[row]].kind is None and tree.frames[row].kind is None
        else None
        for row, one in enumerate(calls_of(tree))
    ]
    functions = spent(
        tree,
        column,
        [function if tree.frames[row].kind is None else None for row, function in enumerate(functions_of(tree))],
    )
    row_of = {function: row for row, function in enumerate(functions)}
    edges = spent(tree, column, calls)
    total = _TOTALS.get(column)
    measured = list(functions.values())
    columns: dict[str, Values] = {
        "function": [name for name, _, _ in functions],
        "file": [file for _, file, _ in functions],
        "line": [line for _, _, line in functions],
        "origin": [origin_of(file) for _, file, _ in functions],
        "qualname": [qualnames.get(function) for function in functions],
        column: [one.own for one in measured],
    }
    edge_columns: dict[str, Values] = {
        "caller": [row_of[caller] for caller, _ in edges],
        "callee": [row_of[callee] for _, callee in edges],
    }
    if total is not None:
        columns[total] = [one.total for one in measured]
    if column == "own_s":
        edge_columns |= {"own_s": [one.own for one in edges.values()], "total_s": [one.total for one in edges.values()]}
    else:
        edge_columns[column] = [one.total for one in edges.values()]
    return build(FunctionRow, columns), build(EdgeRow, edge_columns)


def _lines(tree: CallTree, column: str) -> Any:
    if all(frame.line is None for frame in tree.frames):
        return None
    keys = [(frame.file, frame.line) if frame.line is not None else None for frame in tree.frames]
    lines = spent(tree, column, keys)
    inside = {(frame.file, frame.line): frame for frame in tree.frames}
    columns: dict[str, Values] = {
        "file": [file for file, _ in lines],
        "line": [line for _, line in lines],
        "function": [inside[key].name for key in lines],
        "function_line": [inside[key].function_line for key in lines],
        "origin": [origin_of(file) for file, _ in lines],
        column: [one.own for one in lines.values()],
    }
    if column in _LINE_TOTALS:
        columns[_LINE_TOTALS[column]] = [one.total for one in lines.values()]
    return build(LineRow, columns)


def _nodes(tree: CallTree, column: str) -> Any:
    columns: dict[str, Values] = {
        "parent": [parent if parent >= 0 else None for parent in tree.parents],
        "name": [frame.name for frame in tree.frames],
        "kind": [frame.kind for frame in tree.frames],
        "file": [frame.file for frame in tree.frames],
        "function_line": [frame.function_line for frame in tree.frames],
        "line": [frame.line for frame in tree.frames],
        "origin": [None if frame.kind else origin_of(frame.file) for frame in tree.frames],
        column: tree.values[column],
    }
    if column in _TOTALS:
        columns[_TOTALS[column]] = tree.totals(column)
    return build(NodeRow, columns)
