"""What a person types into the search field of the history, as SQL.

Words are looked up in a trigram index, single letters by a scan over a narrow table; both give the same answer, so a
SQLite without trigrams is only slower. Measured with 100,000 runs in `benchmarks/history.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from jupyterlab_hotspots.profiles.run_info import STATUSES
from jupyterlab_hotspots.runs.ulid import is_id
from jupyterlab_hotspots.store.summary import RunSummary

_LONGEST_TEXT: Final = 4000
"""Arguments can be thousands of file names; a search finds what stands in the first ones."""

_NO_CONTROLS: Final = dict.fromkeys(range(9))
_NOWHERE: Final = "\1\2\3"
"""Stands in no text."""

TRIGRAMS: Final = """
CREATE VIRTUAL TABLE trigrams USING fts5(status, text, content = '', tokenize = 'trigram');
CREATE VIRTUAL TABLE terms USING fts5vocab('trigrams', 'row');
CREATE TRIGGER search_inserted AFTER INSERT ON search BEGIN
    INSERT INTO trigrams(rowid, status, text)
    VALUES (new.number, new.status || char(10, 10), new.text || char(10, 10));
END;
CREATE TRIGGER search_deleted AFTER DELETE ON search BEGIN
    INSERT INTO trigrams(trigrams, rowid, status, text)
    VALUES ('delete', old.number, old.status || char(10, 10), old.text || char(10, 10));
END;
CREATE TRIGGER search_updated AFTER UPDATE ON search BEGIN
    INSERT INTO trigrams(trigrams, rowid, status, text)
    VALUES ('delete', old.number, old.status || char(10, 10), old.text || char(10, 10));
    INSERT INTO trigrams(rowid, status, text)
    VALUES (new.number, new.status || char(10, 10), new.text || char(10, 10));
END;
"""
"""The index beside the table `search(number, status, text)`. Two line ends after each text make every two letters of it
the beginning of a trigram."""


def searchable_text(summary: RunSummary) -> str:
    """What a search looks into, case folded; the status is beside it because it changes."""
    target = summary.target
    parts = [target.path, target.module, summary.profiler, summary.reason, " ".join(target.args)]
    if not any(target.name in part for part in parts if part):
        parts.insert(0, target.name)
    return "\n".join(part for part in parts if part).translate(_NO_CONTROLS).casefold()[:_LONGEST_TEXT]


class Search:
    """A condition on runs, in one reading of the index.

    Attributes:
        scans: every row is looked at, newest first.

    Args:
        connection: to the index.
        text: every word of it must occur in the run's text or status; or it is the run's id.
        statuses: the run's status is one of these; none means any.
        trigrams: whether the trigram index is there.
    """

    def __init__(self, connection: sqlite3.Connection, text: str, statuses: Sequence[str], *, trigrams: bool) -> None:
        self._connection = connection
        self._conditions: list[str] = []
        self._values: list[Any] = []
        self.scans = False
        words = text.translate(_NO_CONTROLS).casefold().split()
        if len(words) == 1 and is_id(words[0].upper()):
            self._table, self._number = "runs", "runs.number"
            self._add("runs.id = ?", words[0].upper())
            words = []
        looked_up = [word for word in words if trigrams and (len(word) >= 2 or not self._terms(word, 1))]
        scanned = [word for word in words if word not in looked_up]
        if looked_up:
            self._table, self._number = "trigrams", "trigrams.rowid"
            groups = [self._group(word) for word in looked_up]
            if statuses:
                # Their first three letters tell them apart, and one trigram is found faster than a phrase.
                groups.append("status : (" + " OR ".join(_phrase(status[:3]) for status in statuses) + ")")
            self._add("trigrams MATCH ?", " AND ".join(groups))
            if scanned:
                self._table += " JOIN search ON search.number = trigrams.rowid"
        elif not self._conditions:
            # The list itself has an index by status; the narrow table is for the text.
            self.scans = bool(scanned)
            self._table = "search" if scanned else "runs"
            self._number = f"{self._table}.number"
        if statuses and not looked_up:
            self._add(f"{self._table}.status IN ({', '.join('?' * len(statuses))})", *statuses)
        for word in scanned:
            self._add("(instr(search.text, ?) OR instr(search.status, ?))", word, word)

    def numbers(self, limit: int, before: int | None) -> list[int]:
        """Row numbers of the newest runs that match, those below `before` only."""
        condition, values = self._where(before)
        query = f"SELECT {self._number} FROM {self._table}{condition} ORDER BY {self._number} DESC LIMIT ?"
        return [row[0] for row in self._connection.execute(query, (*values, limit))]

    def count(self, before: int | None = None) -> int:
        """How many runs match, of those below `before` only."""
        condition, values = self._where(before)
        query = f"SELECT count(*) FROM {self._table}{condition}"
        return int(self._connection.execute(query, values).fetchone()[0])

    def _where(self, before: int | None) -> tuple[str, list[Any]]:
        conditions, values = self._conditions, self._values
        if before is not None:
            conditions, values = [*conditions, f"{self._number} < ?"], [*values, before]
        return " WHERE " + " AND ".join(conditions) if conditions else "", values

    def _add(self, condition: str, *values: Any) -> None:
        self._conditions.append(condition)
        self._values.extend(values)

    def _group(self, word: str) -> str:
        if len(word) > 2:
            statuses = [f"status : {_phrase(status[:3])}" for status in STATUSES if word in status]
            # Most runs have the same status, and looking for all of a word in all of them takes long.
            return "(" + " OR ".join([f"text : {_phrase(word)}", *statuses]) + ")" if statuses else _phrase(word)
        return "(" + " OR ".join(_phrase(term) for term in self._terms(word, -1) or [_NOWHERE]) + ")"

    def _terms(self, beginning: str, limit: int) -> list[str]:
        """Trigrams that begin so: all there are, since the trigrams of all texts are in the index."""
        query = "SELECT term FROM terms WHERE term >= ? AND term < ? LIMIT ?"
        return [row[0] for row in self._connection.execute(query, (beginning, beginning + "\U0010ffff", limit))]


def _phrase(word: str) -> str:
    """A word as FTS5 reads it literally (https://sqlite.org/fts5.html, "Full-text Query Syntax")."""
    return '"' + word.replace('"', '""') + '"'
