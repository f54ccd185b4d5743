"""The index of the history: one row for each run, so that a list, a filter or a search takes milliseconds.

It holds nothing that is not in the run directories. Every write raises `revision`, by which other processes see what
changed. Importing this module is cheap (no NumPy, no pyarrow).
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.profiles.run_info import ENDED
from jupyterlab_hotspots.store.database import Database
from jupyterlab_hotspots.store.search import TRIGRAMS, Search, searchable_text
from jupyterlab_hotspots.store.summary import RunSummary

msgspec.json.Decoder(RunSummary)  # see `reading.py`

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DELETIONS_KEPT: Final = 10_000
_COLUMNS: Final = (
    *("id", "status", "reason", "kind", "name", "path", "module", "args", "profiler", "cwd", "created", "started"),
    *("ended", "wall_s", "cpu_s", "peak_rss_bytes", "exit_code", "signal", "by", "group"),
)
_QUOTED: Final = ", ".join(f'"{name}"' for name in _COLUMNS)


class Page(msgspec.Struct, frozen=True):
    """A page of the list, newest first; `total` counts all that match; `next` is the next page's `before`."""

    runs: list[RunSummary]
    total: int
    next: str | None


class Changes(msgspec.Struct, frozen=True):
    """What happened to the index after a revision."""

    revision: int
    changed: list[RunSummary]
    deleted: list[str]


