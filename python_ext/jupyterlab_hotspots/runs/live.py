"""What the agent says while the target runs, checked and translated into events."""

from __future__ import annotations

import signal

from jupyterlab_hotspots.runs.event_tail import Tail, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST_LINE_BYTES = 16 << 20
_LONGEST_TEXT = 2000
_LARGEST = 1e15
"""No time, count or cost of a run is larger; sums and differences of such numbers stay finite."""


class LiveReader:
    """Follows ``raw/live.jsonl``.

    The file belongs to the profiled process, whose code could write anything into it: a line that is not as the
    contract says is left out, and said once.

    Attributes:
        ready: what the agent said of itself before the code was compiled; None before that.
        code_started: ``time.monotonic()`` when the first line of the code ran; None before that.
        stopped: how the code ended; None before that.
        answers: snapshots since the last `read`, as (when, cost in seconds).
    """

    def __init__(self, path: str, *, started: float) -> None:
        self._tail = Tail(path)
        self._started = started
        self._bad_lines = 0
        self.ready: dict[str, Any] | None = None
        self.code_started: float | None = None
        self.stopped: dict[str, Any] | None = None
        self.answers: list[tuple[float, float]] = []

    @property
    def signal(self) -> int | None:
        """The signal by which the agent is asked for a snapshot; None until it listens."""
        number = self.ready.get("signal") if self.ready is not None else None
        return number if isinstance(number, int) and 0 < number < signal.NSIG else None

    @property
    def interpreter(self) -> dict[str, str]:
        """What the agent said of the Python that runs the target: fields of a `RunInfo`."""
        said = self.ready or {}
        names = ("python", "implementation", "profiler_version")
        return {name: said[name][:_LONGEST_TEXT] for name in names if isinstance(said.get(name), str)}

    def read(self) -> list[tuple[str, dict[str, Any], float]]:
        """The new events, as (type, fields, seconds since the run's start)."""
        self.answers.clear()
        if not self._tail.grown():
            return []
        events: list[tuple[str, dict[str, Any], float]] = []
        for line in self._tail.read():
            event = self._translate(line)
            if event is not None:
                events.append(event)
        return events

    def _translate(self, line: bytes) -> tuple[str, dict[str, Any], float] | None:
        said = parse(line) if len(line) <= _LONGEST_LINE_BYTES else None
        when = None if said is None else number(said.get("t"))
        if said is None or when is None:
            return self._bad()
        since_start = when - self._started
        kind = said.get("type")
        if kind == "hotspots":
            fields = self._hotspots(said, when)
            return self._bad() if fields is None else (kind, fields, since_start)
        if kind == "warning":
            return kind, _warning(said), since_start
        # The agent says these before the target's code runs: who says them again is not the agent.
        if kind == "ready":
            self.ready = self.ready or said
        elif kind == "started":
            self.code_started = when if self.code_started is None else self.code_started
        elif kind == "stopped":
            self.stopped = said
        return None

    def _hotspots(self, said: dict[str, Any], when: float) -> dict[str, Any] | None:
        define: dict[str, Any] = said.get("define") or {}
        update: dict[str, Any] = said.get("update") or {}
        are_columns = _are_columns(define, texts=True) and _are_columns(update, texts=False)
        if not (isinstance(said.get("table"), str) and are_columns):
            return None
        self.answers.append((when, number(said.get("cost_s")) or 0.0))
        return {
            "table": said["table"],
            "define": define,
            "update": update,
            "elapsed_s": round(when - (self.code_started or when), 6),
            "complete": bool(said.get("complete")),
        }

    def _bad(self) -> tuple[str, dict[str, Any], float] | None:
        self._bad_lines += 1
        if self._bad_lines > 1:
            return None
        from time import monotonic

        warning = {
            "code": "bad_agent_line",
            "message": "Something in the profiled process wrote what is not a live row where live rows are expected.",
            "hint": "Live rows may be missing; the profile at the end is not affected.",
        }
        return "warning", warning, monotonic() - self._started


def number(value: object) -> float | None:
    """A number that a run can have, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LARGEST <= value <= _LARGEST:
        return None
    return float(value)


def _are_columns(columns: Any, *, texts: bool) -> bool:
    """Whether these are lists of equal length by name, with ``id`` among them unless there are none at all.

    Args:
        columns: anything.
        texts: whether a column may hold texts instead of numbers; ids may always.
    """
    if not isinstance(columns, dict):
        return False
    if not columns:
        return True
    lists: dict[str, Any] = columns  # pyright: ignore[reportUnknownVariableType]
    lengths = {_length(column) for column in lists.values()}
    if len(lengths) != 1 or -1 in lengths or not all(isinstance(one, (int, str)) for one in lists.get("id", [None])):
        return False
    return all(_are_cells(column, texts=texts or name == "id") for name, column in lists.items())


def _are_cells(column: list[Any], *, texts: bool) -> bool:
    """Whether all values are numbers, or all are texts; None may stand for either."""
    known = [value for value in column if value is not None]
    return all(number(value) is not None for value in known) or (
        texts and all(isinstance(value, str) for value in known)
    )


def _length(column: Any) -> int:
    return len(column) if isinstance(column, list) else -1  # pyright: ignore[reportUnknownArgumentType]


def _warning(said: dict[str, Any]) -> dict[str, Any]:
    return {name: str(said.get(name) or "")[:_LONGEST_TEXT] for name in ("code", "message", "hint")}
