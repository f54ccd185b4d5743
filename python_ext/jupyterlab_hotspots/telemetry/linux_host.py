"""Totals of a Linux host (in a container: as its ``/proc`` shows them), formats as in proc(5)."""

# ruff: noqa: PTH110

from __future__ import annotations

import os

from jupyterlab_hotspots.telemetry.kept_files import DescriptorBudget, KeptFile


class LinuxHost:
    """A `HostSource` of Linux."""

    def __init__(self) -> None:
        budget = DescriptorBudget(3)
        self._stat = KeptFile("/proc/stat", budget, 512)
        self._meminfo = KeptFile("/proc/meminfo", budget, 1024)
        self._network = KeptFile("/proc/net/dev", budget, 65536)
        self._names: frozenset[str] = frozenset()
        self._counted: frozenset[str] = frozenset()
        self._cpu_before: tuple[int, int] | None = None
        self._network_before: tuple[float, int, int] | None = None
        self.cpu_percent: float | None = None
        self.memory_used_bytes: int | None = None
        self.received_bytes_per_s: float | None = None
        self.sent_bytes_per_s: float | None = None

    def memory_bytes(self) -> int | None:
        """``MemTotal``."""
        return self._memory().get(b"MemTotal")

    def read(self, now: float) -> None:
        """Refresh the figures; rates are means since the last call."""
        self._read_cpu()
        memory = self._memory()
        total, available = memory.get(b"MemTotal"), memory.get(b"MemAvailable")
        self.memory_used_bytes = None if total is None or available is None else total - available
        self._read_network(now)

    def close(self) -> None:
        """Close the files kept open."""
        for file in (self._stat, self._meminfo, self._network):
            file.close()

    def _read_cpu(self) -> None:
        self.cpu_percent = None
        try:
            # user nice system idle iowait irq softirq steal; guest time is in user time already
            ticks = [int(field) for field in self._stat.read().split(b"\n", 1)[0].split()[1:9]]
            now = (sum(ticks), ticks[3] + ticks[4])
        except (OSError, ValueError, IndexError):
            return
        before, self._cpu_before = self._cpu_before, now
        if before is not None and now[0] > before[0]:
            idle = (now[1] - before[1]) / (now[0] - before[0])
            self.cpu_percent = round(100.0 * min(1.0, max(0.0, 1.0 - idle)), 2)

    def _memory(self) -> dict[bytes, int]:
        values: dict[bytes, int] = {}
        try:
            for line in self._meminfo.read().split(b"\n", 4)[:4]:
                name, _, rest = line.partition(b":")
                values[name] = int(rest.split()[0]) * 1024
        except (OSError, ValueError, IndexError):
            pass
        return values

    def _read_network(self, now: float) -> None:
        self.received_bytes_per_s = self.sent_bytes_per_s = None
        try:
            interfaces: dict[str, tuple[int, int]] = {}
            for line in self._network.read().splitlines()[2:]:
                name, _, rest = line.partition(b":")
                fields = rest.split()
                interfaces[name.strip().decode()] = int(fields[0]), int(fields[8])
        except (OSError, ValueError, IndexError):
            return
        if interfaces.keys() != self._names:
            self._names = frozenset(interfaces)
            self._counted = _counted(self._names)
            self._network_before = None
        received = sum(interfaces[name][0] for name in self._counted)
        sent = sum(interfaces[name][1] for name in self._counted)
        before, self._network_before = self._network_before, (now, received, sent)
        if before is not None and now > before[0] and received >= before[1] and sent >= before[2]:
            self.received_bytes_per_s = round((received - before[1]) / (now - before[0]), 1)
            self.sent_bytes_per_s = round((sent - before[2]) / (now - before[0]), 1)


def _counted(names: frozenset[str]) -> frozenset[str]:
    """The interfaces with a device behind them, else (in a container) all but loopback.

    A bridge, a bond or a tunnel repeats what its parts carry.
    """
    devices = frozenset(name for name in names if os.path.exists(f"/sys/class/net/{name}/device"))
    return devices or names - {"lo"}
