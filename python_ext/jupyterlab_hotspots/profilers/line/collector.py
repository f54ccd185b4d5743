"""Runs in the profiled process: counts lines with line_profiler, and reads its counts while it counts."""

from __future__ import annotations

import sys
import time

from . import marks
from .calibration import cost_of_a_hit, counts_functions_on_one_line
from .counting import MONITORED, Counter, load
from .doubts import distortion, missed, recounted, recursion, replaced, slowed
from .table import Functions, Lines, Texts
from .watched import Watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools

_PYTHON = ".".join(map(str, sys.version_info[:3]))
_MEASURES = ("hits", "time_s")


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run; `options` may have `select`, a list of modules and functions."""
    return Collector(load(), options.get("select") or [], tools)


class Collector:
    """See `profilers/protocol.py` for what a collector is.

    Attributes:
        trace: the trace function of ours, by which the agent knows it from one of the target's.
    """

    import_s = None

    def __init__(self, extension: Any, select: list[str], tools: Tools) -> None:
        self._extension = extension
        self._tools = tools
        self._path = sys.path[:]
        self._counter = Counter(extension)
        self._functions = Functions(tools.origins)
        self._lines = Lines(self._functions, _MEASURES)
        self._watched = Watched(select, tools, self._register)
        self._texts = Texts(self._watched.sources)
        self._marks = marks.Marks(self._watched.take_function, wraps=not MONITORED)
        self._hook: Any = None
        self._began = self._ended = 0.0
        self._replaced = False
        self._failure: str | None = None
        self._calibrated = False
        self._hit_cost_s: float | None = None
        self._codes: list[tuple[str, CodeType]] = []
        self._looks = self._looks_elsewhere = 0
        self.mark = self._marks.mark
        if not MONITORED:
            self._watched.around_import = self._around_import

    @property
    def trace(self) -> Any:
        return self._counter.trace

    def instrument(self, code: CodeType) -> CodeType:
        """The code to run in place of the target's."""
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
        self._began = self._ended = time.monotonic()
        if self._watched.marked and not MONITORED:
            self._counter.attach()
            marks.switch(self._counter.profiler.enable_by_count, self._counter.profiler.disable_by_count)
            return
        if not MONITORED:
            import threading

            self._hook = self._counter.start_thread
            threading.settrace(self._hook)
        self._counter.start()

    def stop(self) -> None:
        if not self._counter.counts:
            return
        self._ended = time.monotonic()
        self._replaced = self._counter.stop()
        marks.switch_off()
        self._watched.remove()
        threading = sys.modules.get("threading")
        if self._hook is not None and getattr(threading, "_trace_hook", None) is self._hook:
            threading.settrace(None)  # pyright: ignore

    def snapshot(self, limit: int) -> dict[str, Any] | None:
        """The largest rows that changed since the last snapshot, `limit` by time and `limit` by hits."""
        self._look_around()
        resume = self._counter.pause()
        try:
            self._look()
            return self._lines.snapshot(limit, ("time_s", "hits"), self._texts)
        finally:
            if resume is not None:
                resume()

    def write(self, folder: str) -> None:
        """Writes all functions and lines to `line.columns`; row numbers are the ids of the live rows."""
        resume = self._counter.pause()
        try:
            self._look()
            counts = self._counter.counts
            about = {
                "final": not counts,
                "t": time.monotonic(),
                "python": _PYTHON,
                "unit_s": self._counter.unit,
                "elapsed_s": (time.monotonic() if counts else self._ended) - self._began,
                "hit_cost_s": None if counts else self._cost(),
            }
            columns = self._lines.columns(self._texts)
            self._tools.write_columns(f"{folder}/line.columns", about, columns)
        finally:
            if resume is not None:
                resume()

    def warnings(self) -> list[dict[str, str]]:
        """What makes the table doubtful; asked for after `stop`."""
        found = self._watched.warnings(self._failure)
        if self._watched.marked and not self._marks.count:
            found.append(marks.nothing_marked())
        if self._replaced:
            found.append(replaced())
        if MONITORED and not counts_functions_on_one_line(self._extension):
            found += missed(self._codes)
        found += recounted(self._lines, self._watched.sources, self._codes)
        found += recursion(self._lines, self._ended - self._began)
        found += distortion(self._lines, self._cost(), self._ended - self._began)
        found += slowed(self._looks, self._looks_elsewhere)
        return found

    def _prepare(self) -> None:
        watched = self._watched
        self._marks.active = watched.marked
        if watched.packages:
            self._marks.override([*watched.packages], self._path)
            self._counter.share()
            watched.packages = set()

    def _register(self, code: CodeType, qualname: str) -> CodeType:
        label = code.co_filename, code.co_firstlineno, qualname
        place = self._functions.place(label, body=not code.co_flags & 0x1)
        code = self._counter.register(code, place)
        self._codes.append((self._functions.files[place], code))
        return code

    def _around_import(self, watches: bool) -> Callable[[], None] | None:
        """The import of a module that is not watched runs at full speed: its lines would count for nothing."""
        return None if watches else self._counter.pause()

    def _look_around(self) -> None:
        """Notes whether Python code that is not watched was running when the snapshot was asked for.

        A handler of signals also runs when a call of a C function has ended, which says nothing of Python code.
        """
        if MONITORED or not self._counter.counts:
            return
        frame: FrameType | None = sys._getframe()  # pyright: ignore[reportPrivateUsage]
        while frame is not None and frame.f_code.co_filename in self._tools.files:
            frame = frame.f_back
        if frame is None or frame.f_lasti < 0:
            return
        self._looks += 1
        names = sys.modules["opcode"].opname
        if not self._watched.has(frame.f_code) and "CALL" not in names[frame.f_code.co_code[frame.f_lasti]]:
            self._looks_elsewhere += 1

    def _look(self) -> None:
        self._lines.take(self._measured())

    def _measured(self) -> Iterator[tuple[int, int, tuple[int, float]]]:
        unit = self._counter.unit
        # A line that is running has no time yet: without it, a program that is one long call would show nothing.
        running: dict[tuple[int, int], float] = {}
        if self._counter.counts:
            running = {(place, line): since_s for place, line, since_s in self._counter.running()}
        for key, (hits, ticks) in self._counter.timings().items():
            since_s = running.pop(key, None)
            yield *key, (hits, ticks * unit) if since_s is None else (hits + 1, ticks * unit + since_s)
        for key, since_s in running.items():
            yield *key, (1, since_s)

    def _cost(self) -> float | None:
        if not self._calibrated:
            self._calibrated, self._hit_cost_s = True, cost_of_a_hit(self._extension)
        return self._hit_cost_s
