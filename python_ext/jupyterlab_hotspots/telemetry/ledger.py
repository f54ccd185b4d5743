"""What a process tree has used in all, though its processes come and go.

A living process shows its own CPU time and that of the descendants it has waited for. What one process used moves to
its parent (or the subreaper) when it is waited for, so the sum over the living *own + waited for* neither loses nor
doubles anything if all were read in one instant. They are not; hence three rules:

1. Ancestors are read before their descendants. Time only moves upwards, so none can be read at both places.
2. When a process is found gone, or going, its time may have moved to an ancestor read just before: all are read once
   more. Where that does not come to rest in a few rounds, the sum stays as it was until the next update.
3. What moved nowhere (children of a parent that ignores SIGCHLD, orphans without a subreaper) is kept as last seen.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jupyterlab_hotspots.telemetry.source import ProcessSource, WatchedProcess

_READINGS_AT_MOST = 8
_TICKS_LOST_NS = 20_000_000
"""The kernel shows waited-for user and system time in whole ticks of 10 ms each."""


class TreeLedger:
    """The members of the tree and the sums of what they used since the ledger was made.

    Attributes:
        members: the living, and those not waited for yet, by pid; every parent before its children, the root first.
        excluded: processes that stand in the tree but do not belong to it, such as a sampler of ours.
        read_bytes: read from storage by the tree since the ledger was made.
        write_bytes: written to storage by the tree since the ledger was made.
    """

    def __init__(self, root_pid: int, source: ProcessSource) -> None:
        self._source = source
        self.members: dict[int, WatchedProcess] = {}
        self.excluded: dict[int, WatchedProcess] = {}
        self._keeper_before_ns = self._keeper_ns = source.keeper_reaped_ns()
        self._departed_ns = 0
        # What moved, and who went, since all was last at rest.
        self._moved_ns = self._foreign_ns = 0
        self._gone: list[WatchedProcess] = []
        self._used_ns = 0
        self.read_bytes = 0
        self.write_bytes = 0
        root = source.watch(root_pid)
        if root is not None:
            self.members[root_pid] = root
        self.update(thorough=True)
        self.read_bytes = self.write_bytes = 0

    def used_ns(self) -> int:
        """CPU time (ns) of the tree since its processes began, up to the last update; never falls."""
        return self._used_ns

    def exclude(self, pid: int) -> None:
        """Leave this process and its descendants out from now on."""
        process = self.members.get(pid) or self._source.watch(pid)
        if process is None:
            return
        self.excluded[pid] = process
        left_out = {pid}
        for member in list(self.members.values()):
            if member.pid == pid or member.parent_pid in left_out:
                left_out.add(member.pid)
                del self.members[member.pid]
                self._departed_ns += member.own_cpu_ns + member.reaped_cpu_ns
                if member is not process:
                    member.close()

    def update(self, thorough: bool) -> None:
        """Read the tree as it is now.

        Args:
            thorough: look through the whole process table, and read also the processes that have not run.
        """
        members = self.members
        for process in self._source.find(members, self.excluded, thorough):
            if process.leaving:  # its time may have moved before it was ever seen
                process.close()
                continue
            members[process.pid] = process
            self.read_bytes += process.read_bytes
            self.write_bytes += process.write_bytes
        for _ in range(_READINGS_AT_MOST):
            if self._read_all(thorough):
                break
        else:
            return
        self._settle()
        living_ns = sum(process.own_cpu_ns + process.reaped_cpu_ns for process in members.values())
        used_ns = living_ns + self._keeper_ns - self._keeper_before_ns + self._departed_ns
        if used_ns > self._used_ns:  # rounding to ticks may take a little back
            self._used_ns = used_ns

    def _read_all(self, thorough: bool) -> bool:
        """Read everybody once, ancestors first; whether nobody went meanwhile."""
        keeper_ns = self._source.keeper_reaped_ns()
        self._moved_ns += keeper_ns - self._keeper_ns
        self._keeper_ns = keeper_ns
        left_out = [process for process in self.excluded.values() if not process.read(thorough)]
        went: list[WatchedProcess] = []
        leaving = False
        for process in self.members.values():
            reaped_ns, was_read, was_written = process.reaped_cpu_ns, process.read_bytes, process.write_bytes
            if process.read(thorough):
                self.read_bytes += process.read_bytes - was_read
                self.write_bytes += process.write_bytes - was_written
                self._moved_ns += process.reaped_cpu_ns - reaped_ns
                leaving = leaving or process.leaving
            else:
                went.append(process)
        for process in left_out:
            del self.excluded[process.pid]
            process.close()
            self._foreign_ns += process.own_cpu_ns + process.reaped_cpu_ns
        for process in went:
            del self.members[process.pid]
            process.close()
        self._gone += went
        return not (went or left_out or leaving)

    def _settle(self) -> None:
        """Keep the part of what the gone processes had used that has not moved to an ancestor."""
        if self._foreign_ns:  # it came to the subreaper, but is none of the tree's
            foreign_ns = min(self._foreign_ns, self._moved_ns)
            self._departed_ns -= foreign_ns
            self._moved_ns -= foreign_ns
        gone, self._gone = self._gone, []
        moved_ns, self._moved_ns, self._foreign_ns = self._moved_ns, 0, 0
        missing_ns = sum(process.own_cpu_ns + process.reaped_cpu_ns for process in gone) - moved_ns
        if missing_ns > _TICKS_LOST_NS * len(gone):
            self._departed_ns += missing_ns
            return
        for process in gone:
            # An ancestor's bytes rose by all that its child had ever read and written; the subreaper's are not ours.
            if process.parent_pid in self.members:
                self.read_bytes -= process.read_bytes
                self.write_bytes -= process.write_bytes

    def close(self) -> None:
        """Let go of every file kept open."""
        for process in (*self.members.values(), *self.excluded.values()):
            process.close()
        self.members.clear()
        self.excluded.clear()
        self._source.close()
