"""What the readers of foreign files share: a file is whole in memory, within a size, or refused in clear words."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import BadRequest, NotFound, Unavailable
from jupyterlab_hotspots.runs.files import open_to_read

MEGABYTE: Final = 1 << 20
_HEAD: Final = 1 << 16


def head(path: Path) -> bytes:
    """The first bytes of a file; raises as `contents` does."""
    return _read(path, _HEAD)


def size_of(path: Path) -> int:
    """The size in bytes; raises as `contents` does."""
    descriptor = _open(path)
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def contents(path: Path) -> bytes:
    """A file as a whole. Its size has been looked at (`importing.py`): it is not read beyond that.

    Raises:
        NotFound: there is no such file.
        BadRequest: it is a folder, a pipe or a device.
        Unavailable: it cannot be read.
    """
    return _read(path, size_of(path))


def bad_file(title: str, why: str) -> BadRequest:
    """The error for a file that is not of its format."""
    return BadRequest(
        f"This {title} file cannot be read: {why.rstrip('.')}.",
        hint="It may be damaged, cut off or of another tool; make it again.",
        reason="bad_file",
    )


def too_large(title: str, what: str) -> BadRequest:
    """The error for a file that holds more than is read."""
    return BadRequest(
        f"This {title} file is too large: {what}.",
        hint="Profile a smaller part, or less often.",
        reason="too_large",
    )


def _read(path: Path, most: int) -> bytes:
    with os.fdopen(_open(path), "rb") as file:
        return file.read(most)


def _open(path: Path) -> int:
    try:
        descriptor = open_to_read(path)
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", hint="Check its name.", reason="no_file") from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}.", hint="Check its permissions.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadRequest(f"{path} is not a regular file.", hint="Name a file.", reason="bad_file")
    return descriptor
