"""How busy each thread was, by the kernel's own account.

py-spy with `--idle` says where a thread is, not whether it works or waits. `/proc/PID/task/TID/schedstat` holds the
nanoseconds a thread has run and the nanoseconds it was ready but had no CPU (Documentation/scheduler/sched-stats.rst of
Linux); the rest it has waited, for a lock, a disk or a timer. Read forty times a second that tells it for every sample.
"""

# ruff: noqa: PTH208

from __future__ import annotations

import os
from bisect import bisect_right

_EVERY_S = 0.025
_COST_GUESS_S = 0.0004
"""A pause of so much for each thread keeps what reading costs far below one per cent."""
_LIST_EVERY_S = 0.2
_MOST_THREADS = 512
_NS = 1e9


class ThreadClocks:
    """The clocks of all threads of some processes; nothing is known where the kernel does not tell.

    Attributes:
        due: when to call `read` next, in seconds of the monotonic clock.
    """

    def __init__(self) -> None:
        self.due = 0.0
        self._files: dict[tuple[int, int], int] = {}
        self._times: dict[tuple[int, int], list[float]] = {}
        self._ran: dict[tuple[int, int], list[float]] = {}
        self._active: dict[tuple[int, int], list[float]] = {}
        self._listed = 0.0

    def read(self, now: float, pids: set[int]) -> None:
        """Reads every clock once."""
        if now - self._listed >= _LIST_EVERY_S:
            self._listed = now
            self._find(pids)
        for key, descriptor in list(self._files.items()):
            try:
                ran, ready, _ = os.pread(descriptor, 128, 0).split()
            except (OSError, ValueError):
                self._forget(key)
                continue
            self._times.setdefault(key, []).append(now)
            self._ran.setdefault(key, []).append(int(ran) / _NS)
            self._active.setdefault(key, []).append((int(ran) + int(ready)) / _NS)
        self.due = now + max(_EVERY_S, len(self._files) * _COST_GUESS_S)

    def spent(self, pid: int, tid: int, begin: float, end: float) -> tuple[float, float] | None:
        """How long a thread was running or ready to, and how long it ran, in seconds; None where that is not known.

        Args:
            pid: its process.
            tid: its id, as the kernel counts.
            begin: in seconds of the monotonic clock.
            end: likewise.
        """
        times = self._times.get((pid, tid), [])
        if len(times) < 2:
            return None
        both = (self._active[pid, tid], self._ran[pid, tid])
        active, ran = (max(0.0, _at(times, values, end) - _at(times, values, begin)) for values in both)
        active = min(end - begin, active)
        return active, min(active, ran)

    def others_active(self, pid: int, since: float) -> float:
        """How many CPUs all threads but the main one of `pid` have kept busy since then; children count."""
        busy = 0.0
        for (process, thread), times in self._times.items():
            if (process, thread) != (pid, pid) and len(times) > 1 and times[-1] > since:
                values = self._active[process, thread]
                span = times[-1] - max(since, times[0])
                busy += (values[-1] - _at(times, values, times[-1] - span)) / span if span > 0 else 0.0
        return busy

    def drop_before(self, moment: float) -> None:
        """Forgets what is older, but for one value from which the next can be reckoned."""
        for key in list(self._times):
            times = self._times[key]
            place = max(0, bisect_right(times, moment) - 1)
            if key not in self._files and place >= len(times) - 1:
                del self._times[key], self._active[key], self._ran[key]
            else:
                del times[:place], self._active[key][:place], self._ran[key][:place]

    def close(self) -> None:
        """Closes all files."""
        for key in list(self._files):
            self._forget(key)

    def _find(self, pids: set[int]) -> None:
        for pid in pids:
            try:
                threads = [int(name) for name in os.listdir(f"/proc/{pid}/task")]
            except (OSError, ValueError):
                continue
            for tid in threads:
                if (pid, tid) not in self._files and len(self._files) < _MOST_THREADS:
                    try:
                        self._files[pid, tid] = os.open(f"/proc/{pid}/task/{tid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
                    except OSError:
                        continue

    def _forget(self, key: tuple[int, int]) -> None:
        os.close(self._files.pop(key))


def _at(times: list[float], values: list[float], moment: float) -> float:
    """The value at a moment, by a straight line between those around it; beyond the ends the rate goes on."""
    place = min(max(bisect_right(times, moment), 1), len(times) - 1)
    before, after = place - 1, place
    span = times[after] - times[before]
    rate = (values[after] - values[before]) / span if span > 0 else 0.0
    return values[before] + (moment - times[before]) * rate
