from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from jupyterlab_hotspots.errors import Unavailable
from jupyterlab_hotspots.store import database
from jupyterlab_hotspots.store.database import Database

FIRST = "CREATE TABLE cats(name TEXT PRIMARY KEY);"
SECOND = "ALTER TABLE cats ADD COLUMN lives INTEGER NOT NULL DEFAULT 9;"


def names(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM cats ORDER BY name")]


def test_a_file_of_an_older_version_is_migrated_and_keeps_its_rows(tmp_path: Path) -> None:
    old = Database(tmp_path / "cats.sqlite", (FIRST,), lambda: None)
    old.write(lambda connection: connection.execute("INSERT INTO cats VALUES ('Tom')"))
    old.close()
    filled: list[bool] = []
    new = Database(tmp_path / "cats.sqlite", (FIRST, SECOND), lambda: filled.append(True))
    assert new.read(lambda connection: connection.execute("SELECT * FROM cats").fetchall()) == [("Tom", 9)]
    assert filled == [], "it had been filled before"
    new.close()


def test_threads_that_open_a_new_file_at_once_fill_it_once(tmp_path: Path) -> None:
    filled: list[int] = []

    def fill() -> None:
        filled.append(threading.get_ident())
        one.write(lambda connection: connection.execute("INSERT INTO cats VALUES ('Tom')"))

    one = Database(tmp_path / "cats.sqlite", (FIRST,), fill)
    seen: list[list[str]] = []
    threads = [threading.Thread(target=lambda: seen.append(one.read(names))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(filled), seen) == (1, [["Tom"]] * 8)
    one.close()


def test_a_fill_that_fails_is_tried_again(tmp_path: Path) -> None:
    attempts: list[int] = []

    def fill() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise RuntimeError("interrupted")

    one = Database(tmp_path / "cats.sqlite", (FIRST,), fill)
    with pytest.raises(RuntimeError):
        one.read(names)
    assert one.read(names) == []
    assert len(attempts) == 2
    one.close()


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    one = Database(tmp_path / "cats.sqlite", (FIRST,), lambda: None)

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO cats VALUES ('Tom')")
        raise KeyError("mouse")

    with pytest.raises(KeyError):
        one.write(work)
    assert one.read(names) == []
    one.close()


def test_a_lock_that_is_never_given_back_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.2)
    one = Database(tmp_path / "cats.sqlite", (FIRST,), lambda: None)
    one.read(names)
    other = sqlite3.connect(tmp_path / "cats.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    one.close()
    with pytest.raises(Unavailable) as error:
        one.write(lambda connection: connection.execute("INSERT INTO cats VALUES ('Tom')"))
    assert error.value.reason == "store_busy"
    assert one.read(names) == [], "reading goes on meanwhile"
    other.close()
    one.close()
