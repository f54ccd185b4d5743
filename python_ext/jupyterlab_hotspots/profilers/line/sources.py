"""What the user's own files say before they run: which functions are marked with `@profile`, and what they import.

Only the syntax tree is looked at, made by `compile` itself: the module `ast` is an import of 20 ms that the target did
not ask for. A file is found from the imports that are written in others; one that is imported by a name made at run
time is not, and a mark in it is then not known beforehand.
"""

# This runs in the target, which did not ask for pathlib.
# ruff: noqa: PTH113, PTH120, PTH123, PTH202

from __future__ import annotations

import os
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

_ONLY_TREE = 0x400
"""`ast.PyCF_ONLY_AST`."""
_MARKING = ("line_profiler", "memory_profiler")
"""Packages whose `profile` marks a function."""
_MOST_FILES = 2000
_LARGEST_FILE_BYTES = 4 << 20
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


class Survey:
    """Looks through files and what they import, once each.

    Args:
        is_own: whether a file, by its absolute path, is one of the user's own.

    Attributes:
        marked: whether a function is marked in any of them.
        packages: those of line_profiler and memory_profiler that are imported.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.marked = False
        self.packages: set[str] = set()
        self._is_own = is_own
        self._seen: set[str] = set()

    def look(self, files: Sequence[str], roots: Sequence[str]) -> None:
        """Looks through files and the own files they import from these folders."""
        waiting = list(files)
        while waiting and len(self._seen) < _MOST_FILES:
            path = waiting.pop()
            if path in self._seen:
                continue
            self._seen.add(path)
            tree = tree_of(read(path), path)
            if tree is None:
                continue
            imports = _Module(tree)
            self.marked = self.marked or imports.marked
            self.packages |= imports.packages
            found = (file for name in imports.names for file in _files_of(name, path, roots))
            waiting += [file for file in found if file not in self._seen and self._is_own(file)]


def read(path: str) -> bytes | None:
    """The bytes of a source file; None if it cannot be read or is too large to be one."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _LARGEST_FILE_BYTES:
            return None
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def tree_of(source: bytes | None, path: str) -> Any:
    """The syntax tree of a source; None if it has none."""
    if source is None:
        return None
    try:
        # Warnings about the syntax are the target's, and come when it is compiled itself.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(source, path, "exec", _ONLY_TREE, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def files_of_module(name: str, roots: Sequence[str]) -> list[str]:
    """The files that importing or running a module of that dotted name would run, as far as they lie in the roots."""
    return [*_files_of((name, 0), "", roots), *_files_of((f"{name}.__main__", 0), "", roots)]


def statements(body: Sequence[Any]) -> Iterator[tuple[Any, bool]]:
    """All statements in a tree, each with whether it always runs when the module does."""
    waiting: list[tuple[Any, bool]] = [(node, True) for node in body]
    while waiting:
        node, always = waiting.pop()
        yield node, always
        for field in _BODIES:
            waiting += [(child, False) for child in getattr(node, field, ())]


class _Module:
    """What one file says.

    Attributes:
        names: what it imports, as (dotted name, level).
    """

    def __init__(self, tree: Any) -> None:
        self.marked = False
        self.packages: set[str] = set()
        self.names: set[tuple[str, int]] = set()
        marks, modules = {"profile"}, {*map(str, _MARKING)}
        decorators: list[object] = []
        for node, always in statements(tree.body):
            kind = type(node).__name__
            if kind == "Import":
                for alias in node.names:
                    self._import(alias.name, 0)
                    if alias.name in _MARKING and alias.asname:
                        modules.add(alias.asname)
            elif kind == "ImportFrom":
                module = node.module or ""
                self._import(module, node.level)
                for alias in node.names:
                    self._import(f"{module}.{alias.name}".lstrip("."), node.level)
                    bound = alias.asname or alias.name
                    if alias.name == "profile" and module in _MARKING:
                        marks.add(bound)
                    elif bound == "profile" and always:
                        marks.discard("profile")
            elif kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
                if node.name == "profile" and always:
                    marks.discard("profile")
                decorators += node.decorator_list
            elif kind == "Assign" and always and any(getattr(target, "id", "") == "profile" for target in node.targets):
                marks.discard("profile")
        self.marked = any(_is_mark(decorator, marks, modules) for decorator in decorators)

    def _import(self, name: str, level: int) -> None:
        self.names.add((name, level))
        package = name.partition(".")[0]
        if level == 0 and package in _MARKING:
            self.packages.add(package)


def _is_mark(decorator: Any, marks: set[str], modules: set[str]) -> bool:
    if type(decorator).__name__ == "Call":
        decorator = decorator.func
    if type(decorator).__name__ == "Attribute":
        return decorator.attr == "profile" and getattr(decorator.value, "id", "") in modules
    return getattr(decorator, "id", "") in marks


def _files_of(name: tuple[str, int], importer: str, roots: Sequence[str]) -> Iterator[str]:
    dotted, level = name
    if level:
        folder = os.path.dirname(importer)
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        roots = [folder]
    for root in roots:
        place = root
        if level:
            yield f"{place}/__init__.py"
        for part in filter(None, dotted.split(".")):
            place = f"{place}/{part}"
            yield f"{place}.py"
            yield f"{place}/__init__.py"
