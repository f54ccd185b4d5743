"""The time of calls that have not returned yet, which cProfile's table does not have.

cProfile adds a call to its table when the call returns, and shows nothing of a function, not even what it called,
before its first return. Of a script that is one long loop in `main()` the table says nothing until the end. So a live
table needs the calls on the stack as well, of which is known:

- A call is the same as at the last look if no outermost call of that function has returned since; its age is known to
  within one interval. Otherwise it began in this interval, and is as old as such calls get, or as the interval.
- All own times add up to the time since the start: what the table lacks belongs to the calls on the stack. What it
  lacks more than at the last look goes to the innermost call, as a sample would have it, but to none more than its age,
  and what it lacks less is taken back. Estimates of calls that have returned are forgotten, so errors do not pile up.
  A built-in function that is running (`time.sleep`) is on no stack Python shows: its time is its caller's till then.

All this is about the present: the table at the end has none of it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from functools import partial

    from .table import Totals
else:
    from _functools import partial

_least = partial(min)
_most = partial(max)
_sum = partial(sum)


class Active:
    """Follows the calls on the stack from look to look. Runs on the profiled thread and calls nothing that is counted.

    Args:
        began: when the code started, in seconds of the clock that `look` is given.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._last = began
        self._known: dict[int, tuple[float, int, float]] = {}
        """Function → when its outermost call began, outermost calls that had returned then, own time given to it."""

    def look(self, now: float, stack: Sequence[int], totals: Totals) -> list[tuple[int, float, float]]:
        """Estimates the calls on the stack.

        Args:
            now: seconds.
            stack: functions, outermost call first.
            totals: of the calls that have returned.

        Returns:
            For each function on the stack, once: its number, and total and own seconds of its outermost call.
        """
        interval, self._last = now - self._last, now
        known, self._known = self._known, {}
        ceiling = now - self._began
        lacking = ceiling - totals.overhead - _sum(totals.own)
        ages: dict[int, float] = {}
        owns: dict[int, float] = {}
        for place in stack:
            if place in ages:
                continue
            returned = totals.primitive[place]
            if place in known and known[place][1] == returned:
                age, own = now - known[place][0], known[place][2]
            else:
                age = _least(interval, totals.total[place] / returned) if returned > 0 else interval
                own = 0.0
            # A call cannot be older than the one that made it.
            ceiling = ages[place] = _most(0.0, _least(age, ceiling))
            owns[place] = _least(own, ceiling)
            lacking -= owns[place]
        for place in [*ages][::-1]:
            change = _most(-owns[place], _least(lacking, ages[place] - owns[place]))
            owns[place] += change
            lacking -= change
            self._known[place] = (now - ages[place], totals.primitive[place], owns[place])
        return [(place, ages[place], owns[place]) for place in ages]
