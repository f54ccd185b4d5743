"""`raw/live.jsonl`: what the agent says while the target runs, a JSON object a line.

A line is one `write` to a descriptor in append mode. The descriptor has a high number, because scripts know the low
ones (daemons close them, tests expect them), and before each line it is made sure that it is still ours: a script that
closes all descriptors and opens a file of its own must not find our lines in it.
"""

from __future__ import annotations

import os

from .json_text import encode
from .quiet import close_file, duplicate, file_status, getpid, length, now, open_file, write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HIGH_DESCRIPTOR = 250
"""Below 256, the lowest limit of open files that is in use (macOS)."""
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class Journal:
    """The file of one run; used on the profiled thread, so nothing here is seen by a profiler.

    Attributes:
        lost: lines that could not be written, because the disk is full or no file can be opened any more.
    """

    def __init__(self, path: str) -> None:
        self.lost = 0
        self._path = path
        self._pid = getpid()
        self._torn = False
        self._descriptor = -1
        self._identity: tuple[int, int] | None = None
        try:
            self._open()
        except OSError:
            pass  # The first line will try again, and count.

    def say(self, kind: str, **fields: Any) -> None:
        """Writes a line, with the present time unless a `t` is given; what cannot be written is counted."""
        self.write(encode({"type": kind, "t": now(), **fields}))

    def write(self, line: bytes) -> None:
        """Writes a line that is encoded already, without its end."""
        if getpid() != self._pid:
            return
        try:
            if not self._is_open():
                self._open()
            # What is left of a line that did not fit gets an end first: it must not spoil this one.
            data = b"\n" + line + b"\n" if self._torn else line + b"\n"
            self._torn = write_file(self._descriptor, data) != length(data)
        except OSError:
            self.lost += 1
        else:
            self.lost += self._torn

    def _is_open(self) -> bool:
        if self._identity is None:
            return False
        try:
            status = file_status(self._descriptor)
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self._identity

    def _open(self) -> None:
        self._identity = None
        self._descriptor = open_file(self._path, _APPEND, 0o666)
        try:
            file_status(_HIGH_DESCRIPTOR)
        except OSError:
            try:
                low, self._descriptor = self._descriptor, duplicate(self._descriptor, _HIGH_DESCRIPTOR, False)
                close_file(low)
            except OSError:
                pass  # Fewer files than that may be open; the low descriptor serves.
        status = file_status(self._descriptor)
        self._identity = (status.st_dev, status.st_ino)
