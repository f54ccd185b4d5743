"""What can be told of the watched process from `/proc`, and whether it is there."""

# ruff: noqa: PTH110, PTH123, PTH208

from __future__ import annotations

import os

_MOST_PROCESSES = 1000


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended (one that ended and was not waited for has)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            stat = file.read()
        return stat[stat.rindex(b")") + 2 : stat.rindex(b")") + 3] not in (b"Z", b"X")
    except (OSError, ValueError):
        if os.path.exists("/proc/self/stat"):
            return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def descendants(pid: int) -> set[int]:
    """The processes below one, as far as the kernel lists them (`/proc/PID/task/TID/children`, proc(5))."""
    found: set[int] = set()
    waiting = [pid]
    while waiting and len(found) < _MOST_PROCESSES:
        above = waiting.pop()
        try:
            for thread in os.listdir(f"/proc/{above}/task"):
                with open(f"/proc/{above}/task/{thread}/children", "rb") as file:
                    below = {int(word) for word in file.read().split()} - found
                found |= below
                waiting += below
        except (OSError, ValueError):
            continue
    return found


def has_threads(pid: int) -> bool:
    """Whether there is another thread beside the main one; false where that is not known."""
    try:
        return len(os.listdir(f"/proc/{pid}/task")) > 1
    except OSError:
        return False
