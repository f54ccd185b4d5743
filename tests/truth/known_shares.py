"""What the programs of `programs/` know of their own time beside what a profiler measured, for tests and benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PROGRAMS = sorted(path for path in (Path(__file__).parent / "programs").glob("*.py") if path.stem != "truth")
"""Scripts that take the seconds to run for, and print their account: name of a function or `#` marker → seconds."""


class Share(NamedTuple):
    """A part of the time.

    Attributes:
        what: function or line.
        truth: its share as the program knows it, between 0 and 1.
        measured: as the profiler has it.
    """

    what: str
    truth: float
    measured: float


def line_of(program: Path, marker: str) -> int:
    """The line with this marker in its comment."""
    lines = program.read_text(encoding="utf-8").splitlines()
    (line,) = (number for number, text in enumerate(lines, 1) if text.endswith(f"# {marker}"))
    return line


def samples_of(document: dict[str, Any]) -> int:
    """How many samples stand behind a profile; 0 where it was not sampled."""
    rows: list[dict[str, Any]] = document.get("functions") or []
    return sum(row.get("samples", 0) for row in rows)


def shares(program: Path, account: dict[str, float], document: dict[str, Any]) -> Iterator[Share]:
    """All that the program knows and the profiler measures.

    Args:
        program: one of `PROGRAMS`.
        account: what it said.
        document: the profile as JSON.
    """
    parts = {name: seconds for name, seconds in account.items() if name != "total"}
    lines = {name: line_of(program, name[1:]) for name in parts if name[0] == "#"}
    for name, seconds in parts.items():
        table = "lines" if name in lines else "functions"
        rows: list[dict[str, Any]] = document.get(table) or []
        # Of lines, what only counts knows the inclusive time alone.
        other = "time_s" if name in lines else "own_s"
        values = [
            (row, float(row["own_s" if "own_s" in row else other])) for row in rows if "own_s" in row or other in row
        ]
        if not values:
            continue
        whole = sum(value for _, value in values)
        if name in lines:
            own = [(row["line"], value) for row, value in values if row.get("file") == str(program)]
            found = sum(value for line, value in own if line == lines[name])
            if len(lines) == len(parts):  # the rest of the loop has no known part: the known ones are compared
                whole = sum(value for line, value in own if line in lines.values())
        else:
            found = sum(value for row, value in values if row["function"] == name)
        what = f"line {name[1:]}" if name in lines else f"function {name}"
        yield Share(what, seconds / account["total"], found / whole if whole else 0.0)
