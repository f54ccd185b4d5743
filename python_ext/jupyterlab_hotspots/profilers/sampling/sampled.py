"""Reads `raw/sampling.jsonl`; `watcher.py` says what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from jupyterlab_hotspots.profilers.raw_columns import bad_raw

FILE: Final = "sampling.jsonl"
_LARGEST_TIME: Final = 1e12
_MOST_LOOKS: Final = 1_000_000
_ROUNDING: Final = 1.05

Frame = tuple[str, str | None, str, int, int]
"""Plain name, dotted name, file ("" for none), line and first line (0 for none)."""


class ThreadPart(msgspec.Struct, frozen=True):
    """A thread in a window: a piece is (stack or -1, seconds, active seconds or None, run seconds or None)."""

    pid: int
    tid: int
    name: str
    main: bool
    first: float
    pieces: list[tuple[int, float, float | None, float | None]]


class WindowPart(msgspec.Struct, frozen=True):
    """A stretch of time from `began` on, in seconds of the monotonic clock, with `looks` at each thread."""

    began: float
    seconds: float
    looks: float
    threads: list[ThreadPart]


class _Line(msgspec.Struct):
    frames: list[Frame] = []
    stacks: list[list[int]] = []
    window: WindowPart | None = None
    rate: float | None = None
    ended: float | None = None


_decoder: Final = msgspec.json.Decoder(_Line)


@dataclass
class Sampled:
    """All that was sampled in a run.

    Attributes:
        stacks: places in `frames`, outermost first.
        rate: samples a second that were asked for; None if the file has no beginning.
        is_whole: whether the watcher came to its end.
    """

    frames: list[Frame] = field(default_factory=list[Frame])
    stacks: list[list[int]] = field(default_factory=list[list[int]])
    windows: list[WindowPart] = field(default_factory=list[WindowPart])
    rate: float | None = None
    is_whole: bool = False


def read_sampled(raw: Path) -> Sampled:
    """The file of a run, checked; empty if there is none.

    Raises:
        HotspotsError: (reason `bad_raw`) it cannot be read.
    """
    sampled = Sampled()
    path = raw / FILE
    for text in _lines(path):
        try:
            line = _decoder.decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            # Places in what follows are counted from the beginning: without this line they mean something else.
            break
        sampled.frames += line.frames
        if not all(0 <= place < len(sampled.frames) for stack in line.stacks for place in stack):
            break
        sampled.stacks += line.stacks
        sampled.rate = line.rate if line.rate is not None else sampled.rate
        sampled.is_whole = sampled.is_whole or line.ended is not None
        if line.window is not None and _is_possible(line.window, len(sampled.stacks)):
            sampled.windows.append(line.window)
    return sampled


def _is_possible(window: WindowPart, stacks: int) -> bool:
    if not (
        abs(window.began) < _LARGEST_TIME and 0 < window.seconds < _LARGEST_TIME and 0 < window.looks < _MOST_LOOKS
    ):
        return False
    most = window.seconds * _ROUNDING + 1e-3
    return all(
        0 <= thread.first <= most
        and thread.first + sum(seconds for _, seconds, *_ in thread.pieces) <= most
        and all(
            -1 <= stack < stacks
            and seconds >= 0
            and all(part is None or 0 <= part <= seconds * _ROUNDING + 1e-5 for part in parts)
            for stack, seconds, *parts in thread.pieces
        )
        for thread in window.threads
    )


def _lines(path: Path) -> Iterator[bytes]:
    if not path.exists():
        return
    if not path.is_file():  # reading a pipe would wait for its writer
        raise bad_raw(path, "it is not a regular file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise bad_raw(path, f"it cannot be read: {error.strerror}") from error
    # What follows the last line break is a line that a crash has torn.
    yield from data.split(b"\n")[:-1]
