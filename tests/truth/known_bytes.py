"""Programs that allocate known bytes on known lines, and how near each profiler comes, for tests and benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MB: Final = 1_000_000
KEPT_AND_FREED: Final = """\
import threading

import numpy as np

def kept():
    return bytes(20_000_000)  # kept

def freed():
    gone = bytearray(30_000_000)  # freed
    return len(gone)

def at_the_peak():
    numbers = np.zeros(5_000_000)  # array
    ones = np.ones(2_500_000)  # ones
    table = np.zeros((1000, 1000), np.complex64)  # table
    return numbers[0] + ones[0] + table[0, 0]

def in_a_thread():
    rows.append(bytearray(6_000_000))  # thread

def pages():
    return [bytearray(4_000) for _ in range(1_000)]  # pages

rows = []
first = kept()
freed()
slots = [None] * 1_000_000  # slots
many = pages()
worker = threading.Thread(target=in_a_thread)
worker.start()
worker.join()
at_the_peak()
last = bytes(10_000_000)  # last
freed_later = [bytes(50_000) for _ in range(200)]  # replaced
freed_later = None
"""
LINES: Final = {
    found[1]: number
    for number, text in enumerate(KEPT_AND_FREED.split("\n"), 1)
    if (found := re.search(r"# (\w+)$", text))
}
AT_PEAK: Final = {
    "kept": 20 * MB,
    "slots": 8 * MB,
    "pages": 4 * MB,
    "thread": 6 * MB,
    "array": 40 * MB,
    "ones": 20 * MB,
    "table": 8 * MB,
}
"""Bytes by the mark of their line; NumPy itself calls Python for `ones`, on lines of its own."""
AT_END: Final = {"kept": 20 * MB, "slots": 8 * MB, "pages": 4 * MB, "thread": 6 * MB, "last": 10 * MB}
FREED: Final = {"freed": 30 * MB, "array": 40 * MB, "ones": 20 * MB, "table": 8 * MB, "replaced": 10 * MB}

COPIED: Final = """\
import time
import numpy as np

def pause():
    end = time.perf_counter() + 0.1
    while time.perf_counter() < end:
        pass

pause()
kept = np.ones(10_000_000)  # peak 80_000_000 grown 80_000_000
pause()
raw = bytearray(50_000_000)  # peak 50_000_000 grown 50_000_000
pause()
pieces = [bytes(100_000) for _ in range(400)]  # peak 40_000_000
pause()
numbers = list(range(2_000_000))  # peak 80_000_000 grown 80_000_000
pause()
freed = np.full(4_000_000, 1.0)  # peak 32_000_000 grown 32_000_000
del freed  # grown -32_000_000
pause()
for _ in range(5):
    copy = kept.copy()  # peak 80_000_000 allocated 400_000_000 copied 400_000_000 grown 80_000_000
    frozen = bytes(raw)  # peak 50_000_000 allocated 250_000_000 copied 250_000_000 grown 50_000_000
    np.copyto(copy, kept)  # copied 400_000_000 grown 0
pause()
"""
"""Its lines say their bytes themselves: at the line's peak, allocated and copied in the run, left resident."""


class Known(NamedTuple):
    """What a profiler ought to say of a line.

    Attributes:
        profiler: its name.
        program: source.
        line: of the program.
        table: of the profile.
        column: of that table.
        size: in bytes.
        tolerance: how far off it may be, in bytes; the documentation says so.
    """

    profiler: str
    program: str
    line: int
    table: str
    column: str
    size: int
    tolerance: float


def known() -> Iterator[Known]:
    """All that is known of both programs."""
    for mark, size in AT_PEAK.items():
        column = "total_peak_bytes" if mark == "ones" else "peak_bytes"
        yield Known("allocations", KEPT_AND_FREED, LINES[mark], "lines", column, size, 0.01 * size)
    for mark, size in AT_END.items():
        yield Known("allocations", KEPT_AND_FREED, LINES[mark], "lines", "leaked_bytes", size, 0.01 * size)
        # A bytearray of 4000 bytes has a header of 56, and a place in its list.
        share = 0.02 if mark == "pages" else 0.01
        yield Known("tracemalloc", KEPT_AND_FREED, LINES[mark], "sites", "size_bytes", size, share * size)
    for line, text in enumerate(COPIED.split("\n"), 1):
        words = text.partition("#")[2].split()
        for name, number in zip(words[::2], words[1::2], strict=True):
            size = int(number)
            if name == "grown":
                tolerance = max(1 << 20, 0.02 * abs(size))
                yield Known("memory", COPIED, line, "lines", "increment_bytes", size, tolerance)
            else:
                # Scalene counts by the megabyte: on either side of an allocation a part of one may be missing or too
                # much. Copies by the ten megabytes, with whatever small ones were made since the last count.
                tolerance = 2 * MB + (0.15 if name == "copied" else 0.02) * size
                yield Known("scalene", COPIED, line, "lines", f"{name}_bytes", size, tolerance)
