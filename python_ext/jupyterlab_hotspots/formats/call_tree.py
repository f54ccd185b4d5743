"""The call tree of a profile for writers that need stacks, or functions and who calls whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jupyterlab_hotspots.profiles.arrow import Table, lists_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

MEASURES: Final = (
    ("own_s", "seconds", "time"),
    ("samples", "none", "samples"),
    ("peak_bytes", "bytes", "memory at the high-water mark"),
    ("leaked_bytes", "bytes", "memory alive at the end"),
    ("temporary_bytes", "bytes", "temporary memory"),
)
"""What a node itself may have: column, unit as speedscope calls it, and in words; the first there is says most."""


Function = tuple[str, "str | None", "int | None"]
"""Name, file, first line."""


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
    def function(self) -> Function:
        """The function, whatever line of it ran."""
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

    def ends(self) -> list[int]:
        """Of each row, the one after its last descendant."""
        ends = [*range(1, len(self.parents) + 1)]
        for row in range(len(ends) - 1, -1, -1):
            parent = self.parents[row]
            if parent >= 0 and ends[row] > ends[parent]:
                ends[parent] = ends[row]
        return ends


@dataclass(slots=True)
class Spent:
    """What a function, a line, or calls of one function by another have: alone, and with everything called from it."""

    own: float = 0
    total: float = 0


def spent(tree: CallTree, column: str, keys: Sequence[Hashable | None]) -> dict[Any, Spent]:
    """The nodes of equal key together.

    Where a key stands several times on a path, as a recursive function does, its total counts once, with the outermost.

    Args:
        tree: the tree.
        column: what is added up.
        keys: of each row; None for rows that do not matter.
    """
    values = tree.values[column]
    totals = tree.totals(column)
    ends = tree.ends()
    found: dict[Any, Spent] = {}
    busy_until: dict[Any, int] = {}  # behind the descendants of the outermost node of a key
    for row, key in enumerate(keys):
        if key is None:
            continue
        one = found.get(key)
        if one is None:
            one = found[key] = Spent()
        one.own += values[row] or 0
        if row >= busy_until.get(key, 0):
            busy_until[key] = ends[row]
            one.total += totals[row]
    return found


def functions_of(tree: CallTree) -> list[Function]:
    """The function of each row."""
    return [frame.function for frame in tree.frames]


def calls_of(tree: CallTree) -> list[tuple[Function, Function] | None]:
    """The (caller, callee) of each row; None for a root."""
    frames = tree.frames
    return [
        None if parent < 0 else (frames[parent].function, frame.function)
        for frame, parent in zip(frames, tree.parents, strict=True)
    ]
