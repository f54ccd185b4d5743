"""Processes and host totals through psutil, for macOS and whatever else has no ``/proc``."""

from __future__ import annotations

import sys
import time

import psutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

_FIND_EVERY_S = 0.5
"""psutil has to ask for the parent of every process of the host."""


class PortableProcess:
    """A `WatchedProcess` through psutil.

    Raises:
        psutil.Error: there is no such process, or it may not be read.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.pid = pid
        self.parent_pid = self.own_cpu_ns = self.reaped_cpu_ns = 0
        self.rss_bytes = self.threads = self.read_bytes = self.write_bytes = 0
        self.io_readable = hasattr(self._process, "io_counters")
        self.running = True
        self.leaving = False
        self._largest_rss_bytes = 0
        if not self.read(True):
            raise psutil.NoSuchProcess(pid)

    def read(self, thorough: bool) -> bool:
        """Refresh the figures; False if the process is gone."""
        process = self._process
        try:
            if not process.is_running():
                return False
            with process.oneshot():
                self.parent_pid = process.ppid()
                cpu = process.cpu_times()
                self.own_cpu_ns = max(self.own_cpu_ns, int((cpu.user + cpu.system) * 1e9))
                # psutil knows what a process has waited for on Linux alone; elsewhere these are 0.
                self.reaped_cpu_ns = int((cpu.children_user + cpu.children_system) * 1e9)
                self.rss_bytes = process.memory_info().rss
                self.threads = process.num_threads()
                self.running = process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        except psutil.ZombieProcess:
            self.running, self.rss_bytes, self.threads = False, 0, 0
            return True
        except psutil.NoSuchProcess:
            return False
        except psutil.Error:  # may not be read just now
            return True
        self._largest_rss_bytes = max(self._largest_rss_bytes, self.rss_bytes)
        if self.io_readable:
            try:
                io = process.io_counters()
                self.read_bytes, self.write_bytes = io.read_bytes, io.write_bytes
            except psutil.NoSuchProcess:
                pass
            except (psutil.Error, OSError):
                self.io_readable = False
        return True

    def memory(self) -> tuple[int, int | None] | None:
        """(USS, PSS); PSS is known to Linux alone."""
        try:
            memory = self._process.memory_full_info()
        except psutil.NoSuchProcess:
            return 0, 0
        except (psutil.Error, OSError):
            return None
        return memory.uss, getattr(memory, "pss", None)

    def open_files(self) -> int | None:
        """Open descriptors."""
        try:
            return self._process.num_fds()
        except psutil.NoSuchProcess:
            return 0
        except (psutil.Error, OSError):
            return None

    def high_water_mark_bytes(self) -> int | None:
        """Unknown to psutil."""
        return None

    def close(self) -> None:
        """Nothing is kept open."""


class PortableSource:
    """A `ProcessSource` through psutil."""

    def __init__(self, root_pid: int, also_children_of: int | None) -> None:
        self._tops = [root_pid] if also_children_of is None else [root_pid, also_children_of]
        self._keeper = also_children_of
        self._keeper_reaped_ns = 0
        self._find_next = 0.0

    def watch(self, pid: int) -> PortableProcess | None:
        """The process with this pid, read once; None if there is none."""
        try:
            return PortableProcess(pid)
        except psutil.Error:
            return None

    def find(self, members: Container[int], excluded: Container[int], thorough: bool) -> list[PortableProcess]:
        """Processes that joined the tree since the last call, every parent before its children."""
        now = time.monotonic()
        if now < self._find_next and not thorough:
            return []
        self._find_next = now + _FIND_EVERY_S
        children: dict[int, list[int]] = {}
        for process in psutil.process_iter():
            try:
                children.setdefault(process.ppid(), []).append(process.pid)
            except psutil.Error:
                continue
        tops = [*self._tops, *(pid for pid in children if pid in members)]
        found: dict[int, PortableProcess] = {}
        seen = set(tops)
        line = list(tops)
        for parent in line:
            for pid in children.get(parent, ()):
                if pid in seen or pid in excluded:
                    continue
                seen.add(pid)
                line.append(pid)
                if pid not in members and (process := self.watch(pid)) is not None:
                    found[pid] = process
        return list(found.values())

    def keeper_reaped_ns(self) -> int:
        """CPU (ns) of everything that ``also_children_of`` has waited for; 0 where psutil cannot tell."""
        if self._keeper is not None:
            try:
                cpu = psutil.Process(self._keeper).cpu_times()
                self._keeper_reaped_ns = int((cpu.children_user + cpu.children_system) * 1e9)
            except psutil.Error:
                pass
        return self._keeper_reaped_ns

    def close(self) -> None:
        """Nothing is kept open."""


class PortableHost:
    """A `HostSource` through psutil."""

    def __init__(self) -> None:
        self._loopback = ("lo",) if sys.platform == "linux" else ("lo0",)
        self._cpu_before: tuple[float, float] | None = None
        self._network_before: tuple[float, int, int] | None = None
        self.cpu_percent: float | None = None
        self.memory_used_bytes: int | None = None
        self.received_bytes_per_s: float | None = None
        self.sent_bytes_per_s: float | None = None

    def memory_bytes(self) -> int | None:
        """All memory of the host."""
        return psutil.virtual_memory().total

    def read(self, now: float) -> None:
        """Refresh the figures; rates are means since the last call."""
        times = psutil.cpu_times()._asdict()
        total = sum(value for name, value in times.items() if not name.startswith("guest"))
        idle = times["idle"] + times.get("iowait", 0.0)
        before, self._cpu_before = self._cpu_before, (total, idle)
        self.cpu_percent = None
        if before is not None and total > before[0]:
            self.cpu_percent = round(100.0 * min(1.0, max(0.0, 1.0 - (idle - before[1]) / (total - before[0]))), 2)
        memory = psutil.virtual_memory()
        self.memory_used_bytes = memory.total - memory.available
        self._read_network(now)

    def close(self) -> None:
        """Nothing is kept open."""

    def _read_network(self, now: float) -> None:
        self.received_bytes_per_s = self.sent_bytes_per_s = None
        try:
            counters = psutil.net_io_counters(pernic=True, nowrap=True)
        except (OSError, psutil.Error):
            return
        counted = [counter for name, counter in counters.items() if name not in self._loopback]
        received, sent = sum(one.bytes_recv for one in counted), sum(one.bytes_sent for one in counted)
        before, self._network_before = self._network_before, (now, received, sent)
        if before is not None and now > before[0] and received >= before[1] and sent >= before[2]:
            self.received_bytes_per_s = round((received - before[1]) / (now - before[0]), 1)
            self.sent_bytes_per_s = round((sent - before[2]) / (now - before[0]), 1)
