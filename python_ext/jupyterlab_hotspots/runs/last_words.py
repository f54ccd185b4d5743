"""Room for the end of a run, reserved at its start for the case that the disk fills up meanwhile.

The file is written full of zeros. Overwriting its first part in place needs no new room (on file systems that do not
copy on write), and cutting pieces off its end frees a little for the events that must not be lost.
"""

# ruff: noqa: PTH108, PTH123

from __future__ import annotations

import json
import os

from jupyterlab_hotspots.runs.files import as_object, encode, open_to_read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KEPT_BYTES = 8 * 1024
PIECE_BYTES = 12 * 1024
PIECES = 2
"""One for the warning that the disk is full, one for the end."""


class LastWords:
    """The reserved room of one run."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._pieces = PIECES
        self._descriptor: int | None = None
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            left = KEPT_BYTES + PIECES * PIECE_BYTES
            while left > 0:
                left -= os.write(self._descriptor, bytes(left))
        except OSError:
            self._pieces = 0  # Full already: what room there is shall go to the events.

    def say(self, document: dict[str, Any]) -> bool:
        """Write a document into the room; false if even that failed, or it is longer than the room."""
        data = encode(document) + b"\n"
        if self._descriptor is None or len(data) > KEPT_BYTES:
            return False
        try:
            os.pwrite(self._descriptor, data.ljust(KEPT_BYTES, b"\0"), 0)
            os.fsync(self._descriptor)
        except OSError:
            return False
        return True

    def give_room(self) -> bool:
        """Free a piece of the reserved room for other files; false if there is none left."""
        if self._descriptor is None or self._pieces == 0:
            return False
        self._pieces -= 1
        try:
            os.ftruncate(self._descriptor, KEPT_BYTES + self._pieces * PIECE_BYTES)
        except OSError:
            return False
        return True

    def remove(self) -> None:
        """The end is written elsewhere: give the room back."""
        self.close()
        try:
            os.unlink(self._path)
        except OSError:
            pass

    def close(self) -> None:
        """Close the file and keep what it says."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """What was said; None if nothing was."""
    try:
        with open(open_to_read(path), "rb") as file:
            document = json.loads((file.read(KEPT_BYTES) or b"").split(b"\0", 1)[0] or b"null")
    except (OSError, ValueError, RecursionError):
        return None
    return as_object(document)
