"""Damages real files, the same way each time: bytes are changed, cut out, repeated, moved, and numbers made extreme."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

EXTREMES: Final = (
    b"\0",
    b"\xff",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80",
    b"\0" * 8,
    b"\xff" * 8,
)
NUMBERS: Final = (
    *(b"0", b"-1", b"9999999999", b"18446744073709551616", b"1e308", b"1e999", b"-0.5", b"NaN", b"null", b"true"),
    *(b'""', b"[]", b"{}", b"9" * 400, b"0.1"),
)
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d+)?")
_WORD: Final = re.compile(rb'"[^"\\]{0,80}"')


def mutated(data: bytes, count: int, *, text: bool, seed: int = 20261121) -> Iterator[bytes]:
    """So many damaged copies.

    Args:
        data: the whole file.
        count: how many.
        text: whether the file is text, in which numbers and words are exchanged, too.
        seed: other seeds give other copies.
    """
    choose = random.Random(seed)
    ways = (_flip, _extreme, _cut, _truncate, _repeat, _move, _insert) + ((_number, _word) * 2 if text else ())
    for _ in range(count):
        damaged = data
        for _ in range(choose.choice((1, 1, 1, 2, 3, 8))):
            damaged = choose.choice(ways)(damaged, choose)
        yield damaged


def _place(data: bytes, choose: random.Random) -> int:
    # The beginning says what the file is: it is damaged more often than its length makes likely.
    return choose.randrange(min(len(data), 200) if choose.random() < 0.3 else len(data)) if data else 0


def _flip(data: bytes, choose: random.Random) -> bytes:
    at = _place(data, choose)
    return data[:at] + bytes([choose.randrange(256)]) + data[at + 1 :]


def _extreme(data: bytes, choose: random.Random) -> bytes:
    at, value = _place(data, choose), choose.choice(EXTREMES)
    return data[:at] + value + data[at + len(value) :]


def _cut(data: bytes, choose: random.Random) -> bytes:
    at = _place(data, choose)
    return data[:at] + data[at + choose.choice((1, 2, 4, 9, 100, 1000)) :]


def _truncate(data: bytes, choose: random.Random) -> bytes:
    return data[: _place(data, choose)]


def _repeat(data: bytes, choose: random.Random) -> bytes:
    at = _place(data, choose)
    part = data[at : at + choose.choice((1, 5, 20, 300))]
    return data[:at] + part * choose.choice((2, 3, 50)) + data[at + len(part) :]


def _move(data: bytes, choose: random.Random) -> bytes:
    start, at, size = _place(data, choose), _place(data, choose), choose.choice((1, 4, 5, 9, 40, 200))
    return data[:at] + data[start : start + size] + data[at + size :]


def _insert(data: bytes, choose: random.Random) -> bytes:
    at = _place(data, choose)
    return data[:at] + choose.randbytes(choose.choice((1, 4, 16))) + data[at:]


def _number(data: bytes, choose: random.Random) -> bytes:
    return _exchanged(_NUMBER, data, choose, choose.choice(NUMBERS))


def _word(data: bytes, choose: random.Random) -> bytes:
    return _exchanged(_WORD, data, choose, choose.choice((*NUMBERS, b'"x"', b'"\\ud800"', b'"' + b"y" * 5000 + b'"')))


def _exchanged(pattern: re.Pattern[bytes], data: bytes, choose: random.Random, value: bytes) -> bytes:
    found = pattern.search(data, _place(data, choose))
    return data if found is None else data[: found.start()] + value + data[found.end() :]
