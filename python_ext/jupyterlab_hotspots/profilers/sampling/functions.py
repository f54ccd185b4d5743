"""Finds the first line of a function from a line in it.

py-spy says which line runs, not where its function begins, which is what tells functions of one name apart and what
every other profiler calls the function's line. The source says it. For the user's own files it is parsed; for the
thousands of a library a look at the `def` above is a hundred times cheaper and wrong only in odd corners.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

_DEFINITION = re.compile(r"^([ \t]*)(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_LARGEST_PARSED_BYTES = 1 << 20
_LARGEST_BYTES = 8 << 20
_DECORATORS_REACH = 40
"""Lines above a `def` in which the beginning of its decorators is looked for."""

_NODES = {
    "<lambda>": (ast.Lambda,),
    "<listcomp>": (ast.ListComp,),
    "<setcomp>": (ast.SetComp,),
    "<dictcomp>": (ast.DictComp,),
    "<genexpr>": (ast.GeneratorExp,),
}


class FirstLines:
    """Answers for the files of one run, each read once.

    Args:
        is_own: whether a file is the user's, and worth parsing.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._is_own = is_own
        self._files: dict[str, _File] = {}
        self._known: dict[tuple[str, str, int], int] = {}

    def of(self, file: str, name: str, line: int) -> int:
        """The line a function begins on, its decorators included, as `co_firstlineno` has it.

        Args:
            file: absolute path.
            name: the plain name, `<module>`, `<lambda>`, ….
            line: a line that ran in it; also the answer where nothing better is known.
        """
        if name == "<module>":
            return 1
        key = (file, name, line)
        if key not in self._known:
            if file not in self._files:
                self._files[file] = _File(file, parse=self._is_own(file))
            self._known[key] = self._files[file].first_line(name, line)
        return self._known[key]


class _File:
    def __init__(self, path: str, *, parse: bool) -> None:
        try:
            with open(path, encoding="utf-8", errors="replace") as source:  # noqa: PTH123
                self._source = source.read(_LARGEST_BYTES)
        except OSError:
            self._source = ""
        self._spans: dict[str, list[tuple[int, int, int]]] | None = None
        if parse and len(self._source) <= _LARGEST_PARSED_BYTES:
            try:
                self._spans = _spans(ast.parse(self._source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass  # written for another version of Python
        self._lines: list[str] = []
        self._definitions: dict[str, list[tuple[int, int]]] | None = None

    def first_line(self, name: str, line: int) -> int:
        if self._spans is not None:
            around = [span for span in self._spans.get(name, ()) if span[0] <= line <= span[1]]
            if around:
                # The innermost: the one that begins last, and of those the one that ends first.
                return max(around, key=lambda span: (span[2], -span[1]))[0]
        return self._by_looking_up(name, line)

    def _by_looking_up(self, name: str, line: int) -> int:
        if self._definitions is None:
            self._definitions = self._find_definitions()
        known = self._definitions.get(name)
        if not known:
            return line
        above = bisect_right(known, (line, 1 << 30)) - 1
        indent = self._indent(line)
        for place in range(above, -1, -1):
            if known[place][1] < indent or known[place][0] == line:
                return self._with_decorators(*known[place])
        return self._with_decorators(*known[above]) if above >= 0 else line

    def _find_definitions(self) -> dict[str, list[tuple[int, int]]]:
        self._lines = self._source.split("\n")
        found: dict[str, list[tuple[int, int]]] = {}
        line, position = 1, 0
        for match in _DEFINITION.finditer(self._source):
            line += self._source.count("\n", position, match.start())
            position = match.start()
            found.setdefault(match[2], []).append((line, len(match[1].expandtabs())))
        return found

    def _indent(self, line: int) -> int:
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return len(text.expandtabs()) - len(text.expandtabs().lstrip())

    def _with_decorators(self, line: int, indent: int) -> int:
        first = line
        for above in range(line - 1, max(0, line - _DECORATORS_REACH), -1):
            text = self._lines[above - 1]
            stripped = text.strip()
            if not stripped or stripped[0] == "#":
                continue
            if self._indent(above) == indent and stripped[0] == "@":
                first = above
            elif self._indent(above) < indent or (self._indent(above) == indent and stripped[0] not in ")]}"):
                break
        return first


def _spans(tree: ast.Module) -> dict[str, list[tuple[int, int, int]]]:
    """Name → (first line with decorators, last line, line of the definition itself) of all that has code of its own."""
    spans: dict[str, list[tuple[int, int, int]]] = {}
    for name, node in _named(tree):
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        spans.setdefault(name, []).append((first, node.end_lineno or node.lineno, node.lineno))
    return spans


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.stmt | ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
            continue
        for name, kinds in _NODES.items():
            if isinstance(node, kinds):
                yield name, node
