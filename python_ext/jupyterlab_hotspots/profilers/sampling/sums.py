"""Adds samples up to the rows that are shown while the target runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .stacks import Stacks

_MICROSECONDS = 6


class Sums:
    """Own and total time of functions and lines so far.

    Args:
        stacks: what the numbers mean.
        origin_of: whose code a file is.
    """

    def __init__(self, stacks: Stacks, origin_of: Callable[[str], str]) -> None:
        self._stacks = stacks
        self._functions = _Table("functions")
        self._lines = _Table("lines")
        self._origin_of = origin_of
        self._rows: dict[int, tuple[list[int], list[int]]] = {}

    def add(self, stack: int, seconds: float, samples: float) -> None:
        """Counts a stack.

        Args:
            stack: its number.
            seconds: the time it stands for.
            samples: how many looks found it.
        """
        if stack not in self._rows:
            self._rows[stack] = self._rows_of(stack)
        functions, lines = self._rows[stack]
        self._functions.add(functions, seconds, samples)
        self._lines.add(lines, seconds, samples)

    def changes(self, limit: int) -> list[dict[str, Any]]:
        """Both tables' largest rows that changed since the last call, as live lines hold them."""
        return [self._functions.changes(limit), self._lines.changes(limit)]

    def _rows_of(self, stack: int) -> tuple[list[int], list[int]]:
        """The rows that a stack counts for, each once, that of its innermost frame first."""
        functions: dict[int, None] = {}
        lines: dict[int, None] = {}
        for place in reversed(self._stacks.stacks[stack]):
            name, qualname, file, line, first = self._stacks.frames[place]
            origin = self._origin_of(file)
            known = {"function": name, "qualname": qualname, "file": file or None, "line": first or None}
            functions[self._functions.row((name, file, first), {**known, "origin": origin})] = None
            if line:
                known = {"file": file or None, "line": line, "function": name, "function_line": first or None}
                lines[self._lines.row((file, line), {**known, "origin": origin})] = None
        return list(functions), list(lines)


class _Table:
    def __init__(self, name: str) -> None:
        self._name = name
        self._places: dict[object, int] = {}
        self._known: list[dict[str, Any]] = []
        self._own: list[float] = []
        self._total: list[float] = []
        self._samples: list[float] = []
        self._changed: set[int] = set()
        self._told: set[int] = set()

    def row(self, key: object, known: dict[str, Any]) -> int:
        if key not in self._places:
            self._places[key] = len(self._known)
            self._known.append(known)
            self._own.append(0.0)
            self._total.append(0.0)
            self._samples.append(0.0)
        return self._places[key]

    def add(self, rows: list[int], seconds: float, samples: float) -> None:
        for place, row in enumerate(rows):
            if place == 0:
                self._own[row] += seconds
                self._samples[row] += samples
            self._total[row] += seconds
            self._changed.add(row)

    def changes(self, limit: int) -> dict[str, Any]:
        rows: Iterable[int] = range(len(self._known))
        largest = set(rows)
        if len(largest) > limit:
            largest = {*sorted(rows, key=self._own.__getitem__, reverse=True)[:limit]}
            largest |= {*sorted(rows, key=self._total.__getitem__, reverse=True)[:limit]}
        update = sorted(row for row in largest if row in self._changed)
        define = [row for row in update if row not in self._told]
        self._told.update(define)
        self._changed.difference_update(update)
        names = list(self._known[0]) if self._known else []
        inclusive = "total_s" if self._name == "functions" else "time_s"
        return {
            "table": self._name,
            "define": {"id": define, **{name: [self._known[row][name] for row in define] for name in names}},
            "update": {
                "id": update,
                "own_s": [round(self._own[row], _MICROSECONDS) for row in update],
                inclusive: [round(self._total[row], _MICROSECONDS) for row in update],
                "samples": [round(self._samples[row]) for row in update],
            },
            "complete": len(largest) == len(self._known),
        }
