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

import re
import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeAlias, cast

import numpy as np
import numpy.typing as npt

Place: TypeAlias = int
Counts: TypeAlias = "tuple[int, int | None, float | None, float | None]"

_FLAG: Final = 0x80
"""Of an object that is referred to further on."""
_ENTRY: Final = re.compile(rb"\)\x05[ir\xe9].{4}[ir\xe9].{4}g.{8}g.{8}(?=[\{\xfb])", re.DOTALL)
_COUNTS: Final = re.compile(rb"\)\x04[ir\xe9].{4}[ir\xe9].{4}g.{8}g.{8}", re.DOTALL)
_EDGES: Final = re.compile(rb"(?:r.{4}\)\x04[ir].{4}[ir].{4}g.{8}g.{8})+", re.DOTALL)
_EDGE_SIZE: Final = 35
_KEY_OF_REFERENCES: Final = re.compile(rb"\)\x03r.{4}[ir].{4}r.{4}", re.DOTALL)
_REFERENCE_SIZE: Final = 5
_KEY_SIZE: Final = 17
_NUMBERS_AT: Final = 2
"""Where in a tuple of four numbers (or five parts) the first one stands: after its type and size."""

_OFFSETS: Final = (0, 5, 10, 19)
"""Of those numbers, each with its type before it."""

_int = struct.Struct("<i").unpack_from
_short = struct.Struct("<H").unpack_from
_double = struct.Struct("<d").unpack_from


class NotStats(Exception):
    """The file is not a table of functions as the profilers write it; says in a few words why."""


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


def _numbers() -> array[int]:
    return array("q")


def _times() -> array[float]:
    return array("d")


@dataclass
class _OddEdges:
    """Edges of another layout, by their values; of `bare` ones only the calls are counted."""

    callers: array[int] = field(default_factory=_numbers)
    callees: array[int] = field(default_factory=_numbers)
    calls: array[int] = field(default_factory=_numbers)
    primitive: array[int] = field(default_factory=_numbers)
    own: array[float] = field(default_factory=_times)
    total: array[float] = field(default_factory=_times)
    bare: int = 0


@dataclass
class _Found:
    """Entries by the place of their counts in the file, and those of another layout by their values."""

    entries: array[int] = field(default_factory=_numbers)
    entry_keys: array[int] = field(default_factory=_numbers)
    odd_entries: list[tuple[int, Counts]] = field(default_factory=list[tuple[int, Counts]])
    runs: array[int] = field(default_factory=_numbers)
    run_lengths: array[int] = field(default_factory=_numbers)
    run_callees: array[int] = field(default_factory=_numbers)
    singles: array[int] = field(default_factory=_numbers)
    single_callers: array[int] = field(default_factory=_numbers)
    single_callees: array[int] = field(default_factory=_numbers)
    odd_edges: _OddEdges = field(default_factory=_OddEdges)


class _Key(int):
    """The number of a key, told apart from a number by its type."""

    __slots__ = ()


