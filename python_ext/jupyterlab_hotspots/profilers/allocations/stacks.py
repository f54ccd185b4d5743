"""What was allocated in which stack, summed up by line, by function, by site and as a tree.

A stack's own bytes are those allocated while its innermost Python frame was on top, which is what memray's own reports
say of a line. In totals a line or function counts once for each stack it is in, however often it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

import numpy as np

from jupyterlab_hotspots.profilers.preorder import Counts, outermost, preorder, summed, with_descendants
from jupyterlab_hotspots.profilers.raw_columns import RawColumns
from jupyterlab_hotspots.profilers.source_lines import SourceLines
from jupyterlab_hotspots.profilers.told_origins import ToldOrigins
from jupyterlab_hotspots.profiles.rows import Origin

_Place = tuple[str | None, int, str, Origin | None]
"""File, line, function, origin."""

_VALUES: Final = {
    "peak_bytes": "cells.peak_bytes",
    "leaked_bytes": "cells.leaked_bytes",
    "temporary_bytes": "cells.temporary_bytes",
    "count": "cells.peak_count",
}
_TOTALS: Final = {"total_peak_bytes": "peak_bytes", "total_leaked_bytes": "leaked_bytes"}
_UNKNOWN: Final = "(no Python code)"
"""The root for what was allocated where no Python stack is known: by threads of C code, mostly."""


class Stacks:
    """One capture, read by `capture.read_capture`.

    Args:
        capture: its columns.
        origins: decides whose code a file is.
        sources: the lines of the files, where they are known.
    """

    def __init__(self, capture: RawColumns, origins: ToldOrigins, sources: SourceLines) -> None:
        self._sources = sources
        names, files = capture.text("nodes.function"), capture.text("nodes.file")
        parents = capture.counts("nodes.parent").tolist()
        size = len(parents)
        cell_nodes = capture.counts("cells.node")
        if len(cell_nodes) and cell_nodes.min() < 0:
            parents.append(-1)
            cell_nodes = np.where(cell_nodes < 0, size, cell_nodes)
            size += 1
        self._allocators = capture.text("cells.allocator")
        self._cells: dict[str, Counts] = {name: capture.counts(column) for name, column in _VALUES.items()}
        places = [origins.place(file) for file in files.strings]
        file_codes: list[int] = files.codes.tolist()
        name_codes: list[int] = names.codes.tolist()
        lines: list[int] = [*capture.counts("nodes.line").tolist(), 0]
        native: list[int] = [*capture.counts("nodes.native").tolist(), 0]
        # memray gives stacks in no order; in the order of the source the tree can be read.
        named = [*((files.strings[code] if code >= 0 else "") for code in file_codes), ""]
        rank = [(named[node], lines[node], node) for node in range(size)]
        order, self._parents, self._ends = preorder(parents, rank)
        self._names: list[str] = []
        self._files: list[str | None] = []
        self._origins: list[Origin | None] = []
        self._lines: list[int] = []
        self._native: list[bool] = []
        for node in order:
            known = node < len(name_codes)
            name = name_codes[node] if known else -1
            file, origin = places[file_codes[node]] if known and file_codes[node] >= 0 else (None, None)
            self._names.append(names.strings[name] if name >= 0 else _UNKNOWN)
            self._native.append(bool(native[node]))
            self._files.append(file or None)
            self._origins.append("builtin" if native[node] else origin)
            self._lines.append(lines[node] if known else 0)
        row_of = np.zeros(size, np.int64)
        row_of[order] = np.arange(size)
        self._cell_row = row_of[cell_nodes]
        self._own = {name: summed(self._cell_row, values, size) for name, values in self._cells.items()}
        self._with_descendants = {name: with_descendants(self._own[own], self._ends) for name, own in _TOTALS.items()}
        self._python_row = self._innermost_python()
        self._allocated = _allocated(capture, origins)

    def tree(self) -> dict[str, Any]:
        """Columns of `NodeRow`, in preorder."""
        parents = np.asarray(self._parents, np.float64)
        return {
            "parent": np.where(parents >= 0, parents, np.nan),
            "name": self._names,
            "file": self._files,
            "line": [line or None for line in self._lines],
            "origin": self._origins,
            **self._own,
        }

    def sites(self) -> dict[str, Any]:
        """Columns of `SiteRow`: a row for each line and the allocator that it called, by whatever stack."""
        place_of: dict[tuple[_Place | None, int], int] = {}
        allocators: list[int] = self._allocators.codes.tolist()
        # What C code asked for counts where Python called it.
        rows: list[int] = self._python_row[self._cell_row].tolist()
        cells = np.zeros(len(rows), np.int64)
        for cell, (row, allocator) in enumerate(zip(rows, allocators, strict=True)):
            key = (self._place(row) if row >= 0 else None, allocator)
            cells[cell] = place_of.setdefault(key, len(place_of))
        found = [place if place is not None else (None, 0, _UNKNOWN, None) for place, _ in place_of]
        return {
            "file": [place[0] for place in found],
            "line": [place[1] or None for place in found],
            "function": [place[2] for place in found],
            "allocator": [self._allocators.strings[code] if code >= 0 else None for _, code in place_of],
            "origin": [place[3] for place in found],
            "source": self._sources.column((place[0], place[1]) for place in found),
            **{name: summed(cells, values, len(found)) for name, values in self._cells.items()},
        }

    def lines(self) -> dict[str, Any]:
        """Columns of `LineRow`: all lines that are in a stack, or ever allocated anything."""
        keys = [
            None if native or line < 1 or file is None else (file, line)
            for file, line, native in zip(self._files, self._lines, self._native, strict=True)
        ]
        first, sums = self._sums(keys)
        found = [self._place(row) for row in first]
        rows, sums = self._with_allocated(found, sums, lambda row: (row[0], row[1]))
        return {
            "file": [row[0] for row in rows],
            "line": [row[1] for row in rows],
            "function": [row[2] for row in rows],
            "origin": [row[3] for row in rows],
            "source": self._sources.column((row[0], row[1]) for row in rows),
            **sums,
        }

    def functions(self) -> dict[str, Any]:
        """Columns of `FunctionRow`; memray does not say where a function begins: one name in one file is one row."""
        keys = [
            None if native or file is None else (file, name)
            for file, name, native in zip(self._files, self._names, self._native, strict=True)
        ]
        first, sums = self._sums(keys)
        found = [self._place(row) for row in first]
        rows, sums = self._with_allocated(found, sums, lambda row: (row[0], row[2]))
        return {
            "function": [row[2] for row in rows],
            "file": [row[0] for row in rows],
            "origin": [row[3] for row in rows],
            **sums,
        }

    def _place(self, row: int) -> _Place:
        return self._files[row], self._lines[row], self._names[row], self._origins[row]

    def _with_allocated(
        self, rows: list[_Place], sums: dict[str, Counts], key_of: Callable[[_Place], Hashable]
    ) -> tuple[list[_Place], dict[str, Counts]]:
        """Adds what was allocated in all, with rows for what is in no stack because it was freed in time."""
        if not self._allocated:
            return rows, sums
        places = {key_of(row): place for place, row in enumerate(rows)}
        allocated = [0] * len(rows)
        rows = [*rows]
        for row, size in self._allocated:
            place = places.setdefault(key_of(row), len(rows))
            if place == len(rows):
                rows.append(row)
                allocated.append(0)
            allocated[place] += size
        sums = {
            name: np.concatenate([values, np.zeros(len(rows) - len(values), np.int64)]) for name, values in sums.items()
        }
        return rows, {**sums, "allocated_bytes": np.asarray(allocated, np.int64)}

    def _innermost_python(self) -> Counts:
        """For each row the nearest one, itself or above, that is of Python; -1 where there is none."""
        found = np.full(len(self._names), -1, np.int64)
        for row, parent in enumerate(self._parents):
            if self._native[row] or self._files[row] is None:
                found[row] = found[parent] if parent >= 0 else -1
            else:
                found[row] = row
        return found

    def _sums(self, keys: list[Any]) -> tuple[list[int], dict[str, Counts]]:
        """Rows of the same key together: the first row of each, and own values and totals; no key, no row."""
        first, places, is_outermost = outermost(keys, self._ends)
        own_place = np.where(self._python_row >= 0, places[self._python_row], -1)
        owned = own_place >= 0
        sums = {name: summed(own_place[owned], values[owned], len(first)) for name, values in self._own.items()}
        for name, values in self._with_descendants.items():
            sums[name] = summed(places[is_outermost], values[is_outermost], len(first))
        return first, sums


def _allocated(capture: RawColumns, origins: ToldOrigins) -> list[tuple[_Place, int]]:
    functions, files = capture.text("places.function"), capture.text("places.file")
    known = [origins.place(file) for file in files.strings]
    found: list[tuple[_Place, int]] = []
    function_codes: list[int] = functions.codes.tolist()
    file_codes: list[int] = files.codes.tolist()
    lines: list[int] = capture.counts("places.line").tolist()
    sizes: list[int] = capture.counts("places.allocated_bytes").tolist()
    for function, file, line, size in zip(function_codes, file_codes, lines, sizes, strict=True):
        if line > 0 and function >= 0 and file >= 0:
            path, origin = known[file]
            found.append(((path, line, functions.strings[function], origin), size))
    return found
