"""Processes as Linux shows them in ``/proc`` (formats: proc(5)), read through files that stay open."""

# 640 reads a second: a pathlib object for each would cost more than the read.
# ruff: noqa: PTH110, PTH116, PTH208

from __future__ import annotations

import os
from time import clock_gettime_ns

from jupyterlab_hotspots.telemetry.discovery import TreeFinder
from jupyterlab_hotspots.telemetry.kept_files import DescriptorBudget, KeptFile, read_once

TYPE_CHECKING = False  # `typing` would be a tenth of the start-up
if TYPE_CHECKING:
    from collections.abc import Container

_TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class LinuxProcess:
    """A `WatchedProcess` of Linux.

    Raises:
        OSError: there is no such process.
    """

    __slots__ = (
        "_clock",
        "_io",
        "_stat",
        "_statm",
        "_status",
        "io_readable",
        "leaving",
        "own_cpu_ns",
        "parent_pid",
        "pid",
        "read_bytes",
        "reaped_cpu_ns",
        "rss_bytes",
        "running",
        "start_ticks",
        "threads",
        "write_bytes",
    )

    def __init__(self, pid: int, budget: DescriptorBudget) -> None:
        self.pid = pid
        # The CPU clock of another process: nanoseconds, where /proc/<pid>/stat has ticks of 10 ms, which at 10 Hz would
        # leave steps of 10 %. Encoding: clock_getcpuclockid(3), kernel's include/linux/posix-timers.h.
        self._clock = (~pid << 3) | 2
        self._stat = KeptFile(f"/proc/{pid}/stat", budget, 1024)
        # statm, not the RSS in stat: since Linux 6.2 the latter may lag by megabytes on machines with many cores.
        self._statm = KeptFile(f"/proc/{pid}/statm", budget, 256)
        self._io = KeptFile(f"/proc/{pid}/io", budget, 512)
        self._status = KeptFile(f"/proc/{pid}/status", budget, 4096)
        self.parent_pid = self.own_cpu_ns = self.reaped_cpu_ns = 0
        self.rss_bytes = self.threads = self.read_bytes = self.write_bytes = 0
        self.io_readable = True
        self.running = True
        self.leaving = False
        self.start_ticks: bytes | None = None
        if not self.read(True):
            self.close()
            raise ProcessLookupError(pid)

    def read(self, thorough: bool) -> bool:
        """Refresh the figures; False if the process is gone. One that has not run since keeps its figures."""
        try:
            own_cpu_ns = clock_gettime_ns(self._clock)
            if own_cpu_ns == self.own_cpu_ns and not thorough and not self.leaving:
                return True
        except OSError:  # gone, or a kernel without these clocks: /proc decides
            own_cpu_ns = -1
        try:
            stat = self._stat.read()
            # The name before it may hold anything, blanks and brackets too.
            fields = stat[stat.rindex(b")") + 2 :].split(b" ", 20)
            start_ticks = fields[19]
            if start_ticks != self.start_ticks:
                if self.start_ticks is not None:
                    return False
                self.start_ticks = start_ticks
            state = fields[0]
            self.leaving = state == b"X" or state == b"x"
            if own_cpu_ns < 0:
                own_cpu_ns = (int(fields[11]) + int(fields[12])) * _TICK_NS
            if own_cpu_ns > self.own_cpu_ns:
                self.own_cpu_ns = own_cpu_ns
            self.parent_pid = int(fields[1])
            self.reaped_cpu_ns = (int(fields[13]) + int(fields[14])) * _TICK_NS
            self.threads = int(fields[17])
            # A main thread that has ended before the others shows as Z, too.
            self.running = not self.leaving and (state != b"Z" or self.threads > 1)
            self.rss_bytes = int(self._statm.read().split(b" ", 2)[1]) * _PAGE_BYTES
        except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
            return False
        except OSError:  # no descriptor free, say: the figures of the last read are better than none
            return True
        if self.io_readable or thorough:
            try:
                io = self._io.read().split()
                self.read_bytes = int(io[9])
                self.write_bytes = int(io[11])
                self.io_readable = True
            except (FileNotFoundError, ProcessLookupError):
                pass
            except (OSError, ValueError, IndexError):
                self.io_readable = False
        return True

    def memory(self) -> tuple[int, int | None] | None:
        """(USS, PSS) from ``smaps_rollup`` (Linux >= 4.14).

        Opened anew each time: the open file belongs to one address space, which an exec replaces.
        """
        unique = proportional = 0
        try:
            rollup = read_once(f"/proc/{self.pid}/smaps_rollup", 4096)
            for line in rollup.splitlines()[1:]:
                if line.startswith(b"Private_"):
                    unique += int(line.split(None, 2)[1])
                elif line.startswith(b"Pss:"):
                    proportional = int(line.split(None, 2)[1])
        except ProcessLookupError:
            return 0, 0
        except FileNotFoundError:
            return None if os.path.exists(f"/proc/{self.pid}/stat") else (0, 0)
        except (OSError, ValueError, IndexError):
            return None
        return unique * 1024, proportional * 1024

    def open_files(self) -> int | None:
        """Entries of ``/proc/<pid>/fd``; since Linux 6.2 the folder's size is their number."""
        folder = f"/proc/{self.pid}/fd"
        try:
            return os.stat(folder).st_size or len(os.listdir(folder))
        except (FileNotFoundError, ProcessLookupError):
            return 0
        except OSError:
            return None

    def high_water_mark_bytes(self) -> int | None:
        """``VmHWM``: the largest RSS since the last exec."""
        try:
            status = self._status.read()
            start = status.index(b"VmHWM:") + 6
            return int(status[start : status.index(b"kB", start)]) * 1024
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Close the files of the process."""
        for file in (self._stat, self._statm, self._io, self._status):
            file.close()


class LinuxSource:
    """A `ProcessSource` of Linux."""

    def __init__(self, also_children_of: int | None, budget: DescriptorBudget | None = None) -> None:
        self._budget = budget or DescriptorBudget()
        self._finder = TreeFinder(also_children_of)
        self._keeper = KeptFile(f"/proc/{also_children_of}/stat", self._budget, 1024) if also_children_of else None
        self._keeper_reaped_ns = 0

    def watch(self, pid: int) -> LinuxProcess | None:
        """The process with this pid, read once; None if there is none."""
        try:
            return LinuxProcess(pid, self._budget)
        except OSError:
            return None

    def find(self, members: Container[int], excluded: Container[int], thorough: bool) -> list[LinuxProcess]:
        """Processes that joined the tree since the last call, every parent before its children."""
        found = (self.watch(pid) for pid in self._finder.find(members, excluded, thorough))
        return [process for process in found if process is not None]

    def keeper_reaped_ns(self) -> int:
        """CPU (ns) of everything that ``also_children_of`` has waited for."""
        if self._keeper is not None:
            try:
                stat = self._keeper.read()
                fields = stat[stat.rindex(b")") + 2 :].split(b" ", 15)
                self._keeper_reaped_ns = (int(fields[13]) + int(fields[14])) * _TICK_NS
            except (OSError, ValueError, IndexError):
                pass
        return self._keeper_reaped_ns

    def close(self) -> None:
        """Close the files of the subreaper and of discovery."""
        if self._keeper is not None:
            self._keeper.close()
        self._finder.close()
