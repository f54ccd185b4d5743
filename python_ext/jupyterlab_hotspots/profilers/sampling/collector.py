"""Samples from inside the process, where it may not be read from outside; does nothing until it is asked to.

A thread of Python sees another one only where the interpreter checks for a switch, so lines would be wrong: the
functions alone are told. The supervisor asks for live rows only if the watcher outside has given up; the first such
wish starts the thread.
"""

from __future__ import annotations

import _thread
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import partial
    from types import CodeType, FrameType
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools
else:
    from _functools import partial

_DEFAULT_RATE = 120.0
_now = partial(time.monotonic)
_sleep = partial(time.sleep)
_frames = partial(sys._current_frames)  # pyright: ignore[reportPrivateUsage]


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run; `rate` is samples a second."""
    return Collector(options, tools)


class Collector:
    """See `profilers/protocol.py` for what a collector is."""

    import_s: float | None = None
    stands_beside_others = True
    """It installs nothing that another tool could want."""

    def __init__(self, options: dict[str, Any], tools: Tools) -> None:
        self._tools = tools
        self._period = 1.0 / max(1.0, float(options.get("rate") or _DEFAULT_RATE))
        self._samples = False
        self._main = _thread.get_ident()
        self._rows: dict[CodeType, int] = {}
        self._codes: list[CodeType] = []
        self._own: list[float] = []
        self._total: list[float] = []
        self._found: list[int] = []
        self._told: dict[int, float] = {}
        self._clocks: dict[int, float] = {}
        self._began: float | None = None

    def start(self) -> None:
        """Nothing: the watcher outside does the work, as long as it can."""

    def stop(self) -> None:
        """Samples no more."""
        self._samples = False

    def snapshot(self, limit: int) -> dict[str, Any] | None:
        """The rows that changed; begins to sample when it is first called while the code runs."""
        if self._began is None:
            self._began = _now()
            self._samples = True
            _thread.start_new_thread(self._run, ())
            return None
        rows = [*range(len(self._codes))]
        if len(rows) > limit:
            rows = [
                *{
                    *sorted(rows, key=self._own.__getitem__, reverse=True)[:limit],
                    *sorted(rows, key=self._total.__getitem__, reverse=True)[:limit],
                }
            ]
        changed = [row for row in rows if self._told.get(row) != self._total[row]]
        if not changed:
            return None
        new = [row for row in changed if row not in self._told]
        for row in changed:
            self._told[row] = self._total[row]
        described = [self._described(self._codes[row]) for row in new]
        return {
            "table": "functions",
            "define": {
                "id": new,
                **{name: [row[place] for row in described] for place, name in enumerate(_DESCRIBED)},
            },
            "update": {
                "id": changed,
                "own_s": [round(self._own[row], 6) for row in changed],
                "total_s": [round(self._total[row], 6) for row in changed],
                "samples": [self._found[row] for row in changed],
            },
            "complete": len(rows) == len(self._codes),
        }

    def write(self, folder: str) -> None:
        """Writes the functions to `inside.columns`, if there was a need to sample."""
        if self._began is None or not self._codes:
            return
        count = len(self._own)
        described = [self._described(code) for code in self._codes[:count]]
        texts = ("function", "qualname", "file", "origin")
        self._tools.write_columns(
            f"{folder}/inside.columns",
            {"final": not self._samples, "t": _now(), "began": self._began},
            [
                *((f"functions.{name}", "text", [row[_DESCRIBED.index(name)] for row in described]) for name in texts),
                ("functions.line", "int64", [row[_DESCRIBED.index("line")] for row in described]),
                ("functions.samples", "int64", self._found[:count]),
                ("functions.own_s", "float64", self._own[:count]),
                ("functions.total_s", "float64", self._total[:count]),
            ],
        )

    def warnings(self) -> list[dict[str, str]]:
        """None: the watcher has said why it was denied."""
        return []

    def _described(self, code: CodeType) -> tuple[Any, ...]:
        file = self._tools.origins.absolute(code.co_filename)
        qualname = getattr(code, "co_qualname", None)
        return code.co_name, qualname, file, code.co_firstlineno, self._tools.origins.of(file)

    def _run(self) -> None:
        try:
            own = _thread.get_ident()
            last = _now()
            while self._samples:
                _sleep(self._period)
                now = _now()
                frames = _frames()
                for ident in frames:
                    if ident != own:
                        share = self._busy(ident, now - last)
                        if share > 0:
                            self._count(frames[ident], share)
                del frames
                last = now
        except Exception:
            self._samples = False  # The interpreter is on its way out, or something we do not know: the rows stay.

    def _busy(self, ident: int, elapsed: float) -> float:
        """How much of the time counts: all of the main thread's, of another thread's what it spent on a CPU."""
        if ident == self._main:
            return elapsed
        try:
            clock = time.clock_gettime(time.pthread_getcpuclockid(ident))
        except (OSError, AttributeError, ValueError, OverflowError):
            return elapsed
        before = self._clocks.get(ident)
        self._clocks[ident] = clock
        return 0.0 if before is None else min(elapsed, max(0.0, clock - before))

    def _count(self, frame: FrameType | None, seconds: float) -> None:
        met: set[int] = set()
        innermost = True
        while frame is not None:
            code = frame.f_code
            frame = frame.f_back
            if code.co_filename in self._tools.files:
                if innermost:
                    return  # Our own handler, or the agent before and after the target.
                continue
            row = self._row(code)
            if innermost:
                self._own[row] += seconds
                self._found[row] += 1
                innermost = False
            if row not in met:
                met.add(row)
                self._total[row] += seconds

    def _row(self, code: CodeType) -> int:
        row = self._rows.get(code)
        if row is None:
            row = self._rows[code] = len(self._codes)
            self._codes.append(code)
            self._own.append(0.0)
            self._total.append(0.0)
            self._found.append(0)
        return row


_DESCRIBED = ("function", "qualname", "file", "line", "origin")
