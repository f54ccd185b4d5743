"""The text of lines whose tool gives their numbers only: read from the files, where these have not changed since."""

from __future__ import annotations

import io
import stat
import tokenize
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_LARGEST_FILE_BYTES: Final = 4 << 20
_MOST_FILES: Final = 2000
_LONGEST_LINE: Final = 500
_PYTHON: Final = (".py", ".pyw", ".pyi", ".ipy")


class SourceLines:
    """Lines of Python files that have not changed since a run.

    Args:
        began: when the run began, in seconds since 1970. A file written later may not be what ran: its lines are not
            known. The names of files come from the profiled process; only Python files are looked at.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._known: dict[str, list[str]] = {}

    def of(self, file: str | None, line: int) -> str | None:
        """A line without its line break, cut where it is very long; None if it cannot be known."""
        if file is None or line < 1 or not file.startswith("/"):
            return None
        lines = self._known.get(file)
        if lines is None:
            lines = self._known[file] = self._read(Path(file)) if len(self._known) < _MOST_FILES else []
        return lines[line - 1][:_LONGEST_LINE] if line <= len(lines) else None

    def column(self, places: Iterable[tuple[str | None, int]]) -> list[str | None]:
        """The lines of a table's rows, each given by file and line."""
        return [self.of(file, line) for file, line in places]

    def _read(self, path: Path) -> list[str]:
        if path.suffix not in _PYTHON:
            return []
        try:
            status = path.stat()
            # Reading a pipe would wait for its writer, and some devices never end.
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE_BYTES:
                return []
            if status.st_mtime > self._began:
                return []
            data = path.read_bytes()
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            return data.decode(encoding).splitlines()
        except (OSError, ValueError, SyntaxError, LookupError):
            return []
