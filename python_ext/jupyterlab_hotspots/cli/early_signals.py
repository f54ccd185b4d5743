"""Signals that come after a run was started and before somebody follows it: they are kept for whoever will."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

STOP: Final = (signal.SIGINT, signal.SIGTERM)
"""What asks the command line to stop the run."""


@contextmanager
def kept() -> Generator[list[int]]:
    """The numbers of the signals that have come so far; to end here by one would leave the run without anybody."""
    numbers: list[int] = []

    def keep(number: int, frame: FrameType | None) -> None:
        del frame
        numbers.append(number)

    previous = {number: signal.signal(number, keep) for number in STOP}
    try:
        yield numbers
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