class Index:
    """The rows of the history, safe to use from several threads and processes.

    Args:
        folder: the store's folder; it exists.
        fill: writes every run of the store into the index, called when the file is new or was damaged.
        network: the folder lies on a network file system.
    """

    def __init__(self, folder: Path, fill: Callable[[], None], *, network: bool = False) -> None:
        # Two names, because a SQLite without trigrams cannot even write to a file that has them.
        file = folder / ("index.sqlite" if has_trigrams() else "index-plain.sqlite")
        self._database = Database(file, _migrations(has_trigrams()), fill, write_ahead=not network)
        self.file = file

    def upsert(self, summaries: Iterable[RunSummary]) -> int:
        """Insert or update rows; returns how many were new or different.

        A run that has ended never goes back: whoever read its directory earlier may come later.
        """
        # In the order of their ids, which within a millisecond is that of their row numbers only by who came first.
        rows = [(one, _values(one)) for one in sorted(summaries, key=lambda summary: summary.id)]

        def work(connection: sqlite3.Connection) -> int:
            revision, changed = 0, 0
            for summary, values in rows:
                kept = connection.execute(f"SELECT number, {_QUOTED} FROM runs WHERE id = ?", (summary.id,)).fetchone()
                if kept is not None and (kept[1:] == values or (kept[2] in ENDED and values[1] not in ENDED)):
                    continue
                revision = revision or _next_revision(connection)
                changed += 1
                if kept is None:
                    _insert(connection, summary, values, revision)
                else:
                    _update(connection, kept[0], summary, values, revision)
            return changed

        return self._database.write(work) if rows else 0

    def delete(self, ids: Iterable[str]) -> int:
        """Take rows out; returns how many there were."""
        wanted = list(ids)

        def work(connection: sqlite3.Connection) -> int:
            revision, deleted = 0, 0
            for run in wanted:
                row = connection.execute("SELECT number FROM runs WHERE id = ?", (run,)).fetchone()
                if row is None:
                    continue
                revision = revision or _next_revision(connection)
                deleted += 1
                connection.execute("DELETE FROM runs WHERE number = ?", row)
                connection.execute("DELETE FROM search WHERE number = ?", row)
                connection.execute("INSERT OR REPLACE INTO deleted(id, revision) VALUES (?, ?)", (run, revision))
            connection.execute(
                "DELETE FROM deleted WHERE id IN (SELECT id FROM deleted ORDER BY revision DESC LIMIT -1 OFFSET ?)",
                (_DELETIONS_KEPT,),
            )
            return deleted

        return self._database.write(work) if wanted else 0

    def get(self, run: str) -> RunSummary | None:
        """The row of a run, None if there is none."""
        rows = self._select("WHERE id = ?", (run,))
        return rows[0] if rows else None

    def page(
        self, *, text: str = "", statuses: Sequence[str] = (), limit: int = 100, before: str | None = None
    ) -> Page:
        """The newest runs that match, older than `before`.

        Args:
            text: every word of it must occur in the name, path, module, arguments, profiler, status or reason, or it
                is the id; upper and lower case are the same.
            statuses: any of these; none means all.
        """

        def work(connection: sqlite3.Connection) -> tuple[list[Any], int]:
            search = Search(connection, text, statuses, trigrams=has_trigrams())
            numbers = search.numbers(limit + 1, None if before is None else _number(connection, before))
            if before is None and len(numbers) <= limit:
                total = len(numbers)
            elif before is None and search.scans:
                total = len(numbers) + search.count(numbers[-1])  # the page has passed the newer ones
            else:
                total = search.count()
            query = f"SELECT {_QUOTED} FROM runs WHERE number = ?"
            return [connection.execute(query, (number,)).fetchone() for number in numbers], total

        rows, total = self._database.read(work)
        runs = [_summary(row) for row in rows[:limit] if row is not None]
        return Page(runs, total, runs[-1].id if len(rows) > limit else None)

    def unfinished(self) -> list[RunSummary]:
        """The runs that are queued or running as far as the index knows, oldest first."""
        return self._select("WHERE status IN ('queued', 'running') ORDER BY number", ())

    def ids(self) -> set[str]:
        """Every run the index knows."""
        return self._database.read(lambda connection: {row[0] for row in connection.execute("SELECT id FROM runs")})

    def revision(self) -> int:
        """A number that rises with every write, whoever wrote; it never falls, not even in a new file."""
        return self._database.read(_revision)

    def changes(self, after: int) -> Changes:
        """What is new, different or gone since a revision."""

        def work(connection: sqlite3.Connection) -> Changes:
            connection.execute("BEGIN")  # three reads of one state
            try:
                query = f"SELECT {_QUOTED} FROM runs WHERE revision > ? ORDER BY revision, number"
                changed = [_summary(row) for row in connection.execute(query, (after,))]
                deleted = connection.execute("SELECT id FROM deleted WHERE revision > ?", (after,)).fetchall()
                return Changes(_revision(connection), changed, [row[0] for row in deleted])
            finally:
                connection.execute("ROLLBACK")

        return self._database.read(work)

    def mark(self, name: str) -> int:
        """A number somebody left here (see `set_mark`), 0 if nobody did."""

        def work(connection: sqlite3.Connection) -> int:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (f"mark {name}",)).fetchone()
            return 0 if row is None else int(row[0])

        return self._database.read(work)

    def set_mark(self, name: str, value: int) -> None:
        """Leave a number for `mark`; it counts as no change."""
        statement = "INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)"
        self._database.write(lambda connection: connection.execute(statement, (f"mark {name}", value)) and None)

    def close(self) -> None:
        """Close the file; the index may be used again afterwards."""
        self._database.close()

    def _select(self, condition: str, values: tuple[Any, ...]) -> list[RunSummary]:
        query = f"SELECT {_QUOTED} FROM runs {condition}"
        rows = self._database.read(lambda connection: connection.execute(query, values).fetchall())
        return [_summary(row) for row in rows]


