"""Reads ``events.jsonl``, or any other file of lines, while it grows."""

# ruff: noqa: PTH116

from __future__ import annotations

import json
import os

from jupyterlab_hotspots.runs.files import as_object, open_to_read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CHUNK_BYTES = 1 << 20


class Tail:
    """The lines of a growing file, each once.

    A last line without its end is left for later: it may be half written. No file is kept open in between, so any
    number of runs can be followed.

    Args:
        path: the file, which need not exist yet.
        after_seq: lines to pass over. Events are numbered from 1 without gaps, so in ``events.jsonl`` these are the
            events up to and including this number.
    """

    def __init__(self, path: str | os.PathLike[str], after_seq: int = 0) -> None:
        self._path = os.fspath(path)
        self._offset = 0
        self._to_skip = after_seq

    @property
    def offset(self) -> int:
        """How far the file has been read, in bytes."""
        return self._offset

    def grown(self) -> bool:
        """Whether the file is longer than what has been read: cheap, one ``stat``."""
        try:
            return os.stat(self._path).st_size > self._offset
        except OSError:
            return False

    def read(self, limit_bytes: int = 4 * CHUNK_BYTES) -> list[bytes]:
        """The whole lines that came since the last call, without their ends.

        Args:
            limit_bytes: stop after about this much; the rest comes in the next call. One line longer than that comes
                whole all the same.
        """
        lines: list[bytes] = []
        try:
            descriptor = open_to_read(self._path)
        except OSError:  # Not there yet, or a network file system that will be back.
            return lines
        try:
            taken = 0
            chunk_bytes = CHUNK_BYTES
            while taken < limit_bytes:
                chunk = os.pread(descriptor, chunk_bytes, self._offset)
                end = chunk.rfind(b"\n") + 1
                if end == 0:
                    if len(chunk) < chunk_bytes:
                        break  # Nothing more, or a torn line.
                    chunk_bytes *= 2
                    continue
                self._offset += end
                taken += end
                lines += self._without_skipped(chunk[:end].split(b"\n")[:-1])
        except OSError:
            pass
        finally:
            os.close(descriptor)
        return lines

    def events(self) -> list[dict[str, Any]]:
        """As `read`, parsed; lines that are not JSON objects are left out."""
        return [event for line in self.read() if (event := parse(line)) is not None]

    def _without_skipped(self, lines: list[bytes]) -> list[bytes]:
        if not self._to_skip:
            return lines
        skipped = min(self._to_skip, len(lines))
        self._to_skip -= skipped
        return lines[skipped:]


def parse(line: bytes) -> dict[str, Any] | None:
    """The JSON object in a line; None if it holds anything else."""
    try:
        return as_object(json.loads(line))
    except (ValueError, RecursionError):
        return None


def last_seq(path: str | os.PathLike[str]) -> int:
    """The number of the last whole event of a file; 0 if there is none."""
    seq = (last_event(path) or {}).get("seq")
    return seq if isinstance(seq, int) else 0


def last_event(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """The last whole event of a file, found from its end; None if there is none, or it cannot be read."""
    try:
        descriptor = open_to_read(path)
    except OSError:
        return None
    try:
        size = os.fstat(descriptor).st_size
        length = 64 * 1024
        while True:
            start = max(0, size - length)
            data = os.pread(descriptor, size - start, start)
            whole = data[: data.rfind(b"\n") + 1]
            before = whole[:-1].rfind(b"\n")
            if whole and (before >= 0 or start == 0):
                return parse(whole[before + 1 : -1])
            if start == 0:
                return None
            length *= 4
    except OSError:
        return None
    finally:
        os.close(descriptor)
