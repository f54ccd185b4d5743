"""Reads memory before and after each line that runs, with a trace function.

What is counted is what memory_profiler counts: a line occurs each time memory was read after it, which it also is as a
function is left, and once for the first line of a function as it is entered. The increments are not: memory_profiler
subtracts what was highest after the line that ran before, in whatever function; so the first line of a function gets
all memory there is, each time, and a loop that frees what it takes gets below nothing. Here an increment is the
difference between memory after the line and memory before it, in the same call: with what was called, without what ran
while a generator waited.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType
    from typing import Any


_OPTIMIZED = 0x1
"""`inspect.CO_OPTIMIZED`: the code of a function has it, that of a class body or a module has not."""
_NO_LINE = 0


class Tracer:
    """Follows watched code.

    Args:
        read: gives the memory of the process, in bytes.

    Attributes:
        trace: the trace function; one object, by which the agent knows it.
        missed_s: for how long nothing was followed that should have been, at most.
    """

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._rows: dict[int, tuple[CodeType, dict[int, list[int]]]] = {}
        """`id` of a code object → itself, and line → [increment, highest memory after it, occurrences]."""
        self._depths: dict[int, int] = {}
        self._before: dict[int, Any] = {}
        self._seen: dict[int, float] = {}
        """Thread → when the trace function was known to be there."""
        self.missed_s = 0.0
        self.trace = self._trace_calls()

    def register(self, code: CodeType) -> CodeType:
        """Has the lines of a code object followed."""
        self._rows[id(code)] = (code, {})
        return code

    def rows(self) -> Iterator[tuple[CodeType, int, list[int]]]:
        """Code, line, and [increment, highest memory after it, occurrences]."""
        for code, lines in [*self._rows.values()]:
            for line, values in [*lines.items()]:
                if line != _NO_LINE:
                    yield code, line, values

    def enter(self) -> None:
        """Follows what is called from here on, in this thread; may be nested."""
        thread = get_ident()
        depth = self._depths.get(thread, 0)
        if depth == 0:
            self._before[thread] = sys.gettrace()
            self._seen[thread] = monotonic()
            sys.settrace(self.trace)
        self._depths[thread] = depth + 1

    def leave(self) -> None:
        """Ends what the last `enter` began."""
        thread = get_ident()
        depth = self._depths.get(thread, 0) - 1
        if depth > 0:
            self._depths[thread] = depth
            return
        self._depths.pop(thread, None)
        before = self._before.pop(thread, None)
        seen = self._seen.pop(thread, None)
        current = sys.gettrace()
        if current is self.trace:
            sys.settrace(before)
        elif current is None and seen is not None:
            self.missed_s += monotonic() - seen

    def revive(self, frame: FrameType | None) -> None:
        """Follows this thread again if Python has taken the trace function away.

        It does so with one in which an exception is raised: a signal handler's, which Python may run just there, or
        that of too deep a recursion. What a line in progress did meanwhile is unknown, so each begins anew.

        Args:
            frame: the innermost one of the thread.
        """
        thread = get_ident()
        current = sys.gettrace()
        if thread not in self._depths or (current is not None and current is not self.trace):
            return
        now = monotonic()
        if current is None:
            self.missed_s += now - self._seen[thread]
            sys.settrace(self.trace)
            while frame is not None:
                found = self._rows.get(id(frame.f_code))
                if found is not None:
                    frame.f_trace = _lines(found[1], self._read, frame.f_lineno)
                frame = frame.f_back
        self._seen[thread] = now

    def _trace_calls(self) -> Callable[[FrameType, str, Any], Any]:
        rows, read = self._rows, self._read

        def trace(frame: FrameType, event: str, argument: object) -> Any:
            if event != "call":
                return None
            code = frame.f_code
            found = rows.get(id(code))
            if found is None:
                return None
            # A module and a class body have no line of their own that is run as they are entered.
            return _lines(found[1], read, frame.f_lineno if code.co_flags & _OPTIMIZED else _NO_LINE)

        return trace


def _lines(rows: dict[int, list[int]], read: Callable[[], int], line: int) -> Callable[[FrameType, str, Any], Any]:
    """The trace function of one call, which starts (or goes on, in a generator) at a line."""
    before = read()

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal line, before
        if event == "line" or event == "return":
            after = read()
            values = rows.get(line)
            if values is None:
                rows[line] = [after - before, after, 1]
            else:
                values[0] += after - before
                if after > values[1]:
                    values[1] = after
                values[2] += 1
            line, before = frame.f_lineno, after
        return trace

    return trace
