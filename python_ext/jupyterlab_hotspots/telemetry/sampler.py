"""Samples of what a process tree and its host use: what the supervisor takes ten times a second.

Only the standard library, and psutil where there is no ``/proc``: it runs in the supervisor, beside the profiled
process.
"""

# ruff: noqa: PTH110

from __future__ import annotations

import os
import sys
from time import monotonic

from jupyterlab_hotspots.telemetry.cgroups import ControlGroups
from jupyterlab_hotspots.telemetry.columns import NAMES
from jupyterlab_hotspots.telemetry.dear import DearColumns
from jupyterlab_hotspots.telemetry.ledger import TreeLedger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from jupyterlab_hotspots.telemetry.source import HostSource, ProcessSource

_SHORTEST_INTERVAL_S = 0.01
"""Rates over less than this say nothing."""
_THOROUGH_EVERY_S = 1.0


class TelemetrySampler:
    """Samples of the tree below one process. The columns are named in ``columns.py``.

    Args:
        root_pid: the process at the top of the tree. That it has ended already is no error.
        started: ``time.monotonic()`` of the run's start; ``t_s`` counts from it.
        dear_every: seconds between measurements of the dear columns, at least; more where they take over 1 % of that.
        also_children_of: a process whose children belong to the tree too, though it does not itself: the subreaper that
            takes over orphans. Needs to be the process that waits for the root, for no CPU time of orphans to be lost.
        reads: ``"proc"`` or ``"psutil"``; by default whichever the platform has.
    """

    def __init__(
        self,
        root_pid: int,
        *,
        started: float,
        dear_every: float = 1.0,
        also_children_of: int | None = None,
        reads: Literal["proc", "psutil"] | None = None,
    ) -> None:
        self._root_pid = root_pid
        self._started = started
        source, self._host = _platform(root_pid, also_children_of, reads)
        self._cgroups = ControlGroups(root_pid)
        self._dear = DearColumns(self._host, dear_every)
        self._oom_kills_before = self._cgroups.oom_kills()
        self._ledger = TreeLedger(root_pid, source)
        self._peak_rss_bytes = 0
        self._high_water_mark_bytes: int | None = None
        self._limits: dict[str, Any] | None = None
        self._thorough_next = 0.0
        self._before = (monotonic(), self._ledger.used_ns(), 0, 0)

    def sample(self) -> dict[str, float | int | None]:
        """One sample of the tree as it is now: every column of ``columns.py``, in that order.

        None where a value cannot be read, where there is no process left to read it from, for the dear columns
        where they were not measured this time, and for rates over less than 10 ms.
        """
        now = monotonic()
        ledger = self._ledger
        lived = bool(ledger.members)
        thorough = now >= self._thorough_next
        if thorough:
            self._thorough_next = now + _THOROUGH_EVERY_S
        ledger.update(thorough)
        rss_bytes = threads = processes = 0
        io_readable = True
        for process in ledger.members.values():
            if process.running:
                processes += 1
                rss_bytes += process.rss_bytes
                threads += process.threads
                io_readable = io_readable and process.io_readable
        if rss_bytes > self._peak_rss_bytes:
            self._peak_rss_bytes = rss_bytes
        cpu_percent, read_bytes_per_s, write_bytes_per_s = self._rates(now)
        self._read_high_water_mark()
        sample: dict[str, float | int | None] = dict.fromkeys(NAMES)
        sample.update(
            t_s=round(now - self._started, 4),
            cpu_percent=cpu_percent if lived or processes else None,
            rss_bytes=rss_bytes if processes else None,
            threads=threads if processes else None,
            processes=processes,
            read_bytes_per_s=read_bytes_per_s if processes and io_readable else None,
            write_bytes_per_s=write_bytes_per_s if processes and io_readable else None,
            cgroup_memory_bytes=self._cgroups.memory_usage_bytes(),
        )
        sample.update(self._dear.measure(ledger.members.values(), now))
        return sample

    def limits(self) -> dict[str, Any]:
        """What the tree may use, and what there is.

        ``memory_limit_bytes`` (of the tightest control group, or the host's memory), ``memory_limit_source``
        (``"cgroup2"``, ``"cgroup1"`` or ``"host"``), ``cpu_limit_cores`` (by quota or by the cores the process may run
        on; None where all of the host's may be used), ``host_cores``, ``host_memory_bytes``, ``gpus``
        (``{"name", "memory_bytes"}`` each). GPUs are looked for about a second after the start: until then ``gpus`` is
        empty.
        """
        if self._limits is None:
            host_memory, host_cores = self._host.memory_bytes(), os.cpu_count() or 1
            limit, source = self._cgroups.memory_limit_bytes, self._cgroups.memory_version
            if limit is None or (host_memory is not None and limit >= host_memory):
                limit, source = host_memory, "host"
            cores = min(_allowed_cores(self._root_pid) or host_cores, self._cgroups.cpu_limit_cores() or host_cores)
            self._limits = {
                "memory_limit_bytes": limit,
                "memory_limit_source": source,
                "cpu_limit_cores": cores if cores < host_cores else None,
                "host_cores": host_cores,
                "host_memory_bytes": host_memory,
            }
        return {**self._limits, "gpus": self._dear.gpu.describe()}

    def pids(self) -> list[int]:
        """The processes of the tree alive in the last sample, the root first, parents before their children."""
        return [pid for pid, process in self._ledger.members.items() if process.running]

    def pids_now(self) -> list[int]:
        """As `pids`, but looks through the whole process table now: for whoever has to be sure to stop everything."""
        self._ledger.update(thorough=True)
        return self.pids()

    def exclude(self, pid: int) -> None:
        """Leave a process and its descendants out from now on, such as a helper that the subreaper itself started."""
        self._ledger.exclude(pid)

    def peak_rss_bytes(self) -> int:
        """The largest ``rss_bytes`` of any sample, 0 before the first. What came and went in between is not in it."""
        return self._peak_rss_bytes

    def high_water_mark_bytes(self) -> int | None:
        """The largest RSS the root alone ever had, by the kernel's account so far; None where unknown."""
        return self._high_water_mark_bytes

    def oom_kills(self) -> int | None:
        """Processes of the control group killed for want of memory since the sampler was made; None if not counted."""
        kills = self._cgroups.oom_kills()
        return None if kills is None or self._oom_kills_before is None else kills - self._oom_kills_before

    def close(self) -> None:
        """Close every file; the sampler is of no use afterwards."""
        self._ledger.close()
        self._dear.close()
        self._cgroups.close()

    def _rates(self, now: float) -> tuple[float | None, float | None, float | None]:
        before, used_ns, was_read, was_written = self._before
        seconds = now - before
        if seconds < _SHORTEST_INTERVAL_S:
            return None, None, None
        ledger = self._ledger
        self._before = (now, ledger.used_ns(), ledger.read_bytes, ledger.write_bytes)
        return (
            round((ledger.used_ns() - used_ns) / seconds / 1e7, 2),
            round(max(0, ledger.read_bytes - was_read) / seconds, 1),
            round(max(0, ledger.write_bytes - was_written) / seconds, 1),
        )

    def _read_high_water_mark(self) -> None:
        root = self._ledger.members.get(self._root_pid)
        mark = None if root is None else root.high_water_mark_bytes()
        if mark is not None and mark > (self._high_water_mark_bytes or 0):
            self._high_water_mark_bytes = mark


def _allowed_cores(pid: int) -> int | None:
    try:
        return len(os.sched_getaffinity(pid)) if sys.platform == "linux" else None
    except OSError:
        return None


def _platform(
    root_pid: int, also_children_of: int | None, reads: Literal["proc", "psutil"] | None
) -> tuple[ProcessSource, HostSource]:
    if reads == "proc" or (reads is None and sys.platform == "linux" and os.path.exists("/proc/self/stat")):
        from jupyterlab_hotspots.telemetry.linux import LinuxSource
        from jupyterlab_hotspots.telemetry.linux_host import LinuxHost

        return LinuxSource(also_children_of), LinuxHost()
    from jupyterlab_hotspots.telemetry.portable import PortableHost, PortableSource

    return PortableSource(root_pid, also_children_of), PortableHost()
