"""Folds ``hotspots`` events into the tables they describe: what is shown while a run goes on."""

from __future__ import annotations

from typing import Any


class LiveTable:
    """One table, with the newest value of every row seen so far.

    Attributes:
        elapsed_s: code time up to the last event, the whole for shares, in seconds.
        complete: whether every row is in it, or only the largest.
    """

    def __init__(self) -> None:
        self._rows: dict[int | str, int] = {}
        self._columns: dict[str, list[Any]] = {"id": []}
        self.elapsed_s = 0.0
        self.complete = False

    def __len__(self) -> int:
        return len(self._rows)

    def apply(self, event: dict[str, Any]) -> None:
        """Take a ``hotspots`` event; events come in the order of their ``seq``, each once."""
        for part in ("define", "update"):
            columns: dict[str, list[Any]] | None = event.get(part)
            if not columns:
                continue
            places = [self._place(row_id) for row_id in columns["id"]]
            for name, values in columns.items():
                if name != "id":
                    self._fill(name, places, values)
        self.elapsed_s = float(event.get("elapsed_s", self.elapsed_s))
        self.complete = bool(event.get("complete", self.complete))

    def columns(self) -> dict[str, list[Any]]:
        """All columns, one value a row, None where no event gave one. The lists are the table's own: copy to keep."""
        return self._columns

    def rows(self, sort: str | None = None, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows as objects.

        Args:
            sort: a column of numbers by which the largest come first; None for the order of appearance.
            limit: how many at most.
        """
        order = range(len(self._rows))
        if sort is not None:
            values = self._columns.get(sort, [])
            order = sorted(order, key=lambda place: (values[place] or 0) if place < len(values) else 0, reverse=True)
        return [{name: column[place] for name, column in self._columns.items()} for place in list(order)[:limit]]

    def _place(self, row_id: int | str) -> int:
        place = self._rows.get(row_id)
        if place is None:
            place = self._rows[row_id] = len(self._rows)
            for name, column in self._columns.items():
                column.append(row_id if name == "id" else None)
        return place

    def _fill(self, name: str, places: list[int], values: list[Any]) -> None:
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = [None] * len(self._rows)
        for place, value in zip(places, values, strict=True):
            column[place] = value


class LiveTables:
    """All live tables of one run, by name."""

    def __init__(self) -> None:
        self.tables: dict[str, LiveTable] = {}

    def apply(self, event: dict[str, Any]) -> LiveTable | None:
        """Take any event of the run; gives the table it changed, if it changed one."""
        if event.get("type") != "hotspots":
            return None
        table = self.tables.setdefault(event["table"], LiveTable())
        table.apply(event)
        return table
