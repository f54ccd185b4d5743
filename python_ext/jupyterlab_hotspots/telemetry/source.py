"""What a platform offers to the sampler: processes, and totals of the host. Types only, never imported at run time."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Protocol


class WatchedProcess(Protocol):
    """One process of the tree, identified by pid *and* start time, with its figures as last read.

    CPU is in nanoseconds: ``own_cpu_ns`` of the process itself, ``reaped_cpu_ns`` of all descendants that it, or one it
    waited for, has waited for. Sizes are bytes; those read and written include waited-for children's.
    """

    pid: int
    parent_pid: int
    own_cpu_ns: int
    reaped_cpu_ns: int
    rss_bytes: int
    threads: int
    read_bytes: int
    write_bytes: int
    io_readable: bool
    running: bool
    """False for one that has ended but not been waited for."""
    leaving: bool
    """It is being waited for this moment: its time may or may not be in its parent's figures yet."""

    def read(self, thorough: bool) -> bool:
        """Refresh the figures; False if the process is gone (or its pid belongs to another one now).

        Without ``thorough`` a process that has not run since the last read may be skipped.
        """
        ...

    def memory(self) -> tuple[int, int | None] | None:
        """(USS, PSS) in bytes; None where it may not be read, (0, 0) if the process is gone."""
        ...

    def open_files(self) -> int | None:
        """Open descriptors; None where they may not be read, 0 if the process is gone."""
        ...

    def high_water_mark_bytes(self) -> int | None:
        """The largest RSS the process ever had, None where unknown."""
        ...

    def close(self) -> None:
        """Let go of the files kept open for it."""
        ...


class ProcessSource(Protocol):
    """Where processes come from."""

    def watch(self, pid: int) -> WatchedProcess | None:
        """The process with this pid, read once; None if there is none."""
        ...

    def find(self, members: Container[int], excluded: Container[int], thorough: bool) -> Sequence[WatchedProcess]:
        """Processes that joined the tree since the last call, read once, every parent before its children."""
        ...

    def keeper_reaped_ns(self) -> int:
        """CPU (ns) of everything the subreaper has waited for so far; 0 where there is none."""
        ...

    def close(self) -> None:
        """Let go of everything kept open."""
        ...


class HostSource(Protocol):
    """Totals of the host as last read; None where a figure cannot be read, rates also before the second reading."""

    cpu_percent: float | None
    memory_used_bytes: int | None
    received_bytes_per_s: float | None
    sent_bytes_per_s: float | None

    def memory_bytes(self) -> int | None:
        """All memory of the host."""
        ...

    def read(self, now: float) -> None:
        """Refresh the figures; ``now`` is ``time.monotonic()``, rates are means since the last call."""
        ...

    def close(self) -> None:
        """Let go of everything kept open."""
        ...
