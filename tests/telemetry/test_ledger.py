"""The ledger on a simulated process table that changes *between* the reads of one update, as the real one does.

Real processes cannot be made to end between two given reads; here they do so all the time, and the truth is known.
"""

from __future__ import annotations

import random
from collections.abc import Container

import pytest

from jupyterlab_hotspots.telemetry.ledger import TreeLedger

MS = 1_000_000


class Entry:
    """One line of the simulated process table."""

    def __init__(self, pid: int, parent: int) -> None:
        self.pid, self.parent = pid, parent
        self.own = self.reaped = 0
        self.ended = False
        self.leaving = False
        self.moved = False


class World:
    """A subreaper, its only child, and what becomes of it."""

    def __init__(self, seed: int, waits: bool, liveliness: float) -> None:
        self.chance = random.Random(seed)
        self.waits = waits
        self.liveliness = liveliness
        self.table = {1: Entry(1, 0)}
        self.keeper_reaped = 0
        self.truth = 0
        self.next_pid = 2
        self.haste = 0.8

    def happen(self) -> None:
        """Perhaps something happens."""
        if self.chance.random() < self.liveliness:
            self.chance.choice([self.burn, self.burn, self.fork, self.fork, self.end, self.wait])()

    def alive(self) -> list[Entry]:
        return [entry for entry in self.table.values() if not entry.ended]

    def burn(self) -> None:
        for entry in self.chance.choices(self.alive(), k=2) if self.alive() else []:
            time = self.chance.choice([1, 30, 200, 5000]) * MS
            entry.own += time
            self.truth += time

    def fork(self) -> None:
        if self.alive() and len(self.table) < 8:
            self.table[self.next_pid] = Entry(self.next_pid, self.chance.choice(self.alive()).pid)
            self.next_pid += 1

    def end(self, root: bool = False) -> None:
        candidates = [entry for entry in self.alive() if (root or entry.pid != 1) and not self.waiting(entry)]
        if candidates:
            entry = self.chance.choice(candidates)
            entry.ended = True
            for child in self.table.values():
                if child.parent == entry.pid:
                    child.parent = 0
            if not self.waits:
                del self.table[entry.pid]

    def waiting(self, entry: Entry) -> bool:
        """Whether it is in the midst of waiting for a child."""
        return any(child.leaving and child.parent == entry.pid for child in self.table.values())

    def wait(self) -> None:
        """Some of the three steps the kernel takes: it marks the child, moves its time, forgets it."""
        ended = [entry for entry in self.table.values() if entry.ended]
        if ended:
            entry = self.chance.choice(ended)
            self.step(entry)
            while entry.pid in self.table and self.chance.random() < self.haste:
                self.step(entry)

    def step(self, entry: Entry) -> None:
        if not entry.leaving:
            entry.leaving = True
        elif entry.moved:
            del self.table[entry.pid]
        else:
            entry.moved = True
            if entry.parent:
                self.table[entry.parent].reaped += entry.own + entry.reaped
            else:
                self.keeper_reaped += entry.own + entry.reaped


class Process:
    """A `WatchedProcess` of the simulated table."""

    io_readable = True
    running = True
    leaving = False
    rss_bytes = threads = read_bytes = write_bytes = 0

    def __init__(self, world: World, pid: int) -> None:
        self.world, self.pid = world, pid
        self.parent_pid = self.own_cpu_ns = self.reaped_cpu_ns = 0
        self.take()

    def take(self) -> bool:
        entry = self.world.table.get(self.pid)
        if entry is None:
            return False
        self.leaving = entry.leaving
        self.parent_pid, self.own_cpu_ns, self.reaped_cpu_ns = entry.parent, entry.own, entry.reaped
        return True

    def read(self, thorough: bool) -> bool:
        self.world.happen()
        return self.take()

    def memory(self) -> tuple[int, int | None] | None:
        return None

    def open_files(self) -> int | None:
        return None

    def high_water_mark_bytes(self) -> int | None:
        return None

    def close(self) -> None:
        pass


class Source:
    """A `ProcessSource` of the simulated table, which overlooks a process now and then."""

    def __init__(self, world: World) -> None:
        self.world = world

    def watch(self, pid: int) -> Process:
        return Process(self.world, pid)

    def find(self, members: Container[int], excluded: Container[int], thorough: bool) -> list[Process]:
        found: list[Process] = []
        known = {0}
        for entry in self.world.table.values():
            if entry.pid not in members and entry.parent in known and (thorough or self.world.chance.random() < 0.7):
                found.append(Process(self.world, entry.pid))
            if entry.pid in members or (found and found[-1].pid == entry.pid):
                known.add(entry.pid)
        return found

    def keeper_reaped_ns(self) -> int:
        self.world.happen()
        return self.world.keeper_reaped

    def close(self) -> None:
        pass


@pytest.mark.parametrize("liveliness", [0.02, 0.1, 0.2, 0.4])
def test_no_time_is_lost_or_counted_twice_whatever_happens_between_the_reads(liveliness: float) -> None:
    waited_for = 0
    for seed in range(150):
        world = World(seed, waits=True, liveliness=liveliness)
        ledger = TreeLedger(1, Source(world))
        before = 0
        for _ in range(100):
            for _ in range(5):
                world.happen()
            ledger.update(thorough=False)
            assert before <= ledger.used_ns() <= world.truth
            before = ledger.used_ns()
        while world.table:
            world.end(root=True)
            world.wait()
        world.liveliness = 0.0
        ledger.update(thorough=True)
        assert ledger.used_ns() == world.truth
        waited_for += world.next_pid - 2
    assert waited_for > 300  # otherwise nothing was shown


def test_a_quiet_update_shows_everything_used_so_far() -> None:
    for seed in range(100):
        world = World(seed, waits=True, liveliness=1.0)
        ledger = TreeLedger(1, Source(world))
        for _ in range(30):
            world.liveliness = 1.0
            for _ in range(6):
                world.happen()
            world.liveliness = 0.0
            while any(entry.leaving for entry in world.table.values()):
                world.wait()
            ledger.update(thorough=True)
            assert ledger.used_ns() == world.truth


def test_while_one_is_being_waited_for_the_sum_rests() -> None:
    world = World(0, waits=True, liveliness=0.0)
    ledger = TreeLedger(1, Source(world))
    world.fork()
    world.table[2].own = world.truth = 5000 * MS
    ledger.update(thorough=True)
    world.table[2].ended = True
    world.haste = 0.0
    for _ in range(2):  # marked, then moved: the child can be read all the while
        world.wait()
        ledger.update(thorough=True)
        assert ledger.used_ns() == world.truth
    world.wait()
    assert list(world.table) == [1]
    ledger.update(thorough=True)
    assert ledger.used_ns() == world.truth


def test_what_nobody_waits_for_is_kept_as_last_seen() -> None:
    for seed in range(100):
        world = World(seed, waits=False, liveliness=0.0)
        ledger = TreeLedger(1, Source(world))
        seen = 0
        for _ in range(30):
            for action in (world.fork, world.burn, world.end):
                ledger.update(thorough=True)
                seen = world.truth
                action()
        ledger.update(thorough=True)
        # 20 ms of each that ended are within the rounding of the kernel's figures.
        assert seen - world.next_pid * 20 * MS <= ledger.used_ns() <= world.truth
