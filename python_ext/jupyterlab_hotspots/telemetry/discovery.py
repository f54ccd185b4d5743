"""Which processes of Linux belong to the tree, found without reading the whole process table ten times a second.

Pids are handed out upwards, and the last field of ``/proc/loadavg`` is the last one handed out in this pid namespace
(proc(5)). While it stands still no process was made; when it moved a little, only the pids in between can be new. The
whole table is read when it moved far, where the field tells nothing, and now and then in any case.
"""

# ruff: noqa: PTH208

from __future__ import annotations

import os

from jupyterlab_hotspots.telemetry.kept_files import DescriptorBudget, KeptFile, read_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_PROBED_AT_MOST = 100
"""So many new pids are tried one by one; beyond, listing the table is cheaper."""


class TreeFinder:
    """Finds processes whose ancestors are members of the tree.

    Args:
        also_children_of: a process (the subreaper) whose children belong to the tree, though it does not itself.
    """

    def __init__(self, also_children_of: int | None) -> None:
        self._keeper = also_children_of
        self._loadavg = KeptFile("/proc/loadavg", DescriptorBudget(1), 256)
        self._last_created: int | None = None
        self._foreign: set[int] = set()
        self._undecided: dict[int, int | None] = {}

    def find(self, members: Container[int], excluded: Container[int], thorough: bool) -> list[int]:
        """Pids that joined the tree since the last call, every parent before its children.

        Args:
            members: pids already in the tree. A member stays one when its parent ends.
            excluded: pids that stand in the tree but do not belong to it, nor do their descendants.
            thorough: read the whole process table.
        """
        retried = self._undecided
        self._undecided = {}
        parents: dict[int, int] = {}
        for pid in {*self._new_pids(thorough), *retried}:
            if pid not in members:
                parent = _parent_of(pid)
                if parent is not None:
                    parents[pid] = parent
                elif pid not in retried:  # handed out, but perhaps not to be seen yet: once more
                    self._undecided[pid] = None
        found: dict[int, None] = {}
        for pid in parents:
            self._decide(pid, parents, members, excluded, found, retried)
        return list(found)

    def close(self) -> None:
        """Close what is kept open."""
        self._loadavg.close()

    def _decide(
        self,
        pid: int,
        parents: dict[int, int],
        members: Container[int],
        excluded: Container[int],
        found: dict[int, None],
        retried: dict[int, int | None],
    ) -> None:
        """Walk up from ``pid`` until its line meets the tree or somebody who is known not to belong to it."""
        line = [pid]
        while True:
            last = line[-1]
            if last in found:
                line.pop()
                break
            if last in excluded or last in self._foreign:
                self._foreign.update(line)
                return
            parent = parents[last]
            if parent == self._keeper or parent in members or parent in found:
                break
            if parent == 0 or parent in self._foreign or parent in excluded:
                self._foreign.update(line)
                return
            if parent not in parents:
                # The parent ended meanwhile, and the next look shows who took the child over; or it is hidden
                # (hidepid), and then the next look shows the same parent again.
                if retried.get(last) == parent:
                    self._foreign.update(line)
                else:
                    self._undecided.update((member, parents[member]) for member in line)
                return
            line.append(parent)
        for member in reversed(line):
            # Pids of threads can be opened below /proc although they are not listed there.
            if _is_process(member):
                found[member] = None

    def _new_pids(self, thorough: bool) -> Iterable[int]:
        before, now = self._last_created, self._read_last_created()
        self._last_created = now
        if now is not None and before is not None and not thorough:
            if now == before:
                return ()
            if before < now <= before + _PROBED_AT_MOST:
                created = range(before + 1, now + 1)
                self._foreign.difference_update(created)
                return created
        listed = {int(name) for name in os.listdir("/proc") if name[0] in "123456789"}
        if now is None or before is None or now < before:  # pids began anew from below: any may be another process now
            self._foreign.clear()
        else:
            self._foreign &= listed
            self._foreign.difference_update(range(before + 1, now + 1))
        return listed - self._foreign

    def _read_last_created(self) -> int | None:
        try:
            return int(self._loadavg.read().split()[4]) or None
        except (OSError, ValueError, IndexError):
            return None


def _parent_of(pid: int) -> int | None:
    try:
        stat = read_once(f"/proc/{pid}/stat", 1024)
        return int(stat[stat.rindex(b")") + 2 :].split(b" ", 2)[1])
    except (OSError, ValueError, IndexError):
        return None


def _is_process(pid: int) -> bool:
    try:
        status = read_once(f"/proc/{pid}/status", 1024)
        start = status.index(b"Tgid:") + 5
        return int(status[start : status.index(b"\n", start)]) == pid
    except (OSError, ValueError):
        return False
