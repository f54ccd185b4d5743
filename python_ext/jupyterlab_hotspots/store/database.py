"""One SQLite file that several processes read and write, and that may be lost at any time without loss.

What is kept in it is derived from elsewhere, so damage is met by setting the file aside and filling a new one. Nothing
here knows what the tables hold: that is `index.py`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from jupyterlab_hotspots.errors import HotspotsError, Unavailable

T = TypeVar("T")

BUSY_S: Final = 10.0
"""How long a writer waits for another one; a transaction here takes milliseconds."""

FILLED: Final = 0x686F7473
"""The file's `application_id` once it has its whole content ("hots"); 0 until then."""

_DAMAGED: Final = ("not a database", "malformed", "disk i/o error", "no such table", "no such column")


class Database:
    """A SQLite file with migrations, a pool of connections, and repair.

    Args:
        file: the SQLite file; its folder exists.
        migrations: SQL scripts; the file's `user_version` says how many of them it has seen.
        fill: writes the whole content into an empty file; called by one process at a time.
        write_ahead: WAL, for local disks only; otherwise a rollback journal.
    """

    def __init__(
        self, file: Path, migrations: Sequence[str], fill: Callable[[], None], *, write_ahead: bool = True
    ) -> None:
        self.file = file
        self._migrations = migrations
        self._fill = fill
        self._write_ahead = write_ahead
        self._idle: list[tuple[sqlite3.Connection, int]] = []
        self._guard = threading.Lock()
        self._filling = threading.local()

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` with a connection; it must only read.

        Raises:
            Unavailable: the file is locked for too long, unreadable, or of a newer version.
        """
        return self._repairing(work)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` as one transaction that no other writer interrupts; undone where it raises.

        Raises:
            Unavailable: as for `read`, and where the disk is full or read-only.
        """

        def transaction(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            return result

        return self._repairing(transaction)

    def close(self) -> None:
        """Close the connections that are not in use. The database may be used again afterwards."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()

    def _repairing(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._once(work)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise _translated(self.file, error) from error
        self._set_aside()
        try:
            return self._once(work)
        except sqlite3.DatabaseError as error:
            raise _translated(self.file, error) from error

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection, inode = self._take()
        try:
            result = work(connection)
        except BaseException:
            connection.close()
            raise
        with self._guard:
            self._idle.append((connection, inode))
        return result

    def _take(self) -> tuple[sqlite3.Connection, int]:
        """A connection to the file that lies there *now*: another process may have set ours aside."""
        current = _inode(self.file)
        while True:
            with self._guard:
                if not self._idle:
                    break
                connection, inode = self._idle.pop()
            if inode == current:
                return connection, inode
            connection.close()
        return self._open()

    def _open(self) -> tuple[sqlite3.Connection, int]:
        while True:
            before = _inode(self.file)
            if before == -1:
                # SQLite would let everybody read it, and the files beside it get the permissions that this one has.
                with contextlib.suppress(OSError):
                    os.close(os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            connection = sqlite3.connect(self.file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(connection)
                inode = _inode(self.file)
                if before in (-1, inode):
                    return connection, inode
            except BaseException:
                connection.close()
                raise
            connection.close()  # it was set aside while we opened it

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if _pragma(connection, "user_version") != len(self._migrations):
            with self._lock():
                self._migrate(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        if not getattr(self._filling, "now", False) and not _is_filled(connection):
            with self._lock():
                if not _is_filled(connection):
                    self._fill_now(connection)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = _pragma(connection, "user_version")
        if version > len(self._migrations):
            raise Unavailable(
                f"The history's index {self.file} was written by a newer version of Hotspots.",
                hint="Upgrade jupyterlab-hotspots, or delete that file: it is made again from the run directories.",
                reason="newer_index",
            )
        if version == 0:
            # Once, before anybody else is in it: a change of the journal does not wait for its turn.
            connection.execute("PRAGMA journal_mode = " + ("WAL" if self._write_ahead else "DELETE"))
        for number, script in enumerate(self._migrations[version:], version + 1):
            connection.executescript(f"BEGIN EXCLUSIVE; {script}; PRAGMA user_version = {number}; COMMIT;")

    def _fill_now(self, connection: sqlite3.Connection) -> None:
        self._filling.now = True
        try:
            self._fill()
            connection.execute(f"PRAGMA application_id = {FILLED}")
        finally:
            self._filling.now = False

    @contextlib.contextmanager
    def _lock(self) -> Generator[None]:
        """Among processes and threads, for what must happen once; where locks are not to be had, it happens twice."""
        descriptor = os.open(self.file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _set_aside(self) -> None:
        self.close()
        with self._lock():
            if self._is_sound():  # another process was here first
                return
            stamp = time.strftime("%Y%m%d-%H%M%S")
            # The log first: beside a new file of the same name it would be taken for the new one's.
            for suffix in ("-wal", "-shm", ""):
                part = self.file.with_name(self.file.name + suffix)
                with contextlib.suppress(FileNotFoundError):
                    part.rename(part.with_name(f"{self.file.stem}.damaged-{stamp}{suffix or '.sqlite'}"))

    def _is_sound(self) -> bool:
        if not self.file.exists():
            return True
        connection = sqlite3.connect(self.file, timeout=BUSY_S, isolation_level=None)
        try:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            return sound and _is_filled(connection)
        except sqlite3.DatabaseError:
            return False
        finally:
            connection.close()


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return -1


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _is_filled(connection: sqlite3.Connection) -> bool:
    return _pragma(connection, "application_id") == FILLED


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in _DAMAGED)


def _translated(file: Path, error: sqlite3.DatabaseError) -> HotspotsError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return Unavailable(
            f"The history's index {file} has been locked by another program for {BUSY_S:.0f} s.",
            hint="Try again; if it stays so, look for a stopped Hotspots process that holds it.",
            reason="store_busy",
        )
    if "full" in text:
        return Unavailable(
            f"The history's index {file} cannot be written: the disk is full.",
            hint="Free some space, for example by deleting old runs.",
            reason="disk_full",
        )
    return Unavailable(
        f"The history's index {file} cannot be used: {text}.",
        hint="Check that it can be written; it may be deleted, it is made again from the run directories.",
        reason="store_unusable",
    )
