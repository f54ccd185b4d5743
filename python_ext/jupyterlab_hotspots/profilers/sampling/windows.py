"""Turns recordings into a window: when each thread was where, and how much of that it was busy.

A sample stands for the time until the next one. That is all time for the main thread of the target, which is where a
run's wall time goes, waiting included; another thread, and a child process, counts only while it works or wants to:
eight idle workers would else take eight ninths of every table. Which samples of those are work only py-spy knows, at
the moment of the sample: so where other threads are busy a second recording, of what works, is taken beside the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .recording import Recorded
    from .stacks import Stacks
    from .thread_clocks import ThreadClocks


@dataclass(frozen=True)
class Piece:
    """A stretch of samples in which a thread did not change its stack.

    Attributes:
        stack: its number; None for a stretch that is not the target's.
        samples: how many there are.
        active: the sum of the busy parts of the samples, 0 to `samples`; None where that is not known.
    """

    stack: int | None
    samples: int
    active: float | None


@dataclass(frozen=True)
class ThreadWindow:
    """One thread in a window.

    Attributes:
        is_main: whether it is the main thread of the target, whose waiting counts.
        first: number of the tick of its first sample.
        pieces: in order of time.
    """

    pid: int
    tid: int
    name: str
    is_main: bool
    first: int
    pieces: list[Piece]


@dataclass(frozen=True)
class Window:
    """A recording on the time axis.

    Attributes:
        began: of the first tick, in seconds of the monotonic clock.
        period: of a tick, in seconds.
        ticks: how many.
    """

    began: float
    period: float
    ticks: int
    threads: list[ThreadWindow]

    def weights(self, *, idle: bool) -> Iterator[tuple[int, float, float]]:
        """(stack, seconds, samples) of every piece that counts.

        Args:
            idle: whether waiting counts in every thread.
        """
        for thread in self.threads:
            for piece in thread.pieces:
                counted = counted_samples(piece.samples, piece.active, is_main=thread.is_main or idle)
                if piece.stack is not None and counted > 0:
                    yield piece.stack, counted * self.period, counted

    def as_json(self) -> dict[str, Any]:
        """The window as it is written: a piece is [stack or -1, samples, active or null]."""
        threads = [
            {
                "pid": thread.pid,
                "tid": thread.tid,
                "name": thread.name,
                "main": thread.is_main,
                "first": thread.first,
                "pieces": [
                    [
                        -1 if piece.stack is None else piece.stack,
                        piece.samples,
                        None if piece.active is None else round(piece.active, 3),
                    ]
                    for piece in thread.pieces
                ],
            }
            for thread in self.threads
        ]
        return {"began": self.began, "period": self.period, "ticks": self.ticks, "threads": threads}


def counted_samples(samples: float, active: float | None, *, is_main: bool) -> float:
    """How many samples count of those of a piece."""
    return samples if is_main or active is None else active


def window_of(
    everything: Recorded,
    working: Recorded | None,
    stacks: Stacks,
    clocks: ThreadClocks,
    *,
    pid: int,
    began: float,
    ended: float,
) -> Window | None:
    """The window of a recording, or of two of the same time; None if there is no sample.

    Args:
        everything: what py-spy saw, waiting threads included.
        working: what it saw without them; None if that was not recorded.
        stacks: numbers the stacks.
        clocks: the threads' clocks.
        pid: the target.
        began: when the first sample was taken, in seconds of the monotonic clock.
        ended: when the last one's time was over.
    """
    ticks = max((len(thread.stacks) for thread in everything.threads), default=0)
    if ticks == 0 or ended <= began:
        return None
    period = (ended - began) / ticks
    threads: list[ThreadWindow] = []
    for seen, numbers in zip(everything.threads, stacks.meet(everything), strict=True):
        is_main = seen.pid == pid and seen.tid == pid
        if working is not None and not is_main:
            continue
        # A thread with fewer samples began later or ended earlier; most often it began, and lives on.
        first = ticks - len(numbers)
        active = clocks.active(seen.pid, seen.tid, began + first * period, period, len(numbers))
        threads.append(ThreadWindow(seen.pid, seen.tid, seen.name, is_main, first, _pieces(numbers, active)))
    if working is not None:
        for seen, numbers in zip(working.threads, stacks.meet(working), strict=True):
            if (seen.pid, seen.tid) != (pid, pid):
                # When its samples were taken is not known; in which window they were is.
                kept = numbers[:ticks]
                pieces = _pieces(kept, [1.0] * len(kept))
                threads.append(ThreadWindow(seen.pid, seen.tid, seen.name, False, 0, pieces))
    return Window(began, period, ticks, threads)


def _pieces(numbers: list[int | None], active: list[float] | None) -> list[Piece]:
    pieces: list[Piece] = []
    begin = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[begin]:
            busy = None if active is None else sum(active[begin:place])
            pieces.append(Piece(numbers[begin], place - begin, busy))
            begin = place
    return pieces
