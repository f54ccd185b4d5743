"""The columns that are dear to measure: once a second or so, a slice at a time, so that no sample is late for them."""

from __future__ import annotations

from time import monotonic

from jupyterlab_hotspots.telemetry.gpu import GpuReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_hotspots.telemetry.source import HostSource, WatchedProcess

_SHARE = 0.01
"""The share of the time it may take: reading USS walks page tables, and holds up the process meanwhile."""
_SLICE_S = 0.01
"""What it may take of one sample; what is left waits for the next."""


class DearColumns:
    """Measures the dear columns in rounds, each spread over as many samples as it takes.

    Args:
        host: where totals of the host come from.
        every: seconds from the start of a round to that of the next, at least.
    """

    def __init__(self, host: HostSource, every: float) -> None:
        self._host = host
        self._every = every
        self.gpu = GpuReader()
        self._rounds = 0
        self._next = 0.0
        self._began = 0.0
        self._spent_s = 0.0
        self._left: list[WatchedProcess] | None = None
        self._unique: int | None = None
        self._proportional: int | None = None
        self._files: int | None = None

    def measure(self, processes: Iterable[WatchedProcess], now: float) -> dict[str, float | int | None]:
        """Go on measuring; the columns if that ends a round, else nothing.

        Args:
            processes: the tree; a round keeps to those it found at its start.
            now: ``time.monotonic()``.
        """
        if self._left is None:
            if now < self._next:
                return {}
            self._began = now
            self._spent_s = 0.0
            self._left = [process for process in processes if process.running]
            self._left.reverse()
            # A tree that has gone has no memory to measure, which is not the same as none.
            self._unique = self._proportional = self._files = 0 if self._left else None
        begun = monotonic()
        while self._left:
            self._add(self._left.pop())
            if monotonic() - begun > _SLICE_S:
                break
        columns = {} if self._left else self._finish(now)
        finished = monotonic()
        self._spent_s += finished - begun
        if columns:
            self._left = None
            self._next = max(self._began + self._every, finished + self._spent_s / _SHARE)
        return columns

    def close(self) -> None:
        """Let go of host and GPUs."""
        self._host.close()
        self.gpu.close()

    def _add(self, process: WatchedProcess) -> None:
        unique, proportional = process.memory() or (None, None)
        self._unique = _plus(self._unique, unique)
        self._proportional = _plus(self._proportional, proportional)
        self._files = _plus(self._files, process.open_files())

    def _finish(self, now: float) -> dict[str, float | int | None]:
        host, gpu = self._host, self.gpu
        host.read(now)
        self._rounds += 1
        if self._rounds > 1:  # not while the run starts
            gpu.search()
        gpu.read()
        return {
            "uss_bytes": self._unique,
            "pss_bytes": self._proportional,
            "open_files": self._files,
            "net_received_bytes_per_s": host.received_bytes_per_s,
            "net_sent_bytes_per_s": host.sent_bytes_per_s,
            "gpu_percent": gpu.percent,
            "gpu_memory_bytes": gpu.memory_bytes,
            "host_cpu_percent": host.cpu_percent,
            "host_memory_used_bytes": host.memory_used_bytes,
        }


def _plus(total: int | None, value: int | None) -> int | None:
    """None once a part is missing: the rest is not to be taken for the whole."""
    return None if total is None or value is None else total + value
