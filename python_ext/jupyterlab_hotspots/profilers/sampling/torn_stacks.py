"""Completes stacks of which only the inner part was read.

While a generator is entered or left, its frame is not linked to the one that runs it (`_PyInterpreterFrame.previous` in
CPython's `Include/internal/pycore_frame.h`), and a reader from outside that does not stop the process finds the stack
torn there. Who called it is known from the stacks before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .recorded import Frame

    Stack = tuple[Frame, ...]
    Spans = list[tuple[float, Stack]]


def completed(spans: Spans) -> Spans:
    """The spans of a thread, in which every stack begins with the thread's outermost function.

    What is torn is joined to the whole stack nearest in time that has its first function in it; if none has, it stays
    as it is.
    """
    outermost = _most_common(_name(frames[0]) for _, frames in spans if frames)
    torn = [place for place, (_, frames) in enumerate(spans) if frames and _name(frames[0]) != outermost]
    if not torn:
        return spans
    sought = {_name(spans[place][1][0]) for place in torn}
    having: dict[tuple[str, str], list[int]] = {}
    for place, (_, frames) in enumerate(spans):
        if frames and _name(frames[0]) == outermost:
            for name in sought.intersection(map(_name, frames)):
                having.setdefault(name, []).append(place)
    found = list(spans)
    for place in torn:
        begin, frames = spans[place]
        wholes = having.get(_name(frames[0]))
        if wholes:
            nearest = min(wholes, key=lambda whole: abs(whole - place))
            found[place] = (begin, _callers(spans[nearest][1], frames[0]) + frames)
    return found


def _name(frame: Frame) -> tuple[str, str]:
    return frame[:2]


def _callers(whole: Stack, first: Frame) -> Stack:
    """What stands before a function in a stack, where it is in it for the last time."""
    places = [place for place, frame in enumerate(whole) if _name(frame) == _name(first)]
    return whole[: places[-1]]


def _most_common(names: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    counts: dict[tuple[str, str], int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return max(counts, key=counts.__getitem__, default=None)
