"""A piece of what a run has printed, as text."""

from __future__ import annotations

import os
import stat
from typing import Final

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.files import open_to_read
from jupyterlab_hotspots.server.messages import OutputAnswer

STREAMS: Final = ("stdout", "stderr")
_LONGEST_CHARACTER: Final = 4


def output_answer(directory: RunDirectory, stream: str, offset: int, limit: int) -> OutputAnswer:
    """Bytes from `offset` on, at most `limit` of them but always a whole character.

    A character that reaches over an end is left out: what has not been printed completely comes with the next piece.
    Bytes that are no UTF-8 become U+FFFD.

    Args:
        stream: `stdout` or `stderr`.
        offset: in bytes; negative counts from the end.
        limit: in bytes.

    Raises:
        BadRequest: there is no such stream.
    """
    if stream not in STREAMS:
        raise BadRequest(f"There is no stream `{stream[:40]}`.", hint="There are stdout and stderr.")
    file = directory.stdout_file if stream == "stdout" else directory.stderr_file
    limit = max(limit, _LONGEST_CHARACTER)
    try:
        descriptor = open_to_read(file)
    except FileNotFoundError:
        return OutputAnswer(stream=stream, offset=0, next=0, size=0, text="")
    try:
        status = os.fstat(descriptor)
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        start = min(offset, size) if offset >= 0 else max(0, size + offset)
        data = os.pread(descriptor, min(limit, size - start), start) if size else b""
    finally:
        os.close(descriptor)
    if offset < 0 and start > 0:
        cut = _broken_start(data)
        start, data = start + cut, data[cut:]
    # At the very end of a run that is over, what is broken stays broken.
    if start + len(data) < size or not directory.result_file.exists():
        data = data[: len(data) - _broken_end(data)]
    return OutputAnswer(
        stream=stream, offset=start, next=start + len(data), size=size, text=data.decode("utf-8", "replace")
    )


def _broken_start(data: bytes) -> int:
    """How many bytes at the beginning continue a character that began before it."""
    count = 0
    while count < min(len(data), _LONGEST_CHARACTER - 1) and data[count] & 0xC0 == 0x80:
        count += 1
    return count


def _broken_end(data: bytes) -> int:
    """How many bytes at the end begin a character that goes on after it (UTF-8: RFC 3629, section 3)."""
    for count in range(1, min(len(data), _LONGEST_CHARACTER - 1) + 1):
        byte = data[-count]
        if byte & 0xC0 == 0x80:
            continue
        length = 2 if byte & 0xE0 == 0xC0 else 3 if byte & 0xF0 == 0xE0 else 4 if byte & 0xF8 == 0xF0 else 1
        return count if length > count else 0
    return 0
