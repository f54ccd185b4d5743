"""What counting a line costs here and now, found by running the same lines with and without it."""

from __future__ import annotations

import sys
import time

from .counting import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LINES = 8
_ROUNDS = 400
_REPEATS = 5


def _lines_to_run(rounds: int) -> None:
    value = 0
    for _ in range(rounds):
        value = 1
        value = 2
        value = 3
        value = 4
        value = 5
        value = 6
        value = 7
    del value


def cost_of_a_hit(extension: Any) -> float | None:
    """Seconds by which a cheap line takes longer because it is counted; None if that cannot be found out.

    The least of several tries is the least disturbed one. Takes a few milliseconds. Nothing may be counted meanwhile.
    """
    if sys.gettrace() is not None:
        return None
    plain: Any = _lines_to_run
    counted: Any = type(plain)(plain.__code__, plain.__globals__)
    counter = Counter(extension)
    counted.__code__ = counter.register(counted.__code__, 0)
    try:
        without = min(_seconds(plain) for _ in range(_REPEATS))
        counter.start()
        try:
            within = min(_seconds(counted) for _ in range(_REPEATS))
        finally:
            counter.stop()
    except Exception:
        return None
    return max(0.0, within - without) / (_LINES * _ROUNDS)


def counts_functions_on_one_line(extension: Any) -> bool:
    """Whether a function is counted whose body stands on the line of its `def`: `sys.monitoring` of 3.13 misses it."""
    if sys.gettrace() is not None:
        return True
    names: dict[str, Any] = {}
    exec(compile("def one(): return 0", "<one line>", "exec"), names)
    counter = Counter(extension)
    names["one"].__code__ = counter.register(names["one"].__code__, 0)
    counter.start()
    try:
        names["one"]()
    finally:
        counter.stop()
    return bool(counter.timings())


def _seconds(function: Any) -> float:
    began = time.perf_counter()
    function(_ROUNDS)
    return time.perf_counter() - began
