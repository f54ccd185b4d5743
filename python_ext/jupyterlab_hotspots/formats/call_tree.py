"""The call tree of a profile for writers that need stacks, or functions and who calls whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jupyterlab_hotspots.profiles.arrow import Table, lists_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASURES: Final = (
    ("own_s", "seconds", "time"),
    ("samples", "none", "samples"),
    ("peak_bytes", "bytes", "memory at the high-water mark"),
    ("leaked_bytes", "bytes", "memory alive at the end"),
    ("temporary_bytes", "bytes", "temporary memory"),
)
"""What a node itself may have: column, unit as speedscope calls it, and in words; the first there is says most."""


class Frame(NamedTuple):
    """A place on a stack. Two lines of a function are two frames, where they are told apart."""

    name: str
    file: str | None
    function_line: int | None
    line: int | None
    kind: str | None

    @property
    def shown_line(self) -> int | None:
        return self.line if self.line is not None else self.function_line

    @property
    def function(self) -> tuple[str, str | None, int | None]:
        """The function alone, as (name, file, first line)."""
        return self.name, self.file, self.function_line


@dataclass(frozen=True)
class CallTree:
    """A tree as lists, in preorder: row i has a frame, a parent before it (-1 for a root) and values.

    Attributes:
        frames: by row.
        parents: by row.
        values: columns by name; None where a value was not measured.
    """

    frames: list[Frame]
    parents: list[int]
    values: dict[str, list[Any]]

    @classmethod
    def of(cls, table: Table) -> CallTree:
        """From a table of `NodeRow`."""
        columns = lists_of(table)
        blank: list[Any] = [None] * table.num_rows
        names = ("name", "file", "function_line", "line", "kind")
        frames = [Frame(*row) for row in zip(*(columns.get(name, blank) for name in names), strict=True)]
        parents = [-1 if parent is None else parent for parent in columns.get("parent", blank)]
        return cls(frames, parents, columns)

    def measures(self) -> list[tuple[str, str, str]]:
        """Those of `MEASURES` that some node has."""
        return [one for one in MEASURES if any(value for value in self.values.get(one[0], ()))]

    def stack(self, row: int) -> list[int]:
        """The rows from the root to this one."""
        stack: list[int] = []
        while row >= 0:
            stack.append(row)
            row = self.parents[row]
        return stack[::-1]

    def totals(self, column: str) -> list[float]:
        """What each node has together with its descendants."""
        totals: list[float] = [value or 0 for value in self.values[column]]
        for row in range(len(totals) - 1, -1, -1):
            if self.parents[row] >= 0:
                totals[self.parents[row]] += totals[row]
        return totals


@dataclass
class Spent:
    """Seconds of a function, or of a call of one by another."""

    own_s: float = 0.0
    total_s: float = 0.0


Function = tuple[str, "str | None", "int | None"]


def functions_and_calls(tree: CallTree) -> tuple[dict[Function, Spent], dict[tuple[Function, Function], Spent]]:
    """Functions, and (caller, callee), with their times, from a tree with `own_s`.

    A recursive function's total time is counted once, with its outermost call, as cProfile does.
    """
    own: Sequence[float] = [value or 0.0 for value in tree.values["own_s"]]
    totals = tree.totals("own_s")
    functions: dict[Function, Spent] = {}
    calls: dict[tuple[Function, Function], Spent] = {}
    active: dict[Any, int] = {}
    path: list[tuple[int, Function, tuple[Function, Function] | None]] = []
    for row, frame in enumerate(tree.frames):
        parent = tree.parents[row]
        while path and path[-1][0] != parent:
            _, left, call = path.pop()
            active[left] -= 1
            if call is not None:
                active[call] -= 1
        function = frame.function
        call = (path[-1][1], function) if path else None
        for key, table in ((function, functions), (call, calls)):
            if key is None:
                continue
            spent = table.setdefault(key, Spent())  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]
            spent.own_s += own[row]
            if not active.get(key):
                spent.total_s += totals[row]
            active[key] = active.get(key, 0) + 1
        path.append((row, function, call))
    return functions, calls
