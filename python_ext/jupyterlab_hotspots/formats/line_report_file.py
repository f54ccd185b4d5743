"""Writes line_profiler's own text report, as `python -m line_profiler FILE` prints it with its default settings.

The layout is that of `line_profiler.py`, `show_text` and `show_func` (5.1): microseconds, columns that widen where a
number needs it, the source of each function as it stands in its file. Where the file has gone, or has changed since,
the lines are those that were kept with the run.
"""

from __future__ import annotations

import inspect
import io
import stat
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.profile import Profile

_UNIT_S: Final = 1e-6
_TICK_S: Final = 1e-9
_WIDTHS: Final = (6, 9, 12, 8, 8)
_HEADER: Final = ("Line #", "Hits", "Time", "Per Hit", "% Time", "Line Contents")
_LARGEST_SOURCE: Final = 4 << 20
_PYTHON: Final = (".py", ".pyw", ".pyx", ".ipy")


@dataclass
class _Function:
    """A function with its lines: number, hits, ticks, and their text where it was kept."""

    name: str
    file: str
    first_line: int
    timings: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    sources: dict[int, str] = field(default_factory=dict[int, str])


def write(profile: Profile, path: Path) -> None:
    """Write the report.

    Raises:
        BadRequest: no hits of lines were counted.
    """
    functions = _functions(profile)
    if not functions:
        raise BadRequest(
            f"A run under {profile.run.profiler} counts no hits of lines, which is what this report shows.",
            hint="Run the target under line, or choose another format.",
        )
    folder = profile.run.cwd or "/"
    text = f"Timer unit: {_UNIT_S:g} s\n\n" + "".join(_section(one, folder) for one in functions)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _functions(profile: Profile) -> list[_Function]:
    lines, functions = profile.table("lines"), profile.table("functions")
    if lines is None or not {"hits", "time_s", "function"} <= set(lines.column_names):
        return []
    found: dict[tuple[Any, Any, Any], _Function] = {}
    if functions is not None:
        for name, file, line, dotted in _rows(functions, "function", "file", "line", "qualname"):
            found[name, file, line] = _Function(dotted or name, file or "", line or 0)
    for name, file, first, line, hits, time_s, source in _rows(
        lines, "function", "file", "function_line", "line", "hits", "time_s", "source"
    ):
        if name is None:
            continue
        one = found.setdefault((name, file, first), _Function(name, file or "", first or line))
        if hits and time_s is not None:
            one.timings.append((line, hits, round(time_s / _TICK_S)))
        if source is not None:
            one.sources[line] = source
    return list(found.values())


def _rows(table: Any, *names: str) -> Any:
    columns = lists_of(table)
    blank: list[Any] = [None] * table.num_rows
    return zip(*(columns.get(name, blank) for name in names), strict=True)


def _section(function: _Function, folder: str) -> str:
    timings = function.timings
    total = sum(ticks for _, _, ticks in timings)
    texts = _source(function, folder)
    out = [f"Total time: {total * _TICK_S:g} s\n"]
    if texts is not None:
        out += [f"File: {function.file}\n", f"Function: {function.name} at line {function.first_line}\n"]
    else:
        out += [
            f"\nCould not find file {function.file}\n",
            "Are you sure you are running this program from the same directory\nthat you ran the profiler from?\n",
            "Continuing without the function's contents.\n",
        ]
        numbers = [line for line, _, _ in timings]
        texts = [""] * (max(numbers) - min(*numbers, function.first_line) + 1 if numbers else 1)
    shown = {line: _figures(hits, ticks, total) for line, hits, ticks in timings}
    widths = [*_WIDTHS]
    for place in range(3):
        widths[place + 1] = max([widths[place + 1], *(len(figures[place]) for figures in shown.values())])
    template = " ".join(f"%{width}s" for width in widths) + "  %-s"
    header = template % _HEADER
    out += ["\n", header, "\n", "=" * len(header), "\n"]
    for line, text in enumerate(texts, function.first_line):
        out += [template % (line, *shown.get(line, ("", "", "", "")), text.rstrip("\n").rstrip("\r")), "\n"]
    return "".join([*out, "\n"])


def _figures(hits: int, ticks: int, total: int) -> tuple[str, str, str, str]:
    scale = _TICK_S / _UNIT_S
    counted = str(hits) if len(str(hits)) <= _WIDTHS[1] else f"{hits:g}"
    per_hit = float(ticks) * scale / hits
    return (
        counted,
        _time(ticks * scale, _WIDTHS[2]),
        _time(per_hit, _WIDTHS[3]),
        f"{100 * ticks / total:5.1f}" if total else "",
    )


def _time(value: float, width: int) -> str:
    text = f"{value:5.1f}"
    return text if len(text) <= width else f"{value:5.3g}"


def _source(function: _Function, folder: str) -> list[str] | None:
    """The lines of a function from its first on; None if nothing is known of them."""
    written = _file_lines(Path(folder) / function.file) if function.file else None
    if written is not None and all(
        line <= len(written) and written[line - 1].rstrip("\r\n") == text for line, text in function.sources.items()
    ):
        first = max(0, function.first_line - 1)
        if function.name == "<module>":
            return written[first:]
        try:
            return inspect.getblock(written[first:])
        except (SyntaxError, tokenize.TokenError):
            return written[first : max([function.first_line, *(line for line, _, _ in function.timings)])]
    if not function.sources:
        return None
    last = max([*function.sources, *(line for line, _, _ in function.timings)])
    return [function.sources.get(line, "") for line in range(function.first_line, last + 1)]


def _file_lines(path: Path) -> list[str] | None:
    """The lines of a Python file; None if it is none or cannot be read."""
    try:
        status = path.stat()
        if path.suffix not in _PYTHON or not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_SOURCE:
            return None
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.TextIOWrapper(io.BytesIO(data), encoding).readlines()
    except (OSError, ValueError, SyntaxError, LookupError):
        return None