class _Reader:
    """Goes through the file once.

    Attributes:
        keys: (file, line, name) → its number, in the order in which they are first met.
        rows: numbers of the keys that have an entry, in the order of the entries.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.references: list[Any] = []
        self.keys: dict[tuple[str, int, str], int] = {}
        self.known: dict[bytes, int] = {}
        self.files: dict[str, str] = {}
        self.rows: array[int] = array("q")
        self.found = _Found()
        self.edges = 0

    def forget(self) -> None:
        """Let go of what is of use only while the file is read."""
        self.keys, self.known, self.references = {}, {}, []

    def table(self) -> None:
        self._open_dict()
        while (key := self._key()) is not None:
            self.rows.append(key)
            entry = _ENTRY.match(self.data, self.at)
            if entry is not None:
                self.found.entries.append(self.at)
                self.found.entry_keys.append(key)
                self._note_wholes(self.at)
                self.at = entry.end()
            else:
                self._odd_entry(key)
            self._callers(key)
        if self.at != len(self.data):
            self._refuse("it goes on after the end of the table")

    # The usual layout

    def _callers(self, callee: int) -> None:
        """The edges of a table of callers."""
        data, found = self.data, self.found
        flagged, kind = self._flagged_kind()
        place = len(self.references)
        if kind == 0x72:
            # Only the same empty table, over and over; others nobody shares.
            if self._referred() is not dict:
                self._refuse("it uses one table of callers for several functions")
            return
        if kind != 0x7B:
            self._refuse(f"it has {_named(kind)} where callers should be")
        if flagged & _FLAG:
            self.references.append(None)
        before = self.edges
        while True:
            run = _EDGES.match(data, self.at)
            if run is not None:
                found.runs.append(self.at)
                count = (run.end() - self.at) // _EDGE_SIZE
                found.run_lengths.append(count)
                found.run_callees.append(callee)
                self.edges += count
                self.at = run.end()
            caller = self._key()
            if caller is None:
                break
            counts = _COUNTS.match(data, self.at)
            if counts is not None:
                found.singles.append(self.at)
                found.single_callers.append(caller)
                found.single_callees.append(callee)
                self._note_wholes(self.at)
                self.at = counts.end()
            else:
                self._odd_edge(caller, callee)
            self.edges += 1
        if flagged & _FLAG and self.edges == before:
            self.references[place] = dict

    def _key(self) -> int | None:
        """The number of the key that comes next; None at the end of a dict."""
        # What consists of references means the same wherever it stands, so that its bytes are enough to know it.
        start = self.at
        written = self.data[start : start + _KEY_SIZE]
        number = self.known.get(written)
        if number is not None:
            self.at = start + _KEY_SIZE
            return number
        flagged, kind = self._flagged_kind()
        if kind == 0x30:  # `0`
            return None
        if kind == 0x72:  # `r`
            key = self._referred()
            if type(key) is not _Key:
                self._refuse("it names a function by something else")
            return key
        place = self._open_tuple(flagged, kind, 3)
        file = self._text()
        # Each function has its own copy of its file's name.
        key = (self.files.setdefault(file, file), self._whole(), self._text())
        number = self.keys.setdefault(key, len(self.keys))
        if place is not None:
            self.references[place] = _Key(number)
        elif _KEY_OF_REFERENCES.match(written):
            self.known[written] = number
        return number

    def _note_wholes(self, at: Place) -> None:
        """Remember those of the two whole numbers of a tuple that are referred to further on."""
        for place in (at + _NUMBERS_AT, at + _NUMBERS_AT + _REFERENCE_SIZE):
            if self.data[place] & _FLAG:
                self.references.append(_int(self.data, place + 1)[0])

    # Any other layout

    def _odd_edge(self, caller: int, callee: int) -> None:
        odd = self.found.odd_edges
        odd.callers.append(caller)
        odd.callees.append(callee)
        calls, primitive, own, total = self._edge_counts()
        odd.calls.append(calls)
        if primitive is None or own is None or total is None:
            odd.bare += 1
            return
        odd.primitive.append(primitive)
        odd.own.append(own)
        odd.total.append(total)

    def _odd_entry(self, key: int) -> None:
        flagged, kind = self._flagged_kind()
        if kind == 0x72:
            self._refuse("it uses one entry for several functions")
        self._open_tuple(flagged, kind, 5)
        primitive, calls, own, total = self._whole(), self._whole(), self._seconds(), self._seconds()
        self.found.odd_entries.append((key, (primitive, calls, own, total)))

    def _edge_counts(self) -> Counts:
        flagged, kind = self._flagged_kind()
        if kind == 0x72:
            counts = self._referred()
            if type(counts) is int:
                return (counts, None, None, None)
            if type(counts) is not tuple:
                self._refuse("it counts calls by something else")
            return cast(Counts, counts)
        if kind in (0x69, 0x6C):
            return (self._number(flagged, kind), None, None, None)
        place = self._open_tuple(flagged, kind, 4)
        counts = (self._whole(), self._whole(), self._seconds(), self._seconds())
        if place is not None:
            self.references[place] = counts
        return counts

    # Objects

    def _open_dict(self) -> None:
        flagged, kind = self._flagged_kind()
        if kind != 0x7B:
            self._refuse(f"it holds {_named(kind)} where the table of functions should be")
        if flagged & _FLAG:
            self.references.append(None)

    def _open_tuple(self, flagged: int, kind: int, size: int) -> Place | None:
        """Checks type and size; the place for what it becomes, if it is referred to further on."""
        if kind == 0x29:  # `)`
            found = self._octet()
        elif kind == 0x28:  # `(`
            found = self._size()
        else:
            self._refuse(f"it has {_named(kind)} where {size} values should be")
        if found != size:
            self._refuse(f"it has {found} values where {size} should be")
        if not flagged & _FLAG:
            return None
        self.references.append(None)
        return len(self.references) - 1

    def _text(self) -> str:
        flagged, kind = self._flagged_kind()
        if kind == 0x72:
            text = self._referred()
            if type(text) is not str:
                self._refuse("it has a number where a text should be")
            return text
        encoding = "latin-1"
        if kind in (0x7A, 0x5A):  # `z`, `Z`
            size = self._octet()
        elif kind in (0x61, 0x41):  # `a`, `A`
            size = self._size()
        elif kind in (0x75, 0x74):  # `u`, `t`
            size, encoding = self._size(), "utf-8"
        else:
            self._refuse(f"it has {_named(kind)} where a text should be")
        start, self.at = self.at, self.at + size
        if self.at > len(self.data):
            self._refuse("it ends in the middle")
        try:
            text = self.data[start : self.at].decode(encoding, "surrogatepass" if encoding == "utf-8" else "strict")
        except UnicodeDecodeError:
            self._refuse("it has a text that is none")
        if flagged & _FLAG:
            self.references.append(text)
        return text

    def _whole(self) -> int:
        flagged, kind = self._flagged_kind()
        if kind == 0x72:
            number = self._referred()
            if type(number) is not int:
                self._refuse("it has something else where a whole number should be")
            return number
        return self._number(flagged, kind)

    def _number(self, flagged: int, kind: int) -> int:
        if kind == 0x69:  # `i`
            number = self._unpacked(_int, 4)
        elif kind == 0x6C:  # `l`: digits of 15 bits
            size = self._unpacked(_int, 4)
            if abs(size) > 5:
                self._refuse("it has a number that is too large")
            number = sum(self._unpacked(_short, 2) << 15 * place for place in range(abs(size)))
            number = -number if size < 0 else number
            if not -(2**63) <= number < 2**63:
                self._refuse("it has a number that is too large")
        else:
            self._refuse(f"it has {_named(kind)} where a whole number should be")
        if flagged & _FLAG:
            self.references.append(number)
        return number

    def _seconds(self) -> float:
        flagged, kind = self._flagged_kind()
        if kind == 0x72:
            number = self._referred()
            if type(number) not in (int, float):
                self._refuse("it has something else where a time should be")
            return float(number)
        if kind != 0x67:  # `g`
            return float(self._number(flagged, kind))
        number = self._unpacked(_double, 8)
        if flagged & _FLAG:
            self.references.append(number)
        return number

    # Bytes

    def _flagged_kind(self) -> tuple[int, int]:
        try:
            flagged = self.data[self.at]
        except IndexError:
            self._refuse("it ends in the middle")
        self.at += 1
        return flagged, flagged & ~_FLAG

    def _octet(self) -> int:
        if self.at >= len(self.data):
            self._refuse("it ends in the middle")
        self.at += 1
        return self.data[self.at - 1]

    def _size(self) -> int:
        size = self._unpacked(_int, 4)
        if size < 0:
            self._refuse("it has a negative size")
        return size

    def _referred(self) -> Any:
        number = self._unpacked(_int, 4)
        if not 0 <= number < len(self.references):
            self._refuse("it refers to what is not there")
        return self.references[number]

    def _unpacked(self, unpack: Callable[[bytes, int], tuple[Any, ...]], size: int) -> Any:
        try:
            (value,) = unpack(self.data, self.at)
        except struct.error:
            self._refuse("it ends in the middle")
        self.at += size
        return value

    def _refuse(self, why: str) -> NoReturn:
        raise NotStats(f"{why} (at byte {self.at:,})")


def parse(data: bytes) -> Stats:
    """The table in a file.

    Raises:
        NotStats: it is anything else, or damaged.
    """
    reader = _Reader(data)
    reader.table()
    return _Columns(reader).stats()


class _Columns:
    """Decodes what was found, all entries at once."""

    def __init__(self, reader: _Reader) -> None:
        self.data = reader.data
        self.reader = reader
        self.row_of_key = np.full(len(reader.keys), -1, np.int64)
        rows = _view(reader.rows)
        self.row_of_key[rows] = np.arange(len(rows))
        if len(rows) != np.count_nonzero(self.row_of_key >= 0):
            raise NotStats("it has two entries for one function")
        self.reference_count = len(reader.references)
        self.key_of_reference = np.array(
            [one if type(one) is _Key else -1 for one in reader.references] or [-1], np.int64
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
        places = _view(found.entries) + _NUMBERS_AT
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
        runs = np.repeat(_view(found.runs) - _EDGE_SIZE * (np.cumsum(lengths) - lengths), lengths)
        runs += np.arange(len(runs)) * _EDGE_SIZE
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
        places = np.concatenate([runs + _REFERENCE_SIZE, _view(found.singles)]) + _NUMBERS_AT
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
        offset = _OFFSETS[column]
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


def _named(kind: int) -> str:
    names = {0x63: "code", 0x73: "bytes", 0x5B: "a list", 0x7B: "a table", 0x4E: "nothing", 0x66: "a number as text"}
    return names.get(kind, f"an object of type {chr(kind)!r}" if 32 < kind < 127 else "noise")
