"""One window's recordings: of everything, and, where other threads are busy, of what works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recording import Recording

if TYPE_CHECKING:
    from .recording import Recorded


class Look:
    """Recordings of the same time; see `Recording` for the arguments.

    Args:
        output: the beginning of the names of the files they write.
        with_workers: whether what works is recorded beside everything.
    """

    def __init__(
        self, program: str, pid: int, rate: int, output: str, with_workers: bool, extra: tuple[str, ...]
    ) -> None:
        self._everything = Recording(program, pid, rate, f"{output}.json", extra=extra)
        self._working: Recording | None = None
        if with_workers:
            self._working = Recording(program, pid, rate, f"{output}-working.json", idle=False, extra=extra)

    @property
    def samples(self) -> bool:
        """Whether it has begun to sample."""
        return self._everything.began is not None

    @property
    def began(self) -> float:
        """When the first sample of everything was taken, in seconds of the monotonic clock; 0 before that."""
        return self._everything.began or 0.0

    @property
    def has_ended(self) -> bool:
        """Whether py-spy went of itself."""
        return self._everything.has_ended

    @property
    def is_denied(self) -> bool:
        """Whether it went because it may not read the process."""
        return self._everything.is_denied

    @property
    def said(self) -> bytes:
        """What it printed."""
        return self._everything.said

    @property
    def errors(self) -> int:
        """Samples that could not be taken."""
        return self._everything.errors

    def listen(self, timeout_s: float) -> None:
        """Waits for something it says, so long at most."""
        self._everything.listen(timeout_s)
        if self._working is not None:
            self._working.listen(0.0)

    def result(self) -> tuple[Recorded | None, Recorded | None]:
        """Ends the recordings; what they saw: everything, and what works."""
        for recording in (self._everything, self._working):
            if recording is not None:
                recording.end()
        everything = self._everything.result()
        return everything, None if self._working is None else self._working.result()
