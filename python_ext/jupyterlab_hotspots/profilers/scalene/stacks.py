"""The call tree from Scalene's stacks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from jupyterlab_hotspots.profilers.scalene.document import Document
from jupyterlab_hotspots.profiles.arrow import Table
from jupyterlab_hotspots.profiles.rows import NodeRow
from jupyterlab_hotspots.profiles.tables import build

_FRAME: Final = re.compile(r"(?P<file>.*) (?P<function>\S+):(?P<line>\d{1,9});?", re.DOTALL)
_DEEPEST: Final = 2000
_MOST_NODES: Final = 500_000

Frame = tuple[str, str, int]
"""File, function, the line that ran."""


@dataclass
class _Node:
    frame: Frame | None = None
    samples: int = 0
    own_s: float = 0.0
    children: dict[Frame, _Node] = field(default_factory=dict["Frame", "_Node"])
    total_samples: int = 0
    total_s: float = 0.0


def tree_of(document: Document, *, with_time: bool) -> Table | None:
    """The tree; None if no stacks were kept.

    Args:
        document: the profile.
        with_time: whether the stacks' parts of the time are right. Scalene (2.4) divides them by the whole each time it
            writes its profile: of a run that was saved on the way only the samples hold.
    """
    root = _Node()
    nodes = 0
    for texts, figures in document.stacks:
        frames = [frame for text in texts[:_DEEPEST] if (frame := _frame(text)) is not None]
        if not frames:
            continue
        node = root
        for frame in frames:
            child = node.children.get(frame)
            if child is None:
                nodes += 1
                if nodes > _MOST_NODES:
                    break
                child = node.children[frame] = _Node(frame)
            node = child
        node.samples += figures.count
        node.own_s += figures.cpu_samples * document.elapsed_time_sec
    return _table(root, with_time=with_time) if root.children else None


def _frame(text: str) -> Frame | None:
    found = _FRAME.fullmatch(text)
    return None if found is None else (found["file"], found["function"], int(found["line"]))


def _table(root: _Node, *, with_time: bool) -> Table:
    _add_up(root)
    nodes: list[_Node] = []
    parents: list[int | None] = []
    waiting: list[tuple[_Node, int | None]] = [(root, None)]
    while waiting:
        node, parent = waiting.pop()
        place = None
        if node.frame is not None:
            place = len(nodes)
            nodes.append(node)
            parents.append(parent)
        by_size = sorted(node.children.values(), key=lambda child: child.total_samples)
        waiting.extend((child, place) for child in by_size)
    frames = [node.frame for node in nodes if node.frame is not None]
    columns: dict[str, list[object]] = {
        "parent": [*parents],
        "name": [function for _, function, _ in frames],
        "file": [file for file, _, _ in frames],
        "line": [line for _, _, line in frames],
        "samples": [node.samples for node in nodes],
        "total_samples": [node.total_samples for node in nodes],
    }
    if with_time:
        columns |= {"own_s": [node.own_s for node in nodes], "total_s": [node.total_s for node in nodes]}
    return build(NodeRow, columns)


def _add_up(root: _Node) -> None:
    order = [root]
    for node in order:
        order.extend(node.children.values())
    for node in reversed(order):
        node.total_samples = node.samples + sum(child.total_samples for child in node.children.values())
        node.total_s = node.own_s + sum(child.total_s for child in node.children.values())