@functools.cache
def has_trigrams() -> bool:
    """Whether this Python's SQLite can index substrings (FTS5's trigram tokenizer, SQLite 3.34 of December 2020)."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE trial USING fts5(text, tokenize = 'trigram')")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def number_of(run: str) -> int:
    """A row number that sorts as the ULID does: the 48 bits of its time and the first 15 of its random ones.

    Layout of a ULID: https://github.com/ulid/spec (26 digits of Crockford's base 32).
    """
    number = 0
    for digit in run[:13].upper():
        number = number * 32 + max(0, _ALPHABET.find(digit))
    return number & 0x7FFF_FFFF_FFFF_FFFF


def _number(connection: sqlite3.Connection, run: str) -> int:
    """The row number of a run, or where it would stand if there is none."""
    row = connection.execute("SELECT number FROM runs WHERE id = ?", (run,)).fetchone()
    return number_of(run) if row is None else int(row[0])


def _revision(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()[0])


def _next_revision(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'revision'")
    return _revision(connection)


def _insert(connection: sqlite3.Connection, summary: RunSummary, values: tuple[Any, ...], revision: int) -> None:
    number = number_of(summary.id)
    while connection.execute("SELECT 1 FROM runs WHERE number = ?", (number,)).fetchone():
        number += 1  # two runs of one millisecond that share 15 random bits
    marks = ", ".join("?" * (len(_COLUMNS) + 2))
    connection.execute(f"INSERT INTO runs(number, revision, {_QUOTED}) VALUES ({marks})", (number, revision, *values))
    connection.execute(
        "INSERT INTO search(number, status, text) VALUES (?, ?, ?)", (number, summary.status, searchable_text(summary))
    )
    connection.execute("DELETE FROM deleted WHERE id = ?", (summary.id,))


def _update(
    connection: sqlite3.Connection, number: int, summary: RunSummary, values: tuple[Any, ...], revision: int
) -> None:
    columns = ", ".join(f'"{name}" = ?' for name in _COLUMNS)
    connection.execute(f"UPDATE runs SET revision = ?, {columns} WHERE number = ?", (revision, *values, number))
    text = searchable_text(summary)
    connection.execute(
        "UPDATE search SET status = ?, text = ? WHERE number = ? AND (status, text) IS NOT (?, ?)",
        (summary.status, text, number, summary.status, text),
    )


def _values(summary: RunSummary) -> tuple[Any, ...]:
    target = summary.target
    return (
        *(summary.id, summary.status, summary.reason, target.kind, target.name, target.path, target.module),
        *(msgspec.json.encode(target.args).decode(), summary.profiler, summary.cwd, summary.created, summary.started),
        *(summary.ended, summary.wall_s, summary.cpu_s, summary.peak_rss_bytes, summary.exit_code, summary.signal),
        *(summary.by, summary.group),
    )


def _summary(row: Sequence[Any]) -> RunSummary:
    values = dict(zip(_COLUMNS, row, strict=True))
    target = {name: values.pop(name) for name in ("kind", "name", "path", "module")}
    target["args"] = msgspec.json.decode(values.pop("args"))
    return msgspec.convert({**values, "target": target}, RunSummary)


def _migrations(trigrams: bool) -> Sequence[str]:
    return (_FIRST + (TRIGRAMS if trigrams else ""), _REASONS_ARE_SEARCHED)


_FIRST: Final = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta(name, value) VALUES ('revision', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
CREATE TABLE runs(
    number INTEGER PRIMARY KEY, revision INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, reason TEXT,
    kind TEXT NOT NULL, name TEXT NOT NULL, path TEXT, module TEXT, args TEXT NOT NULL, profiler TEXT NOT NULL,
    cwd TEXT NOT NULL, created TEXT NOT NULL, started TEXT, ended TEXT, wall_s REAL, cpu_s REAL,
    peak_rss_bytes INTEGER, exit_code INTEGER, signal INTEGER, "by" TEXT NOT NULL, "group" TEXT
);
CREATE INDEX runs_by_status ON runs(status, number);
CREATE INDEX runs_by_revision ON runs(revision);
CREATE TABLE deleted(id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE search(number INTEGER PRIMARY KEY, status TEXT NOT NULL, text TEXT NOT NULL);
"""  # a new file's revision starts at the time of day in milliseconds, so that it is above any earlier file's

_REASONS_ARE_SEARCHED: Final = """
UPDATE search SET text = text || char(10) || (SELECT lower(reason) FROM runs WHERE runs.number = search.number)
WHERE number IN (SELECT number FROM runs WHERE reason IS NOT NULL);
"""
