"""Signals that come while nobody follows a run, though one was started or is to be told about: they are kept."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

STOP: Final = (signal.SIGINT, signal.SIGTERM)
"""What asks the command line to stop the run."""


@contextmanager
def kept(*, second_ends: bool = False) -> Generator[list[int]]:
    """The numbers of the signals that have come so far; to end here by one would leave the run without anybody.

    Args:
        second_ends: whether who insists, by another signal, gets a KeyboardInterrupt.
    """
    numbers: list[int] = []

    def keep(number: int, frame: FrameType | None) -> None:
        del frame
        numbers.append(number)
        if second_ends and len(numbers) > 1:
            raise KeyboardInterrupt

    previous = {number: signal.signal(number, keep) for number in STOP}
    try:
        yield numbers
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
