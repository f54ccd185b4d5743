"""The lines met so far, each with a number that stays, and how they are told live and written.

A line is one row, whoever runs it. Where a function's body shares the line with the statement that defines it, the row
is the function's, as in line_profiler's report of it; the header of a class is a line of what surrounds it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from jupyterlab_hotspots.agent.origin import Origins

_LONGEST_SOURCE = 1000
"""Characters: more of a line is shown nowhere."""

Label = tuple[str, int, str]
"""File as the code object names it, first line, qualified name."""


class Functions:
    """The functions, class bodies and modules that lines are in, each with a number.

    Attributes:
        names, qualnames, files, lines, origins: by that number.
        bodies: whether it is a class body or a module, whose lines run as they are defined.
    """

    def __init__(self, origins: Origins) -> None:
        self.names: list[str] = []
        self.qualnames: list[str] = []
        self.files: list[str] = []
        self.lines: list[int] = []
        self.origins: list[str] = []
        self.bodies: list[bool] = []
        self._origins = origins
        self._places: dict[Label, int] = {}

    def place(self, label: Label, *, body: bool = False) -> int:
        """The number of the one that is called so."""
        if label not in self._places:
            file, line, qualname = label
            path = self._origins.absolute(file)
            name = qualname if qualname == "<module>" else qualname.rpartition(".")[2]
            self._places[label] = len(self.names)
            self.names.append(name)
            self.qualnames.append(qualname)
            self.files.append(path)
            self.lines.append(line)
            self.origins.append(self._origins.of(path))
            self.bodies.append(body or qualname == "<module>")
        return self._places[label]


class Lines:
    """The rows.

    Args:
        functions: what lines are in.
        measures: names of the columns that change; whole numbers, but for those that end in `_s`.

    Attributes:
        places: by the number of the row, the function it is in.
        numbers: by the number of the row, its line in the file.
        values: column → by the number of the row.
    """

    def __init__(self, functions: Functions, measures: Sequence[str]) -> None:
        self.functions = functions
        self.places: list[int] = []
        self.numbers: list[int] = []
        self.values: dict[str, list[Any]] = {name: [] for name in measures}
        self._rows: dict[tuple[str, int], int] = {}
        """File and line → row."""
        self._row_of: dict[tuple[int, int], int] = {}
        """Function and line → row, or -1."""
        self._sent: dict[int, tuple[Any, ...]] = {}
        self._defined: dict[int, int] = {}

    def take(self, measured: Iterable[tuple[int, int, tuple[Any, ...]]]) -> None:
        """Takes what is known now: function, line, and a value for each of the measures."""
        row_of, places = self._row_of, self.places
        columns = [*self.values.values()]
        for place, number, values in measured:
            row = row_of.get((place, number))
            if row is None:
                row = row_of[place, number] = self._row(place, number)
            if row < 0:
                continue
            if places[row] != place:
                if self._rank(place) < self._rank(places[row]):
                    continue
                places[row] = place
            for column, value in zip(columns, values):  # noqa: B905  (a value for each)
                column[row] = value

    def _row(self, place: int, number: int) -> int:
        """The row for a line of a function; -1 for none."""
        functions = self.functions
        if functions.bodies[place] and functions.names[place] != "<module>" and number == functions.lines[place]:
            return -1
        key = functions.files[place], number
        if key not in self._rows:
            self._rows[key] = len(self.places)
            self.places.append(place)
            self.numbers.append(number)
            for column in self.values.values():
                column.append(0)
        return self._rows[key]

    def _rank(self, place: int) -> tuple[bool, int]:
        return not self.functions.bodies[place], self.functions.lines[place]

    def snapshot(self, limit: int, by: Sequence[str], texts: Mapping[str, list[str]]) -> dict[str, Any]:
        """The rows that changed since the last one, of the `limit` largest by each of the columns `by`."""
        rows: list[int] = [*range(len(self.places))]
        largest = rows
        if len(rows) > limit:
            chosen: set[int] = set()
            for name in by:
                chosen.update(sorted(rows, key=self.values[name].__getitem__, reverse=True)[:limit])
            largest = [*chosen]
        columns = [*self.values.values()]
        now = {row: tuple(column[row] for column in columns) for row in largest}
        changed = [row for row in largest if self._sent.get(row) != now[row]]
        new = [row for row in changed if self._defined.get(row) != self.places[row]]
        for row in changed:
            self._sent[row] = now[row]
            self._defined[row] = self.places[row]
        functions, of = self.functions, [self.places[row] for row in new]
        return {
            "table": "lines",
            "define": {
                "id": new,
                "file": [functions.files[place] for place in of],
                "line": [self.numbers[row] for row in new],
                "function": [functions.names[place] for place in of],
                "function_line": [functions.lines[place] for place in of],
                "origin": [functions.origins[place] for place in of],
                "source": [self._source(row, texts) for row in new],
            },
            "update": {
                "id": changed,
                **{
                    name: [round(column[row], 6) if name.endswith("_s") else column[row] for row in changed]
                    for name, column in self.values.items()
                },
            },
            "complete": largest is rows,
        }

    def columns(self, texts: Mapping[str, list[str]]) -> list[tuple[str, str, list[Any]]]:
        """Everything, for `write_columns`; row numbers are the ids of live rows."""
        functions = self.functions
        return [
            ("functions.function", "text", functions.names),
            ("functions.qualname", "text", functions.qualnames),
            ("functions.file", "text", functions.files),
            ("functions.origin", "text", functions.origins),
            ("functions.line", "int64", functions.lines),
            ("lines.function", "int64", self.places),
            ("lines.line", "int64", self.numbers),
            ("lines.source", "text", [self._source(row, texts) for row in range(len(self.places))]),
            *(
                (f"lines.{name}", "float64" if name.endswith("_s") else "int64", column)
                for name, column in self.values.items()
            ),
        ]

    def _source(self, row: int, texts: Mapping[str, list[str]]) -> str | None:
        lines = texts.get(self.functions.files[self.places[row]], [])
        number = self.numbers[row]
        return lines[number - 1][:_LONGEST_SOURCE] if 0 < number <= len(lines) else None


class Texts(dict[str, list[str]]):
    """File → its lines, decoded from the bytes that were read when it was compiled, once somebody asks."""

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        super().__init__()
        self._sources = sources

    def get(self, path: str, default: Any = None) -> Any:
        if path not in self and path in self._sources:
            self[path] = _decoded(self._sources[path])
        return super().get(path, default)


def _decoded(source: bytes) -> list[str]:
    encoding = "utf-8"
    for line in source.split(b"\n")[:2]:
        head, found, rest = line.partition(b"coding")
        if found and head.lstrip()[:1] == b"#" and rest[:1] in (b":", b"="):
            encoding = rest[1:].strip().split(b" ")[0].decode("ascii", "replace")
    try:
        text = source.decode(encoding, "replace")
    except LookupError:
        text = source.decode("utf-8", "replace")
    # Only what Python takes for the end of a line is one: a form feed within a line is not.
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
