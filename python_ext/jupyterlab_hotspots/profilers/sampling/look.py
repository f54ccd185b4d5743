"""One window's recordings: of the target, and, where others are busy, of what works in the whole tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .recorded import counted_threads, timed_threads
from .recording import Recording

if TYPE_CHECKING:
    from .recorded import Counted, Timed


class Look:
    """Recordings of the same time; see `Recording` for the arguments.

    Args:
        output: the beginning of the names of the files they write.
        with_others: whether what works in other threads and processes is recorded beside the target.
        pauses: whether a process is held still while it is looked at.
    """

    def __init__(self, program: str, pid: int, rate: int, output: str, with_others: bool, *, pauses: bool) -> None:
        options = () if pauses else ("--nonblocking",)
        self._timed = Recording(program, pid, rate, (f"{output}.json", "chrometrace"), ("--idle", *options))
        self._counted: Recording | None = None
        if with_others:
            name = f"{output}-working.json"
            self._counted = Recording(program, pid, rate, (name, "speedscope"), ("--subprocesses", *options))

    @property
    def samples(self) -> bool:
        """Whether it has begun to sample."""
        return self._timed.began is not None

    @property
    def spawned(self) -> float:
        """When py-spy was started, in seconds of the monotonic clock."""
        return self._timed.spawned

    @property
    def began(self) -> float:
        """When it began to sample; 0 before that."""
        return self._timed.began or 0.0

    @property
    def has_ended(self) -> bool:
        """Whether py-spy went of itself."""
        return self._timed.has_ended

    @property
    def is_denied(self) -> bool:
        """Whether it went because it may not read the process."""
        return self._timed.is_denied

    @property
    def said(self) -> bytes:
        """What it printed."""
        return self._timed.said

    @property
    def counts(self) -> tuple[int, int]:
        """Samples of the target that were taken, one a thread, and looks that failed."""
        return self._timed.counts

    def listen(self, timeout_s: float) -> None:
        """Waits for something it says, so long at most."""
        self._timed.listen(timeout_s)
        if self._counted is not None:
            self._counted.listen(0.0)

    def result(self) -> tuple[list[Timed], list[Counted] | None]:
        """Ends the recordings; what they saw: the target's threads, and what works, if that was recorded."""
        for recording in (self._timed, self._counted):
            if recording is not None:
                recording.end()
        timed = _or_nothing(timed_threads, self._timed.result())
        counted = None if self._counted is None else _or_nothing(counted_threads, self._counted.result())
        return timed, counted


def _or_nothing(parse: Any, document: Any) -> list[Any]:
    try:
        return [] if document is None else parse(document)
    except (LookupError, TypeError, ValueError, AttributeError):
        return []
