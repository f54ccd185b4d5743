"""Which function a line is in, and what the lines of a function add up to.

Scalene (2.4) has a list of functions of its own. It is used for their names only: it leaves out the lines to which a
loop's time was spread (a function that takes 29 % of the time by its lines stands there with 15 %), the module's own
code, and it takes functions of the same name in two files for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from jupyterlab_hotspots.profilers.scalene.document import Figures, File

_MODULE: Final = "<module>"
_DEFINITION: Final = re.compile(r"\s*(?:async\s+def|def|class)\s+(\w+)")
_SUMS: Final = ("n_cpu_percent_python", "n_cpu_percent_c", "n_sys_percent", "n_malloc_mb", "n_copy_mb_s")
_LARGEST: Final = ("n_peak_mb", "n_gpu_peak_memory_mb")


@dataclass(frozen=True)
class Function:
    """A function, a class body or a module body.

    Attributes:
        name: plain.
        qualname: None if Scalene did not see it run.
        line: the first, with its decorators where Scalene saw it run.
    """

    name: str
    qualname: str | None
    line: int


class FunctionsOf:
    """The functions of one file, by the line of their `def`."""

    def __init__(self, file: File) -> None:
        self._seen = file.functions
        self._source = {line.lineno: line.line for line in file.lines}
        self._known: dict[int, Function | None] = {}

    def of(self, line: Figures) -> Function | None:
        """The innermost function a line is in; None if that is not known."""
        start = line.start_function_line
        if start is None:
            return None
        if start not in self._known:
            self._known[start] = self._find(start)
        return self._known[start]

    def _find(self, start: int) -> Function | None:
        if start == 0:
            return Function(_MODULE, _MODULE, 1)
        found = _DEFINITION.match(self._source.get(start, ""))
        if found is None:
            return None
        name = found[1]
        # Decorators stand above: of those of that name, the one that begins nearest above is meant.
        seen = [one for one in self._seen if plain_name(one.line) == name and one.lineno <= start]
        nearest = max(seen, key=lambda one: one.lineno, default=None)
        # Between a decorator and its function there is no other function.
        if nearest is None or any(
            _DEFINITION.match(self._source.get(line, "")) for line in range(nearest.lineno, start)
        ):
            return Function(name, None, start)
        return Function(name, nearest.line, max(1, nearest.lineno))


def functions_of(file: File, lines: Iterable[Figures]) -> list[tuple[Function, Figures]]:
    """The functions of a file with what their lines add up to; as Scalene has them where it does not tell their lines.

    Args:
        file: what Scalene says of it.
        lines: those of its lines that count.
    """
    functions = FunctionsOf(file)
    members: dict[Function, list[Figures]] = {}
    untold = False
    for line in lines:
        function = functions.of(line)
        if function is None:
            untold = True
        else:
            members.setdefault(function, []).append(line)
    if untold and not members:
        rows = {Function(plain_name(one.line), one.line, max(1, one.lineno)): one for one in file.functions}
        return [(function, one) for function, one in rows.items() if one.is_measured]
    return [(function, _together(own)) for function, own in members.items()]


def plain_name(qualname: str) -> str:
    """The last part of a dotted name."""
    return qualname.rpartition(".")[2] or qualname


def _together(lines: Sequence[Figures]) -> Figures:
    sums = {name: sum(getattr(line, name) for line in lines) for name in _SUMS}
    largest = {name: max(getattr(line, name) for line in lines) for name in _LARGEST}
    time = sum(line.percent for line in lines)
    gpu = sum(line.percent * line.n_gpu_percent for line in lines) / time if time else 0.0
    return Figures(lineno=1, line="", n_gpu_percent=gpu, **sums, **largest)
