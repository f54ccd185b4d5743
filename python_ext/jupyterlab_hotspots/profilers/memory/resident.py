"""Reads how much of the process is in memory: resident set size, in bytes.

On Linux from `/proc/self/statm` (proc(5)), through a descriptor that is kept open: 1.5 µs, where memory_profiler's own
way, a new `psutil.Process` each time, takes 35. Elsewhere by memory_profiler, else by psutil, whichever can be
imported: memory_profiler is not maintained, and nothing here may break with it.
"""

# This runs in the target, which did not ask for pathlib.

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_STATM = "/proc/self/statm"
_HIGH_DESCRIPTORS = range(249, 240, -1)
"""Scripts know the low ones; the agent's own is 250."""
_MEBIBYTE = 1 << 20


def reader() -> Callable[[], int]:
    """What reads it here.

    Raises:
        ModuleNotFoundError: neither `/proc` nor a package that can read it is there.
    """
    if sys.platform == "linux":
        try:
            return _Statm().read
        except (OSError, ValueError, IndexError):
            pass  # `/proc` is not mounted.
    return _by_memory_profiler() or _by_psutil()


class _Statm:
    def __init__(self) -> None:
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        self._descriptor = -1
        self._open()
        self.read()

    def read(self) -> int:
        try:
            return int(os.pread(self._descriptor, 100, 0).split(None, 2)[1]) * self._page_bytes
        except (OSError, ValueError, IndexError):
            # The target has closed it, as daemons close all they do not know, and perhaps opened a file there.
            self._open()
            return int(os.pread(self._descriptor, 100, 0).split(None, 2)[1]) * self._page_bytes

    def _open(self) -> None:
        low = os.open(_STATM, os.O_RDONLY | os.O_CLOEXEC)
        for high in _HIGH_DESCRIPTORS:
            try:
                os.fstat(high)
            except OSError:
                try:
                    self._descriptor = os.dup2(low, high, False)
                except OSError:
                    break
                os.close(low)
                return
        self._descriptor = low


def _by_memory_profiler() -> Callable[[], int] | None:
    try:
        import memory_profiler

        read: Any = vars(memory_profiler)["_get_memory"]
        read(-1, "psutil")
    except Exception:
        return None
    return lambda: int(read(-1, "psutil") * _MEBIBYTE)


def _by_psutil() -> Callable[[], int]:
    import psutil

    process = psutil.Process()
    return lambda: process.memory_info().rss
