"""Passes our standard input on to a target that runs in another session."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType


class StandardInput:
    """What the target reads.

    A file or a pipe is handed on as it is. A terminal cannot be: the target's session is not the terminal's, so what is
    typed is pumped through a pipe.

    Attributes:
        descriptor: to be given to `runs.launch.start`; None where we have no standard input.
    """

    def __init__(self, kept: int | None = None) -> None:
        """What is ours, or what `keep` has kept of it."""
        self.descriptor: int | None = None
        self._kept = kept
        self._write_end: int | None = None

    def __enter__(self) -> StandardInput:
        if self._kept is not None:
            os.lseek(self._kept, 0, os.SEEK_SET)
            self.descriptor = self._kept
            return self
        try:
            ours = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):
            return self
        if not os.isatty(ours):
            self.descriptor = ours
            return self
        self.descriptor, self._write_end = os.pipe()
        os.set_inheritable(self._write_end, False)
        threading.Thread(target=self._pump, args=(ours, self._write_end), daemon=True).start()
        return self

    def started(self) -> None:
        """The target has its end of the pipe now; ours would keep it open after the target has gone."""
        if self._write_end is not None and self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.started()

    @staticmethod
    def keep() -> int | None:
        """Reads standard input to its end, for targets that are run several times; None for a terminal, or none."""
        try:
            ours = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):
            return None
        if os.isatty(ours):
            return None
        import tempfile

        with tempfile.TemporaryFile() as file:
            while chunk := os.read(ours, 1 << 20):
                file.write(chunk)
            file.flush()
            return os.dup(file.fileno())

    @staticmethod
    def _pump(source: int, sink: int) -> None:
        try:
            while chunk := os.read(source, 65536):
                os.write(sink, chunk)
        except OSError:
            pass
        os.close(sink)
