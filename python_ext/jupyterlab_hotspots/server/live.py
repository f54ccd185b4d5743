"""The live tables of a run that goes on, as tables of the profile model."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.live_tables import LiveTables

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table


class LiveRun:
    """What a run has said of its hot spots so far; reads on from where it was. Safe for several threads."""

    def __init__(self, directory: RunDirectory) -> None:
        self._tail: Final = directory.tail()
        self._tables: Final = LiveTables()
        self._guard: Final = threading.Lock()

    def catch_up(self) -> None:
        """Read what has come."""
        with self._guard:
            while self._tail.grown() and (events := self._tail.events()):
                for event in events:
                    self._tables.apply(event)

    def table(self, name: str) -> tuple[Table | None, float | None]:
        """A table so far and the code's time so far, the whole for its shares; None and None before its first row."""
        from jupyterlab_hotspots.profiles.columns import columns_of
        from jupyterlab_hotspots.profiles.profile import ROWS
        from jupyterlab_hotspots.profiles.tables import build

        with self._guard:
            live = self._tables.tables.get(name)
            if live is None or name not in ROWS:
                return None, None
            known = {column.name for column in columns_of(ROWS[name])}
            columns = {column: values for column, values in live.columns().items() if column in known}
            return build(ROWS[name], columns), live.elapsed_s or None

    def files(self) -> set[str]:
        """Every file that occurs in its tables."""
        with self._guard:
            tables = self._tables.tables.values()
            return {file for table in tables for file in table.columns().get("file", []) if file}
