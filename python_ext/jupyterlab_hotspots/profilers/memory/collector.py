"""Runs in the profiled process: reads memory at every line of what is watched, as memory_profiler does."""

from __future__ import annotations

import os
import sys
import time

from .resident import reader
from .tracer import Tracer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools

    from ..line import marks
    from ..line.doubts import replaced
    from ..line.table import Functions, Lines, Texts
    from ..line.watched import Watched
else:
    # What is watched, and how lines are told, is the line profiler's: its folder belongs to this package here.
    _LINE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "line")
    sys.modules[__package__].__path__.append(_LINE)
    from . import marks
    from .doubts import replaced
    from .table import Functions, Lines, Texts
    from .watched import Watched

    sys.path_importer_cache.pop(_LINE, None)

_PYTHON = ".".join(map(str, sys.version_info[:3]))
_MEASURES = ("increment_bytes", "rss_bytes", "occurrences")


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run; `options` may have `select`, a list of modules and functions."""
    # The wrapper around a marked function is no part of the target's tracebacks.
    tools.files |= {marks.__file__}
    return Collector(options.get("select") or [], tools)


class Collector:
    """See `profilers/protocol.py` for what a collector is.

    Attributes:
        trace: the trace function of ours, by which the agent knows it from one of the target's.
    """

    import_s = None

    def __init__(self, select: list[str], tools: Tools) -> None:
        self._tools = tools
        self._path = sys.path[:]
        self._tracer = Tracer(reader())
        self._functions = Functions(tools.origins)
        self._lines = Lines(self._functions, _MEASURES)
        self._places: dict[int, int] = {}
        """`id` of a code object → number of the function."""
        self._fragments: set[int] = set()
        """`id` of the code of lambdas and comprehensions, whose lines are the surrounding function's."""
        self._names: dict[int, str] = {}
        self._by_name: dict[tuple[str, str], int] = {}
        self._watched = Watched(select, tools, self._register, fragments=True)
        self._texts = Texts(self._watched.sources)
        self._marks = marks.Marks(self._watched.take_function, wraps=True)
        self._counts = False
        self._replaced = False
        self._failure: str | None = None
        self._traces_all = False
        self.mark = self._marks.mark
        self.trace = self._tracer.trace

    def instrument(self, code: CodeType) -> CodeType:
        """The code to run in place of the target's: itself, once it is known what of it is watched."""
        try:
            code = self._watched.target(code)
            self._prepare()
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"
        return code

    def start(self) -> None:
        try:
            self._watched.decide_for_module()
            self._prepare()
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"
        self._counts = True
        if self._watched.marked:
            marks.switch(self._tracer.enter, self._tracer.leave)
            return
        import threading

        self._traces_all = True
        threading.settrace(self.trace)
        self._tracer.enter()

    def stop(self) -> None:
        if not self._counts:
            return
        self._counts = False
        marks.switch_off()
        self._watched.remove()
        if self._traces_all:
            self._replaced = sys.gettrace() not in (None, self.trace)
            self._tracer.leave()
        threading = sys.modules.get("threading")
        if getattr(threading, "_trace_hook", None) is self.trace:
            threading.settrace(None)  # pyright: ignore

    def snapshot(self, limit: int) -> dict[str, Any] | None:
        """The largest rows that changed since the last snapshot, `limit` by increment and `limit` by occurrences."""
        if self._counts:
            self._tracer.revive(sys._getframe())  # pyright: ignore[reportPrivateUsage]
        self._lines.take(self._measured())
        return self._lines.snapshot(limit, ("increment_bytes", "occurrences"), self._texts)

    def write(self, folder: str) -> None:
        """Writes all functions and lines to `memory.columns`; row numbers are the ids of the live rows."""
        self._lines.take(self._measured())
        about = {"final": not self._counts, "t": time.monotonic(), "python": _PYTHON}
        self._tools.write_columns(f"{folder}/memory.columns", about, self._lines.columns(self._texts))

    def warnings(self) -> list[dict[str, str]]:
        """What makes the table doubtful; asked for after `stop`."""
        found = self._watched.warnings(self._failure)
        if self._watched.marked and not self._marks.count:
            found.append(marks.nothing_marked())
        if self._replaced:
            found.append(replaced())
        if self._tracer.missed_s:
            found.append(_missed(self._tracer.missed_s))
        return found

    def _prepare(self) -> None:
        watched = self._watched
        self._marks.active = watched.marked
        if watched.packages:
            self._marks.override([*watched.packages], self._path)
            watched.packages = set()

    def _register(self, code: CodeType, qualname: str) -> CodeType:
        if code.co_name.startswith("<") and code.co_name != "<module>":
            self._fragments.add(id(code))
            self._names[id(code)] = qualname
            return self._tracer.register(code)
        label = code.co_filename, code.co_firstlineno, qualname
        place = self._places[id(code)] = self._functions.place(label, body=not code.co_flags & 0x1)
        self._by_name[code.co_filename, qualname] = place
        return self._tracer.register(code)

    def _place(self, code: CodeType) -> int:
        """The number of the function that code is, or is a fragment of."""
        if id(code) not in self._places:
            name = self._names[id(code)]
            while name.endswith(">") and name != "<module>":
                name = name.rpartition(".")[0].removesuffix(".<locals>") or "<module>"
            label = code.co_filename, code.co_firstlineno, name
            place = self._by_name.get((code.co_filename, name))
            self._places[id(code)] = self._functions.place(label) if place is None else place
        return self._places[id(code)]

    def _measured(self) -> Iterator[tuple[int, int, tuple[int, int, int]]]:
        sums: dict[tuple[int, int], tuple[int, int, int]] = {}
        fragments: list[tuple[tuple[int, int], list[int]]] = []
        # A module that is imported again has new code objects for the same functions.
        for code, line, values in self._tracer.rows():
            key = self._place(code), line
            if id(code) in self._fragments:
                fragments.append((key, values))
                continue
            known = sums.get(key, (0, 0, 0))
            sums[key] = known[0] + values[0], max(known[1], values[1]), known[2] + values[2]
        whole = {*sums}
        for key, values in fragments:
            known = sums.get(key, (0, 0, 0))
            # What a line took contains what its fragments did.
            increment = known[0] if key in whole else known[0] + values[0]
            sums[key] = increment, max(known[1], values[1]), known[2] + values[2]
        for (place, line), values in sums.items():
            yield place, line, values


def _missed(seconds: float) -> dict[str, str]:
    """The warning that memory was not read for some time."""
    return {
        "code": "gaps",
        "message": f"For up to {seconds:.1f} s memory was not read: a signal's exception (a time-out, Ctrl-C) or too "
        "deep a recursion came just as it was, which ends the reading until the next live look, or the code called "
        "sys.settrace(None). Lines that ran meanwhile are missing.",
        "hint": "Choose allocations, which no exception ends.",
    }
