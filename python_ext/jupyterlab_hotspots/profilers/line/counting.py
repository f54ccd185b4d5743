"""line_profiler's counter, used as it is: only what it is told to watch, and when, is ours.

Its extension module is loaded without its package, which imports 60 modules the target did not ask for. A target that
imports line_profiler itself gets the package, with the same extension module.

From Python 3.12 on, line_profiler asks `sys.monitoring` for the lines of all code there is, and throws away those that
are not watched. It is asked here for those of the watched code objects alone: the counts are the same, and what is not
watched runs at full speed. It gets a place of its own there, so code that uses cProfile still finds its place free.
"""

from __future__ import annotations

import sys
import time
from _frozen_importlib import _load as load_module  # pyright: ignore
from _frozen_importlib_external import PathFinder
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

_PACKAGE = "line_profiler"
_EXTENSION = "line_profiler._line_profiler"
MONITORED = sys.version_info >= (3, 12)
_PLACES = (4, 3, 2)
"""Of `sys.monitoring`: two that are nobody's, then the profilers'."""

Timings = dict[tuple[int, int], list[int]]
"""(owner of the code, line) → [hits, time in the counter's unit] of each line that ran."""


def load() -> Any:
    """line_profiler's extension module.

    Raises:
        ModuleNotFoundError: line_profiler is not installed.
        ImportError: it cannot be loaded, or is too old.
    """
    extension = sys.modules.get(_EXTENSION) or _load()
    if not hasattr(extension.LineProfiler, "_managers"):
        python = sys.executable
        raise ImportError(
            f"line_profiler is older than 5; install a newer one: {python} -m pip install -U line_profiler"
        )
    return extension


def _load() -> Any:
    found = PathFinder.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'line_profiler'", name=_PACKAGE)
    spec = PathFinder.find_spec(_EXTENSION, found.submodule_search_locations)
    if spec is None:
        raise ModuleNotFoundError("No module named 'line_profiler._line_profiler'", name=_PACKAGE)
    package = type(sys)(_PACKAGE)
    package.__path__ = [*found.submodule_search_locations]
    switches: Any = type(sys)(f"{_PACKAGE}._diagnostics")
    switches.WRAP_TRACE = switches.SET_FRAME_LOCAL_TRACE = False
    switches.USE_LEGACY_TRACE = not MONITORED
    stand_ins = {_PACKAGE: package, switches.__name__: switches}
    sys.modules.update(stand_ins)
    try:
        return load_module(spec)  # pyright: ignore
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)


class _Holder:
    """What line_profiler takes for a function: something with code, which it replaces."""

    def __init__(self, code: CodeType) -> None:
        self.__code__ = code


