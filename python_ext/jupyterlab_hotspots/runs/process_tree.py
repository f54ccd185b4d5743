"""Finds and ends processes: those of a tree while it is watched, those a dead supervisor left behind.

A process id is given to another process soon after its owner has ended; with the time it was started it names one
process for good (until the machine is started again).
"""

# ruff: noqa: PTH123, PTH208

from __future__ import annotations

import os
import signal
import sys
import time

from jupyterlab_hotspots.agent.prctl import SET_CHILD_SUBREAPER, prctl
from jupyterlab_hotspots.runs.layout import RUN_VARIABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LOOK_AGAIN_S = 0.01
_GIVE_UP_KILLING_S = 3.0
"""A process that waits for a dead disk or network file system cannot be ended by anybody."""


def become_subreaper() -> bool:
    """Have processes whose parent ended become our children; false where that cannot be had."""
    return prctl(SET_CHILD_SUBREAPER, 1)


def start_mark(pid: int) -> str | None:
    """A text that tells this process from any other with the same id; None if there is no such process.

    On Linux the boot's id and the start time in clock ticks (``proc(5)``, field 22 of ``stat``), elsewhere psutil's.
    """
    if sys.platform.startswith("linux"):
        fields = _stat(pid)
        return None if fields is None else f"{_boot_id()}:{fields[19]}"
    import psutil

    try:
        return f"{psutil.Process(pid).create_time():.2f}"
    except psutil.Error:
        return None


def name(pid: int) -> str:
    """The name of a process' program, empty if there is no such process."""
    try:
        if sys.platform.startswith("linux"):
            with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
                return file.read().strip()
        import psutil

        return psutil.Process(pid).name()
    except Exception:  # psutil has its own errors, and a name is never worth one.
        return ""


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended (one that ended and was not waited for has)."""
    if sys.platform.startswith("linux"):
        fields = _stat(pid)
        return fields is not None and fields[0] not in ("Z", "X")
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def left_behind(run_id: str, target_pid: int, target_mark: str, watched_s: float) -> list[int]:
    """The running processes of a run whose supervisor has died.

    They have the run's id in their environment, or belong to the target's process group. A program may overwrite its
    environment (to show a title), and the group's number may be another group's by now, if the target is gone: so a
    member of the group counts only if it was started while the target was known to run, and held the number.

    Args:
        run_id: as in the environment variable `RUN_VARIABLE`, which children inherit.
        target_pid: process id of the target, and of its group.
        target_mark: its `start_mark`.
        watched_s: how long the target is known to have run, in seconds.
    """
    leader_mark = start_mark(target_pid)
    is_target = leader_mark == target_mark
    is_ours = is_target or leader_mark is None
    found: list[int] = []
    for pid in _all_pids():
        if pid == os.getpid() or not is_running(pid):
            continue
        in_group = is_ours and _group(pid) == target_pid
        if (in_group and (is_target or _began_meanwhile(pid, target_mark, watched_s))) or _carries(pid, run_id):
            found.append(pid)
    return found


def carrying(run_id: str) -> list[int]:
    """The running processes with a run's id in their environment."""
    return [pid for pid in _all_pids() if pid != os.getpid() and _carries(pid, run_id) and is_running(pid)]


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to each process, and wake those that are stopped: they would notice nothing but SIGKILL."""
    for pid in pids:
        for one in (number, signal.SIGCONT):
            try:
                os.kill(pid, one)
            except OSError:
                break


def end_all(find: Callable[[], list[int]], reap: Callable[[], None], *, grace_s: float) -> list[int]:
    """End every process that `find` finds, until it finds none.

    Args:
        find: the processes there are now.
        reap: waits for children of ours that have ended.
        grace_s: seconds between SIGTERM and SIGKILL; 0 to leave SIGTERM out.

    Returns:
        Those that would not end.
    """
    started = time.monotonic()
    told: set[int] = set()
    while True:
        reap()
        left = find()
        passed = time.monotonic() - started
        if not left or passed > grace_s + _GIVE_UP_KILLING_S:
            return left
        if passed < grace_s:
            send((pid for pid in left if pid not in told), signal.SIGTERM)
            told.update(left)
        else:
            send(left, signal.SIGKILL)
        time.sleep(_LOOK_AGAIN_S)


def _stat(pid: int) -> list[str] | None:
    """The fields of ``/proc/PID/stat`` from the state on; the name before it may hold blanks and parentheses."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def _boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def _all_pids() -> list[int]:
    if sys.platform.startswith("linux"):
        return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    import psutil

    return psutil.pids()


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


def _began_meanwhile(pid: int, target_mark: str, watched_s: float) -> bool:
    mark = start_mark(pid)
    if mark is None or not sys.platform.startswith("linux"):
        return False
    boot, _, ticks = mark.partition(":")
    target_boot, _, target_ticks = target_mark.partition(":")
    if boot != target_boot or not target_ticks.isdigit():
        return False
    return 0 <= int(ticks) - int(target_ticks) <= watched_s * os.sysconf("SC_CLK_TCK")


def _carries(pid: int, run_id: str) -> bool:
    if sys.platform.startswith("linux"):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                return f"{RUN_VARIABLE}={run_id}".encode() in file.read().split(b"\0")
        except OSError:
            return False
    import psutil

    try:
        return psutil.Process(pid).environ().get(RUN_VARIABLE) == run_id
    except (psutil.Error, OSError):
        return False
