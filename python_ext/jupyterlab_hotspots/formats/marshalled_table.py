"""Goes once through the marshalled table of a `.prof`, and notes where everything is; see `marshalled_stats.py`."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeAlias, cast

Place: TypeAlias = int
Counts: TypeAlias = "tuple[int, int | None, float | None, float | None]"

_FLAG: Final = 0x80
"""Of an object that is referred to further on."""
_ENTRY: Final = re.compile(rb"\)\x05[ir\xe9].{4}[ir\xe9].{4}g.{8}g.{8}(?=[\{\xfb])", re.DOTALL)
_COUNTS: Final = re.compile(rb"\)\x04[ir\xe9].{4}[ir\xe9].{4}g.{8}g.{8}", re.DOTALL)
_EDGES: Final = re.compile(rb"(?:r.{4}\)\x04[ir].{4}[ir].{4}g.{8}g.{8})+", re.DOTALL)
EDGE_SIZE: Final = 35
_KEY_OF_REFERENCES: Final = re.compile(rb"\)\x03r.{4}[ir].{4}r.{4}", re.DOTALL)
REFERENCE_SIZE: Final = 5
_KEY_SIZE: Final = 17
NUMBERS_AT: Final = 2
"""Where in a tuple of four numbers (or five parts) the first one stands: after its type and size."""

OFFSETS: Final = (0, 5, 10, 19)
"""Of those numbers, each with its type before it."""

_int = struct.Struct("<i").unpack_from
_short = struct.Struct("<H").unpack_from
_double = struct.Struct("<d").unpack_from


class NotStats(Exception):
    """The file is not a table of functions as the profilers write it; says in a few words why."""


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
class Found:
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


class Key(int):
    """The number of a key, told apart from a number by its type."""

    __slots__ = ()


class TableReader:
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
        self.found = Found()
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
                count = (run.end() - self.at) // EDGE_SIZE
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
            if type(key) is not Key:
                self._refuse("it names a function by something else")
            return key
        place = self._open_tuple(flagged, kind, 3)
        file = self._text()
        # Each function has its own copy of its file's name.
        key = (self.files.setdefault(file, file), self._whole(), self._text())
        number = self.keys.setdefault(key, len(self.keys))
        if place is not None:
            self.references[place] = Key(number)
        elif _KEY_OF_REFERENCES.match(written):
            self.known[written] = number
        return number

    def _note_wholes(self, at: Place) -> None:
        """Remember those of the two whole numbers of a tuple that are referred to further on."""
        for place in (at + NUMBERS_AT, at + NUMBERS_AT + REFERENCE_SIZE):
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


def _named(kind: int) -> str:
    names = {0x63: "code", 0x73: "bytes", 0x5B: "a list", 0x7B: "a table", 0x4E: "nothing", 0x66: "a number as text"}
    return names.get(kind, f"an object of type {chr(kind)!r}" if 32 < kind < 127 else "noise")