class Counter:
    """Counts the lines of registered code.

    Args:
        extension: what `load` gives.

    Attributes:
        profiler: line_profiler's own.
        trace: what `sys.gettrace` gives while it counts with a trace function; None from Python 3.12 on.
        unit: seconds in its unit of time.
        counts: whether it was started and not stopped.
    """

    def __init__(self, extension: Any) -> None:
        self._base: Any = extension.LineProfiler
        place = _free_place() if MONITORED else 2
        self.profiler: Any = type("LineProfiler", (self._base,), {"tool_id": place})()
        self.unit = float(self.profiler.timer_unit)
        self.trace: Any = None
        self.counts = False
        self._place = place
        self._manager: Any = None
        self._codes: list[CodeType] = []
        self._owner_of_code: dict[int, int] = {}
        """What line_profiler knows a code object by, the hash of its instructions → its owner."""
        self._owner_of_line: dict[int, int] = {}
        """What it knows a line of one by → the owner of the code."""

    def register(self, code: CodeType, owner: int) -> CodeType:
        """Has the lines of a code object counted; gives the one to run in its place.

        Args:
            code: of a function, class body or module.
            owner: the number by which its lines are known in `timings`.
        """
        holder = _Holder(code)
        self.profiler.add_function(holder)
        code = holder.__code__
        self._owner_of_code[hash(code.co_code)] = owner
        for key in self.profiler.code_hash_map[code]:
            self._owner_of_line[key] = owner
        if MONITORED:
            self._codes.append(code)
            if self.counts:
                self._listen(code)
        return code

    def start(self) -> None:
        """Counts from here on, in this thread; from Python 3.12 on in all of them."""
        self.attach()
        self.profiler.enable()
        self._manager = self.profiler._manager
        if MONITORED:
            events = _monitoring.events
            # These two can only be had for all code there is.
            _monitoring.set_events(self._place, events.RAISE | events.RERAISE)
            for code in self._codes:
                self._listen(code)

    def share(self) -> None:
        """Lets the target's own `LineProfiler` count as well: from its start on, all lines there are are asked for."""
        package = sys.modules.get(_PACKAGE)
        if not MONITORED or package is None:
            return
        theirs: Any = package.LineProfiler  # pyright: ignore
        enable = theirs.enable

        def enable_all(profiler: Any) -> None:
            enable(profiler)
            if self.counts and self._manager is not None:
                events = _monitoring.events
                lines = events.LINE | events.PY_RETURN | events.PY_YIELD
                _monitoring.set_events(self._place, lines | events.RAISE | events.RERAISE)

        theirs.enable = enable_all

    def attach(self) -> None:
        """Makes ready for calls that switch the counter on by themselves."""
        self.counts = True
        self.trace = None if MONITORED else self.profiler._manager

    def start_thread(self, *_: object) -> None:
        """Counts in a thread that has just begun; a trace function, for `threading.settrace`."""
        # A thread that has ended may have had the same number.
        self._base._managers.pop(get_ident(), None)
        self.profiler.enable()

    def pause(self) -> Callable[[], None] | None:
        """Stops the trace function in this thread, and gives what starts it again; None if it does not run."""
        if MONITORED or not self.counts:
            return None
        manager = self.profiler._manager
        if sys.gettrace() is not manager:
            return None
        manager._handle_disable_event(self.profiler)
        return _Resume(self, manager)

    def stop(self) -> bool:
        """Counts no more; gives whether another trace function had taken the counter's place. May be called again."""
        if not self.counts:
            return False
        self.counts = False
        if MONITORED:
            if self._manager is not None:
                for code in self._codes:
                    _monitoring.set_local_events(self._place, code, 0)
                self._manager._handle_disable_event(self.profiler)
            return False
        manager = self.profiler._manager
        if self.profiler not in manager.active_instances:
            return False
        other = sys.gettrace()
        self.profiler.disable()
        if other is not manager:
            sys.settrace(other)
            return True
        return False

    def timings(self) -> Timings:
        """Everything that was counted, as line_profiler's `get_stats` sums it up, in a third of the time."""
        found: Timings = {}
        for key, entries in self.profiler.c_code_map.items():
            for entry in entries.values() if entries else ():
                line = self._owner_of_line[key], entry["lineno"]
                if line in found:
                    found[line][0] += entry["nhits"]
                    found[line][1] += entry["total_time"]
                else:
                    found[line] = [entry["nhits"], entry["total_time"]]
        return found

    def running(self) -> list[tuple[int, int, float]]:
        """The lines of this thread that have begun and not ended: owner, line, seconds since."""
        try:
            records = self.profiler.c_last_time
        except KeyError:
            return []
        now = time.monotonic() if self.unit < 1e-8 else time.time()
        return [
            (self._owner_of_code[key], record["f_lineno"], max(0.0, now - record["time"] * self.unit))
            for key, record in records.items()
            if key in self._owner_of_code
        ]

    def _listen(self, code: CodeType) -> None:
        events = _monitoring.events
        _monitoring.set_local_events(self._place, code, events.LINE | events.PY_RETURN | events.PY_YIELD)


class _Resume:
    def __init__(self, counter: Counter, manager: Any) -> None:
        self._counter = counter
        self._manager = manager

    def __call__(self) -> None:
        if self._counter.counts:
            self._manager._handle_enable_event(self._counter.profiler)


_monitoring: Any = getattr(sys, "monitoring", None)


def _free_place() -> int:
    return next((place for place in _PLACES if _monitoring.get_tool(place) is None), _PLACES[-1])
