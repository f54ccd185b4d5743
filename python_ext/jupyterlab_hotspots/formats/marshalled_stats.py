"""Reads the table of functions that `cProfile` and `profile` marshal into a `.prof`, without `marshal`.

`marshal.load` may crash its process on hostile bytes, and a small file can keep it busy for hours. The table needs only
a small part of the format (CPython, `Python/marshal.c`, versions 2 to 5), always nested in the same way:

    {(file, line, name): (primitive calls, calls, own s, total s, {(file, line, name): counts, …}), …}

where counts are `(calls, primitive calls, own s, total s)`, or the calls alone as `profile` writes them. So this reads
exactly that and refuses everything else: each byte is looked at once, nothing recurses, nothing is made that the file
does not hold. Almost all entries have the same layout of bytes; those are only noted by their place and decoded all
together with NumPy, which is faster than `marshal` itself and takes a third of the memory.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.formats.marshalled_table import (
    EDGE_SIZE,
    NUMBERS_AT,
    OFFSETS,
    REFERENCE_SIZE,
    Key,
    NotStats,
    TableReader,
)


@dataclass(frozen=True)
class Stats:
    """The table, as columns.

    Attributes:
        keys: (file, line, name) of each function.
        functions: `calls`, `primitive_calls`, `own_s`, `total_s` of each.
        edges: `caller` and `callee` as rows of the functions, with the same counts; those that `profile` does not
            measure are absent.
        strangers: calls from functions that have no entry of their own; they are left out.
    """

    keys: list[tuple[str, int, str]]
    functions: dict[str, npt.NDArray[Any]]
    edges: dict[str, npt.NDArray[Any]]
    strangers: int = 0


def parse(data: bytes) -> Stats:
    """The table in a file.

    Raises:
        NotStats: it is anything else, or damaged.
    """
    reader = TableReader(data)
    reader.table()
    return _Columns(reader).stats()


class _Columns:
    """Decodes what was found, all entries at once."""

    def __init__(self, reader: TableReader) -> None:
        self.data = reader.data
        self.reader = reader
        self.row_of_key = np.full(len(reader.keys), -1, np.int64)
        rows = _view(reader.rows)
        self.row_of_key[rows] = np.arange(len(rows))
        if len(rows) != np.count_nonzero(self.row_of_key >= 0):
            raise NotStats("it has two entries for one function")
        self.reference_count = len(reader.references)
        self.key_of_reference = np.array(
            [one if type(one) is Key else -1 for one in reader.references] or [-1], np.int64
        )
        self.is_whole = np.array([type(one) is int for one in reader.references] or [False], np.bool_)
        self.wholes = np.array([one if type(one) is int else 0 for one in reader.references] or [0], np.int64)

    def stats(self) -> Stats:
        names = list(self.reader.keys)
        keys = [names[key] for key in self.reader.rows]
        self.reader.forget()
        functions = self._functions()
        edges, strangers = self._edges()
        return Stats(keys, functions, edges, strangers)

    def _functions(self) -> dict[str, npt.NDArray[Any]]:
        found = self.reader.found
        places = _view(found.entries) + NUMBERS_AT
        rows = self.row_of_key[_view(found.entry_keys)]
        odd_rows = self.row_of_key[np.array([key for key, _ in found.odd_entries], np.int64)]
        functions: dict[str, npt.NDArray[Any]] = {}
        for column, name in enumerate(("primitive_calls", "calls", "own_s", "total_s")):
            usual = self._number(places, column)
            values = np.zeros(len(self.reader.rows), usual.dtype)
            values[rows] = usual
            values[odd_rows] = np.array([counts[column] for _, counts in found.odd_entries], usual.dtype)
            functions[name] = values
        return functions

    def _edges(self) -> tuple[dict[str, npt.NDArray[Any]], int]:
        """Column by column, since each of them may have millions of rows."""
        found = self.reader.found
        odd = found.odd_edges
        lengths = _view(found.run_lengths)
        runs = np.repeat(_view(found.runs) - EDGE_SIZE * (np.cumsum(lengths) - lengths), lengths)
        runs += np.arange(len(runs)) * EDGE_SIZE
        caller = self.row_of_key[
            np.concatenate(
                [
                    self._referred_keys(runs + 1),
                    _view(found.single_callers),
                    _view(odd.callers),
                ]
            )
        ]
        callee = self.row_of_key[
            np.concatenate(
                [
                    np.repeat(_view(found.run_callees), lengths),
                    _view(found.single_callees),
                    _view(odd.callees),
                ]
            )
        ]
        known = caller >= 0
        strangers = int((~known).sum())
        edges: dict[str, npt.NDArray[Any]] = {"caller": caller, "callee": callee}
        places = np.concatenate([runs + REFERENCE_SIZE, _view(found.singles)]) + NUMBERS_AT
        del runs
        if odd.bare and (len(places) or odd.bare != len(odd.calls)):
            raise NotStats("it counts some calls in one way and some in another")
        others = (_view(odd.calls), _view(odd.primitive), np.frombuffer(odd.own), np.frombuffer(odd.total))
        for column, name in enumerate(("calls", "primitive_calls", "own_s", "total_s")):
            if column and odd.bare:  # written by `profile`
                break
            values = self._number(places, column)
            edges[name] = np.concatenate([values, others[column]]) if len(others[column]) else values
        if strangers:
            edges = {name: values[known] for name, values in edges.items()}
        return edges, strangers

    def _number(self, places: npt.NDArray[np.int64], column: int) -> npt.NDArray[Any]:
        """The numbers of a column, of tuples of two whole numbers and two times that begin at these places."""
        offset = OFFSETS[column]
        if column < 2:
            return self._wholes(places + offset)
        return self._values(places + (offset + 1), "<f8").astype(np.float64, copy=False)

    def _wholes(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        written = self._values(places + 1, "<i4").astype(np.int64)
        referred = self._values(places, "u1") == ord("r")
        references = self._valid(written[referred])
        if not self.is_whole[references].all():
            raise NotStats("it has something else where a whole number should be")
        written[referred] = self.wholes[references]
        return written

    def _referred_keys(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        keys = self.key_of_reference[self._valid(self._values(places, "<i4").astype(np.int64))]
        if (keys < 0).any():
            raise NotStats("it names a function by something else")
        return keys

    def _valid(self, references: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        if len(references) and not (references.min() >= 0 and references.max() < self.reference_count):
            raise NotStats("it refers to what is not there")
        return references

    def _values(self, places: npt.NDArray[np.int64], kind: str) -> npt.NDArray[Any]:
        """The numbers of a type that begin at these bytes."""
        # A view of the file with a number at each byte, of which those at the places are taken.
        count = max(0, len(self.data) - np.dtype(kind).itemsize + 1)
        return np.ndarray((count,), kind, self.data, strides=(1,))[places]


def _view(numbers: array[int]) -> npt.NDArray[np.int64]:
    return np.frombuffer(numbers, np.int64)
