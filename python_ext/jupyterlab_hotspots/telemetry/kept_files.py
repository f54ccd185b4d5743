"""Files of ``/proc`` and ``/sys`` that are opened once and read again and again, which halves the price of a read."""

from __future__ import annotations

import os


class DescriptorBudget:
    """How many descriptors may be kept open; files beyond it are opened for each read.

    The limit on open files is left alone, because the profiled process would inherit it.
    """

    def __init__(self, most: int | None = None) -> None:
        if most is None:
            import resource

            soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            most = 2048 if soft == resource.RLIM_INFINITY else min(2048, soft // 2)
        self.left = most


class KeptFile:
    """A virtual file whose text is made anew by every read from its start.

    A file below ``/proc/<pid>`` that is kept open belongs to that very process, not to a later one with the same pid:
    reading it after the process has gone raises `ProcessLookupError`.
    """

    __slots__ = ("_budget", "_descriptor", "_path", "_size")

    def __init__(self, path: str, budget: DescriptorBudget, size: int = 4096) -> None:
        self._path = path
        self._budget = budget
        self._size = size
        self._descriptor = -1

    def read(self) -> bytes:
        """The first ``size`` bytes as they are now.

        Raises:
            OSError: it cannot be read; `FileNotFoundError` or `ProcessLookupError` where its process has gone.
        """
        descriptor = self._descriptor
        if descriptor >= 0:
            return os.pread(descriptor, self._size, 0)
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            data = os.pread(descriptor, self._size, 0)
        except BaseException:
            os.close(descriptor)
            raise
        if self._budget.left > 0:
            self._budget.left -= 1
            self._descriptor = descriptor
        else:
            os.close(descriptor)
        return data

    def close(self) -> None:
        """Close it; reading again opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._budget.left += 1


def read_once(path: str, size: int = 65536) -> bytes:
    """The first ``size`` bytes of a file that is not worth keeping open.

    Raises:
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, size, 0)
    finally:
        os.close(descriptor)
