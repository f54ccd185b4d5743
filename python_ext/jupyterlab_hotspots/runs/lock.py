"""The lock that says a run is being watched.

``flock`` belongs to the open file, not to the process: it is released when the last process that has the descriptor is
gone, however it went, and it can be handed to a child, so a run is locked from the moment it is launched.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time

from jupyterlab_hotspots.runs.files import open_to_read

PATIENCE_S = 0.1
"""Whoever asks `is_held` holds a shared lock for some microseconds; who wants the lock itself waits that out."""


def acquire(path: str | os.PathLike[str], patience_s: float = PATIENCE_S) -> int | None:
    """Take the lock; it is held until the descriptor is closed everywhere.

    Args:
        path: the lock file, made if absent.
        patience_s: how long to go on trying, in seconds.

    Returns:
        The descriptor (closed on exec), or None if another process holds the lock.

    Raises:
        OSError: the file cannot be opened, or its file system has no locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    give_up = time.monotonic() + patience_s
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    raise
            if time.monotonic() >= give_up:
                os.close(descriptor)
                return None
            time.sleep(0.002)
    except BaseException:
        os.close(descriptor)
        raise


def is_held(path: str | os.PathLike[str]) -> bool:
    """Whether some process holds the lock."""
    try:
        descriptor = open_to_read(path)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return True
        raise
    finally:
        os.close(descriptor)
    return False
