"""Chains of references put together: a root for each type, below it what holds its objects."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .chains import Link


class _Node:
    __slots__ = ("children", "file", "line", "name", "size_bytes")

    def __init__(self, name: str, file: str | None, line: int | None, size_bytes: int | None) -> None:
        self.name = name
        self.file = file
        self.line = line
        self.size_bytes = size_bytes
        self.children: dict[str, _Node] = {}


class Tree:
    """The nodes; those of the same name under the same parent are one."""

    def __init__(self) -> None:
        self._roots: list[_Node] = []

    def add(self, name: str, size_bytes: int) -> int:
        """A root, that of a type; gives its number among the roots."""
        self._roots.append(_Node(name, None, None, size_bytes))
        return len(self._roots) - 1

    def extend(self, root: int, links: list[Link]) -> None:
        """Adds a chain below a root."""
        node = self._roots[root]
        for link in links:
            child = node.children.get(link.name)
            if child is None:
                child = node.children[link.name] = _Node(link.name, link.file, link.line, link.size_bytes)
            elif link.size_bytes is not None:
                child.size_bytes = max(child.size_bytes or 0, link.size_bytes)
            node = child

    def rows_of_roots(self) -> list[int]:
        """The row of each root, in preorder."""
        rows: list[int] = []
        size = 0
        for root in self._roots:
            rows.append(size)
            size += _size(root)
        return rows

    def columns(self) -> list[tuple[str, str, list[Any]]]:
        """The nodes in preorder; 0 for no line, -1 for no parent and no size."""
        parents: list[int] = []
        nodes: list[_Node] = []
        waiting: list[tuple[_Node, int]] = [(root, -1) for root in reversed(self._roots)]
        while waiting:
            node, parent = waiting.pop()
            place = len(nodes)
            nodes.append(node)
            parents.append(parent)
            waiting += [(child, place) for child in reversed(node.children.values())]
        return [
            ("tree.parent", "int64", parents),
            ("tree.name", "text", [node.name for node in nodes]),
            ("tree.file", "text", [node.file for node in nodes]),
            ("tree.line", "int64", [node.line or 0 for node in nodes]),
            ("tree.size_bytes", "int64", [-1 if node.size_bytes is None else node.size_bytes for node in nodes]),
        ]


def _size(node: _Node) -> int:
    return 1 + sum(_size(child) for child in node.children.values())
