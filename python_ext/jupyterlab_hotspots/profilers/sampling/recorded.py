"""Makes sense of the two formats in which py-spy is made to write.

Of the target, waiting threads included, it writes a Chrome trace: there the times of the samples stand, and a stack is
worth the time until the next sample, not one sample like any other. That matters, because on a busy machine samples
come in bursts, and reading a deep stack takes longer than a flat one. Of all that works, children included, it writes
speedscope's format, which has counts alone: the trace mixes up the threads of forked processes (py-spy 0.4.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_THREAD = re.compile(r'(?:Process (\d+) )?Thread (\d+)(?: "(.*)")?', re.DOTALL)
_MICROSECONDS = 1e-6

Frame = tuple[str, str, int]
"""Name (dotted where Python knows it so), file, line."""


@dataclass
class Timed:
    """A thread of the target in a trace.

    Attributes:
        spans: (begin, frames from the outermost on), each until the next begins, in seconds since py-spy's start.
        ended: when the last span ended.
    """

    spans: list[tuple[float, tuple[Frame, ...]]]
    ended: float


@dataclass
class Counted:
    """A thread of any process of the tree that was found working.

    Attributes:
        stacks: one a sample, outermost frame first.
    """

    pid: int
    tid: int
    name: str
    stacks: list[tuple[Frame, ...]]


def timed_threads(trace: Any) -> list[Timed]:
    """The threads of a Chrome trace of one process, in the order in which they were met.

    Raises:
        LookupError, TypeError, ValueError: it is not what py-spy writes.
    """
    threads: dict[int, Timed] = {}
    open_frames: dict[int, list[Frame]] = {}
    for event in trace:
        phase, thread = event["ph"], event["tid"]
        if phase not in ("B", "E"):
            continue
        moment = event["ts"] * _MICROSECONDS
        stack = open_frames.setdefault(thread, [])
        if thread not in threads:
            threads[thread] = Timed([], moment)
        known = threads[thread]
        known.ended = moment
        if phase == "B":
            stack.append((str(event["name"]), str(event["args"]["filename"]), int(event["args"].get("line") or 0)))
        elif stack:
            stack.pop()
        if known.spans and known.spans[-1][0] == moment:
            known.spans.pop()
        known.spans.append((moment, tuple(stack)))
    for known in threads.values():
        # The end of the recording closes all frames: that is no span.
        if known.spans and known.spans[-1] == (known.ended, ()):
            known.spans.pop()
    return [known for known in threads.values() if known.spans]


def counted_threads(document: Any) -> list[Counted]:
    """The threads of a speedscope document.

    Raises:
        LookupError, TypeError, ValueError: it is not what py-spy writes.
    """
    frames: list[Frame] = [
        (str(frame["name"]), str(frame.get("file") or ""), int(frame.get("line") or 0))
        for frame in document["shared"]["frames"]
    ]
    threads: list[Counted] = []
    for profile in document["profiles"]:
        named = _THREAD.fullmatch(profile["name"])
        process, thread, name = (named[1], named[2], named[3]) if named else (None, "0", profile["name"])
        samples: list[list[int]] = profile["samples"]
        stacks = [tuple(frames[place] for place in stack) for stack in samples]
        threads.append(Counted(int(process or 0), int(thread), name or "", stacks))
    return threads
