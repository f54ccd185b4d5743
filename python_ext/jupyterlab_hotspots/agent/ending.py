"""How the target's code ended, told to others and printed as if the agent's own frames had never been there.

An exception of the target leaves through the agent, so that Python itself deals with it: exit status, end by SIGINT,
everything. Only when it comes to printing does a hook put itself between: it takes our frames out and hands over to the
hook that was there, Python's or the target's own.
"""

from __future__ import annotations

import sys

from .target import NotRunnable, Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from types import TracebackType
    from typing import Any

_LONGEST_TEXT = 2000


def without(files: Collection[str], traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of these files: ours are outermost, and around functions that are marked."""
    while traceback is not None and traceback.tb_frame.f_code.co_filename in files:
        traceback = traceback.tb_next
    kept = traceback
    while kept is not None:
        if kept.tb_next is not None and kept.tb_next.tb_frame.f_code.co_filename in files:
            kept.tb_next = kept.tb_next.tb_next
        else:
            kept = kept.tb_next
    return traceback


def raised_in(files: Collection[str], error: BaseException) -> bool:
    """Whether the innermost frame of an exception is of one of these files."""
    traceback = error.__traceback__
    if traceback is None:
        return True
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_filename in files


def _chain(error: BaseException) -> list[BaseException]:
    """The exceptions that are printed before this one: what it was raised from, or while handling."""
    found: list[BaseException] = []
    waiting = [error.__cause__, error.__context__]
    while waiting:
        one = waiting.pop()
        if one is not None and all(one is not known for known in (*found, error)):
            found.append(one)
            waiting += [one.__cause__, one.__context__]
    return found


def describe(error: BaseException, files: Collection[str], *, compiled: bool) -> dict[str, Any]:
    """The fields of a `stopped` line: `how`, and `error` unless the code simply asked to exit."""
    if isinstance(error, NotRunnable):
        return {"how": "raised", "error": {"type": error.kind, "message": error.message, "file": None, "line": None}}
    if isinstance(error, SystemExit):
        if error.code is None or isinstance(error.code, int):
            return {"how": "exited", "error": None}
        return {"how": "exited", "error": _error(error, None, None)}
    if isinstance(error, SyntaxError) and not compiled:
        return {"how": "syntax-error", "error": _error(error, error.filename, error.lineno)}
    traceback = without(files, error.__traceback__)
    file, line = None, None
    while traceback is not None:
        file, line = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return {"how": "raised", "error": _error(error, file, line)}


def _error(error: BaseException, file: str | None, line: int | None) -> dict[str, Any]:
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        message = ""  # The target's own `__str__` failed; Python prints `<exception str() failed>`.
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = f"{kind.__module__}.{name}"
    return {"type": name, "message": str(message)[:_LONGEST_TEXT], "file": file, "line": line}


class Hook:
    """Stands in for `sys.excepthook` once: puts the original back, and calls it with a traceback without our frames."""

    def __init__(self, files: Collection[str], program: Program) -> None:
        self._files = files
        self._program = program
        self._original = sys.excepthook

    def install(self) -> None:
        sys.excepthook = self

    def __call__(self, kind: type[BaseException], value: BaseException, traceback: TracebackType | None) -> None:
        sys.excepthook = self._original
        clean = without(self._files, traceback)
        value.__traceback__ = clean
        for earlier in _chain(value):
            earlier.__traceback__ = without(self._files, earlier.__traceback__)
        sys.last_traceback = clean
        try:
            self._original(kind, value, clean)
        except SystemExit:
            raise
        except BaseException as failure:
            # As Python does it, but without our frame in the traceback of what went wrong.
            failure.__traceback__ = without(self._files, failure.__traceback__)
            print("Error in sys.excepthook:", file=sys.stderr)
            sys.__excepthook__(type(failure), failure, failure.__traceback__)
            print("\nOriginal exception was:", file=sys.stderr)
            sys.__excepthook__(kind, value, clean)
        self._program.leave()
