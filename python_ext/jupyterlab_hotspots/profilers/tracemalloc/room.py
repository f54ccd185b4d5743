"""Whether there is memory enough to look at all blocks: a target must not be killed for being looked at."""

from __future__ import annotations

import os

_BYTES_PER_BLOCK = 250
"""What a look takes for a block: a trace, its size and its place in lists, all of them traced themselves."""
_TRACE_BYTES = 48
"""What tracemalloc itself keeps for a block."""
_ALWAYS = 64 << 20
_SHARE = 0.5
"""Of what is left, at most so much is taken."""


def is_room_for(traced_bytes: int) -> bool:
    """Whether a look may be taken.

    Args:
        traced_bytes: what tracemalloc says that it needs for itself, from which the number of blocks is known.
    """
    need = traced_bytes // _TRACE_BYTES * _BYTES_PER_BLOCK
    if need <= _ALWAYS:
        return True
    left = [number for number in (_machine(), _container()) if number is not None]
    return not left or need <= min(left) * _SHARE


def _machine() -> int | None:
    for line in _read("/proc/meminfo").split("\n"):
        words = line.split()
        if len(words) > 1 and words[0] == "MemAvailable:" and words[1].isdigit():
            return int(words[1]) * 1024
    return None


def _container() -> int | None:
    """What is left to the control group (version 2, https://docs.kernel.org/admin-guide/cgroup-v2.html)."""
    folder = "/sys/fs/cgroup"
    for line in _read("/proc/self/cgroup").split("\n"):
        if line[:3] == "0::" and _read(f"{folder}{line[3:]}/memory.max"):
            folder += line[3:]
    limit, used = _read(f"{folder}/memory.max").strip(), _read(f"{folder}/memory.current").strip()
    return max(0, int(limit) - int(used)) if limit.isdigit() and used.isdigit() else None


def _read(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 1 << 16).decode("ascii", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)
