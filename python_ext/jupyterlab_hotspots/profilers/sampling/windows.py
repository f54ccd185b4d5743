"""Turns recordings into a window: when each thread was where, and how much of that it was busy.

All time of the target's main thread counts, which is where a run's wall time goes, waiting included. Of another thread,
and of a child process, only what it works counts: eight idle workers would else take eight ninths of every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .torn_stacks import completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .recorded import Counted, Timed
    from .stacks import Stacks
    from .thread_clocks import ThreadClocks

_EXEC_S = 0.002
"""From the moment py-spy is started to its own first look at the clock."""


_READ_S = 26e-6
"""What reading a frame takes py-spy (measured with stacks of 20, 100 and 200): the time it writes down is that after it
has read a stack, from the innermost frame on."""


@dataclass(frozen=True)
class Piece:
    """A stretch of time in which a thread did not change its stack.

    Attributes:
        stack: its number; None for a stretch that is not the target's.
        seconds: how long.
        active_s: how much of it was spent on a CPU or ready for one; None where that is not known.
        ran_s: how much of that on a CPU: on a busy machine what is ready may wait for long.
    """

    stack: int | None
    seconds: float
    active_s: float | None
    ran_s: float | None


@dataclass(frozen=True)
class ThreadWindow:
    """One thread in a window.

    Attributes:
        is_main: whether it is the main thread of the target, whose waiting counts.
        first: where in the window its first piece begins, in seconds.
        pieces: in order of time, without gaps.
    """

    pid: int
    tid: int
    name: str
    is_main: bool
    first: float
    pieces: list[Piece]


@dataclass(frozen=True)
class Window:
    """What was recorded, on the time axis.

    Attributes:
        began: in seconds of the monotonic clock.
        seconds: how long.
        looks: how often the main thread was looked at.
    """

    began: float
    seconds: float
    looks: float
    threads: list[ThreadWindow]

    def weights(self) -> Iterator[tuple[int, float, float]]:
        """(stack, seconds, samples) of every piece that counts."""
        for thread in self.threads:
            for piece in thread.pieces:
                if piece.stack is not None:
                    yield piece.stack, piece.seconds, piece.seconds * self.looks / self.seconds

    def as_json(self) -> dict[str, Any]:
        """The window as it is written: a piece is [stack or -1, seconds, active and run seconds or null]."""
        threads = [
            {
                "pid": thread.pid,
                "tid": thread.tid,
                "name": thread.name,
                "main": thread.is_main,
                "first": round(thread.first, 6),
                "pieces": [
                    [
                        -1 if piece.stack is None else piece.stack,
                        round(piece.seconds, 6),
                        None if piece.active_s is None else round(piece.active_s, 6),
                        None if piece.ran_s is None else round(piece.ran_s, 6),
                    ]
                    for piece in thread.pieces
                ],
            }
            for thread in self.threads
        ]
        return {"began": self.began, "seconds": self.seconds, "looks": round(self.looks, 1), "threads": threads}


@dataclass(frozen=True)
class Times:
    """When a recording was made, in seconds of the monotonic clock.

    Attributes:
        spawned: py-spy was started.
        began: it began to sample.
        ended: from here on another recording counts.
    """

    spawned: float
    began: float
    ended: float


def window_of(
    timed: list[Timed],
    counted: list[Counted] | None,
    stacks: Stacks,
    clocks: ThreadClocks,
    *,
    pid: int,
    samples: int,
    times: Times,
) -> Window | None:
    """The window of a recording, or of two of the same time; None if there is nothing in it.

    Args:
        timed: the target's threads.
        counted: what was found working, in the whole tree; None if that was not recorded.
        stacks: numbers the stacks.
        clocks: the threads' clocks.
        pid: the target.
        samples: how many were taken of the target's threads together.
        times: when.
    """
    seconds = times.ended - times.began
    main = _main(timed, stacks)
    if main is None or seconds <= 0 or not samples:
        return None
    looks = samples / len(timed)
    threads = [ThreadWindow(pid, pid, "MainThread", True, 0.0, _main_pieces(main, stacks, clocks, pid, times))]
    for seen in counted or ():
        if seen.tid != pid:
            # When its samples were taken is not known; in which window they were is.
            worth = seconds / looks
            spent = clocks.spent(seen.pid or pid, seen.tid, times.began, times.ended)
            ran = worth if spent is None or not spent[0] else worth * spent[1] / spent[0]
            pieces = _merged([Piece(stacks.meet(stack), worth, worth, ran) for stack in seen.stacks[: int(looks) + 1]])
            threads.append(ThreadWindow(seen.pid or pid, seen.tid, seen.name, False, 0.0, pieces))
    return Window(times.began, seconds, looks, threads)


def _main(timed: list[Timed], stacks: Stacks) -> Timed | None:
    """The main thread: the one our agent has begun, else one that runs a module, else the one that was met last."""
    for thread in timed:
        if any(stacks.is_ours(frames) for _, frames in thread.spans):
            return thread
    for thread in timed:
        if any(frame[0] in ("<module>", "_run_module_as_main") for _, frames in thread.spans for frame in frames[:1]):
            return thread
    return timed[-1] if timed else None


def _main_pieces(main: Timed, stacks: Stacks, clocks: ThreadClocks, pid: int, times: Times) -> list[Piece]:
    spans = completed(main.spans)
    # Its first sample comes after it said that it begins; and it was read a moment after it was said.
    zero = max(times.spawned + _EXEC_S, times.began - spans[0][0])
    edges = [zero + begin - _READ_S * len(frames) for begin, frames in main.spans]
    edges[0] = times.began
    edges.append(max(times.ended, edges[-1]))
    pieces: list[Piece] = []
    for place, (_, frames) in enumerate(spans):
        begin, end = (min(max(edges[at], times.began), times.ended) for at in (place, place + 1))
        if end > begin:
            active, ran = clocks.spent(pid, pid, begin, end) or (None, None)
            pieces.append(Piece(stacks.meet(frames), end - begin, active, ran))
    return _merged(pieces)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """The same with neighbours of one stack as one."""
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1].stack == piece.stack:
            last = merged.pop()
            active, ran = _both(last.active_s, piece.active_s), _both(last.ran_s, piece.ran_s)
            piece = Piece(piece.stack, last.seconds + piece.seconds, active, ran)
        merged.append(piece)
    return merged


def _both(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second
