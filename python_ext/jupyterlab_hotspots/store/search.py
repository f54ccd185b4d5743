"""What a person types into the search field of the history, as SQL.

Words of three letters and more are looked up in a trigram index, shorter ones by a scan over a narrow table; both give
the same answer, so a SQLite without trigrams is only slower.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from jupyterlab_hotspots.runs.ulid import is_id
from jupyterlab_hotspots.store.summary import RunSummary

_LONGEST_TEXT: Final = 4000
"""Arguments can be thousands of file names; a search finds what stands in the first ones."""


def searchable_text(summary: RunSummary) -> str:
    """What a search looks into, case folded; the status is beside it because it changes."""
    target = summary.target
    parts = [target.path, target.module, " ".join(target.args), summary.profiler]
    if not any(target.name in part for part in parts if part):
        parts.insert(0, target.name)
    return "\n".join(part for part in parts if part).casefold()[:_LONGEST_TEXT]


class Search:
    """A condition on runs.

    Attributes:
        scans: every row is looked at, newest first.

    Args:
        text: every word of it must occur in the run's text or status; or it is the run's id.
        statuses: the run's status is one of these; none means any.
        trigrams: whether the trigram index is there.
    """

    def __init__(self, text: str, statuses: Sequence[str], *, trigrams: bool) -> None:
        self._conditions: list[str] = []
        self._values: list[Any] = []
        self.scans = False
        if is_id(text.strip().upper()):
            self._table, self._number = "runs", "runs.number"
            self._conditions, self._values = ["id = ?"], [text.strip().upper()]
            return
        words = text.replace("\0", "").casefold().split()
        long = [word for word in words if trigrams and len(word) >= 3]
        short = [word for word in words if word not in long]
        self.scans = bool(short) and not long
        if long:
            self._table, self._number = "trigrams", "trigrams.rowid"
            match = " AND ".join(_phrase(word) for word in long)
            if statuses:
                match += " AND status : (" + " OR ".join(_phrase(status) for status in statuses) + ")"
            self._add("trigrams MATCH ?", match)
            if short:
                self._table += " JOIN search ON search.number = trigrams.rowid"
        else:
            # The list itself has an index by status; the narrow table is for the text.
            self._table = "search" if short else "runs"
            self._number = f"{self._table}.number"
            if statuses:
                self._add(f"{self._table}.status IN ({', '.join('?' * len(statuses))})", *statuses)
        for word in short:
            self._add("(instr(search.text, ?) OR instr(search.status, ?))", word, word)

    def numbers(self, connection: sqlite3.Connection, limit: int, before: int | None) -> list[int]:
        """Row numbers of the newest runs that match, those below `before` only."""
        condition, values = self._where(before)
        query = f"SELECT {self._number} FROM {self._table}{condition} ORDER BY {self._number} DESC LIMIT ?"
        return [row[0] for row in connection.execute(query, (*values, limit))]

    def count(self, connection: sqlite3.Connection, before: int | None = None) -> int:
        """How many runs match, of those below `before` only."""
        condition, values = self._where(before)
        return int(connection.execute(f"SELECT count(*) FROM {self._table}{condition}", values).fetchone()[0])

    def _where(self, before: int | None) -> tuple[str, list[Any]]:
        conditions, values = self._conditions, self._values
        if before is not None:
            conditions, values = [*conditions, f"{self._number} < ?"], [*values, before]
        return " WHERE " + " AND ".join(conditions) if conditions else "", values

    def _add(self, condition: str, *values: Any) -> None:
        self._conditions.append(condition)
        self._values.extend(values)


def _phrase(word: str) -> str:
    """A word as FTS5 reads it literally (https://sqlite.org/fts5.html, "Full-text Query Syntax")."""
    return '"' + word.replace('"', '""') + '"'
