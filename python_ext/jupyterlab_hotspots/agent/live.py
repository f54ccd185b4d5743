"""Answers the supervisor's wish for a snapshot, on the profiled thread, while the target runs.

The wish is a signal, SIGURG: by default it is ignored, so it does no harm before our handler is there, after the target
has taken it for itself, or when the target becomes another program. The handler runs between two instructions of the
target's main thread. It takes no lock, calls nothing a profiler would count (`quiet.py`), keeps the garbage collector
still and other signals waiting, so that the target's finalizers and handlers do not run within it, and lets no error of
its own reach the target.
"""

from __future__ import annotations

import sys

from .ending import raised_in
from .json_text import encode
from .quiet import (
    getpid,
    has_collection,
    now,
    partial,
    start_collection,
    stop_collection,
    trace_function,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Collection
    from types import FrameType
    from typing import Any

    from .journal import Journal
else:
    import _signal

SIGNAL = int(_signal.SIGURG)
_TABLES_FACTOR = 200
"""Writing the whole tables may take a 200th of the time."""
_TABLES_EVERY_S = 1.0
_TABLES_COST_GUESS = 3
"""How much longer writing all tables takes than a snapshot; a guess, until they have been written once."""

_ALL_SIGNALS = frozenset(_signal.valid_signals())

_set_handler = partial(_signal.signal)
_most = partial(max)
_attribute = partial(getattr)
_block = partial(_signal.pthread_sigmask)
_wait_for_signal = _signal.pause
"""Not through `partial`: it is the target's call, and shall be counted."""


class Live:
    """The handler of one run.

    Attributes:
        failures: snapshots and tables that could not be made or written.
    """

    def __init__(self, collector: Any, journal: Journal, folder: str, limit: int, files: Collection[str]) -> None:
        self.failures = 0
        self._collector = collector
        self._journal = journal
        self._folder = folder
        self._limit = limit
        self._files = files
        self._pid = getpid()
        self._busy = False
        self._handler = self._on_signal
        self._snapshots = 0
        self._tables_due = 0.0

    def install(self) -> bool:
        """Begins to listen; false where signals cannot be handled."""
        try:
            _signal.signal(SIGNAL, self._handler)
            # System calls that can be taken up again are, by the system or by Python: the target does not notice.
            _signal.siginterrupt(SIGNAL, False)
        except (ValueError, OSError):
            return False
        for module in (_signal, sys.modules.get("signal")):
            if module is not None:
                module.pause = _pause  # pyright: ignore[reportAttributeAccessIssue]
        return True

    def remove(self, blocked: Collection[int] = ()) -> list[dict[str, str]]:
        """Listens no more; returns the warnings.

        Args:
            blocked: the signals that the code had blocked.
        """
        if _signal.getsignal(SIGNAL) != self._handler:
            return [_warning("live_signal_taken", "The code set a handler of its own for the signal SIGURG")]
        _signal.signal(SIGNAL, _signal.SIG_DFL)
        if SIGNAL in blocked:
            return [_warning("live_signal_blocked", "The code blocked the signal SIGURG")]
        return []

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # First and last: on a busy machine there is always another wish, and it is met in the midst of what follows.
        # Each would be answered within the one before, until the stack is full.
        if self._busy:
            return
        try:
            self._busy = True
            self._react()
        finally:
            self._busy = False

    def _react(self) -> None:
        if getpid() != self._pid:
            return
        trace = trace_function()
        if trace is not None and trace is not _attribute(self._collector, "trace", None):
            # A debugger or a tracer of the target's own would see us: once is enough.
            _set_handler(SIGNAL, _signal.SIG_IGN)
            return
        collects = has_collection()
        try:
            stop_collection()
            before = _block(_signal.SIG_BLOCK, ())
            try:
                # Handlers of other signals shall not run within ours: what they raise would have to get through it.
                _block(_signal.SIG_BLOCK, _ALL_SIGNALS)
                self._answer_undisturbed()
            finally:
                # What came meanwhile is dealt with in this call, as if it had come now.
                _block(_signal.SIG_SETMASK, before)
        finally:
            if collects:
                start_collection()

    def _answer_undisturbed(self) -> None:
        try:
            self._answer()
        except Exception as error:
            # Signals that other threads receive have their handlers run on this one, blocked or not.
            if (meant := _of_other_handlers(error, self._files)) is not None:
                raise meant  # noqa: B904  (as it was raised)
            self.failures += 1

    def _answer(self) -> None:
        began = now()
        table = self._collector.snapshot(self._limit)
        if table is None:
            return
        line = encode({"type": "hotspots", **table, "t": began})
        cost = now() - began
        # The cost goes into the line whose making it is.
        self._journal.write(line[:-1] + encode({"": 0, "cost_s": cost})[5:])
        self._snapshots += 1
        if self._snapshots == 1:
            self._tables_due = began + _most(cost * _TABLES_COST_GUESS * _TABLES_FACTOR, _TABLES_EVERY_S / 4)
        elif began >= self._tables_due:
            self._write_tables()

    def _write_tables(self) -> None:
        """For the case that the target is killed: then these are what there is."""
        began = now()
        self._tables_due = began + _TABLES_EVERY_S
        try:
            self._collector.write(self._folder)
        finally:
            ended = now()
            self._tables_due = ended + _most((ended - began) * _TABLES_FACTOR, _TABLES_EVERY_S)


def _of_other_handlers(error: BaseException, files: Collection[str]) -> BaseException | None:
    """What another signal's handler raised within ours, which is the target's; None if the error is our own.

    Some functions of Python run handlers in the midst of their work and go on with the exception set, until that is
    noticed and makes a SystemError with the exception as its cause: `os.fstat` does, up to 3.13 at least.
    """
    while isinstance(error, SystemError) and error.__cause__ is not None:
        error = error.__cause__
    return error if not isinstance(error, Exception) or not raised_in(files, error) else None


def _pause() -> None:
    """`signal.pause` without our signal: it is the one function of Python that any signal ends, by its very purpose."""
    before = _block(_signal.SIG_BLOCK, (SIGNAL,))
    try:
        _wait_for_signal()
    finally:
        _block(_signal.SIG_SETMASK, before)


def _warning(code: str, what: str) -> dict[str, str]:
    return {
        "code": code,
        "message": f"{what}, by which live figures are asked for.",
        "hint": "The table stood still from then on; the profile at the end is complete.",
    }
