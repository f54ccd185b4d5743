"""Trees on a terminal: what called what, the heaviest first, and what keeps objects alive."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.text import Text
from rich.tree import Tree

from jupyterlab_hotspots.cli import places
from jupyterlab_hotspots.cli.figures import WORDS
from jupyterlab_hotspots.cli.places import MACHINERY
from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import quantities
from jupyterlab_hotspots.formats.call_tree import CallTree

if TYPE_CHECKING:
    from rich.console import Console

    from jupyterlab_hotspots.formats.references import References
    from jupyterlab_hotspots.profiles.profile import Profile

GUIDE: Final = 4
"""Columns that rich takes for a level."""
MOST_HOLDERS: Final = 3
"""Of one object; a store that is held in many ways is held by the first of them."""
MOST_TYPES: Final = 6
"""Below the tables; `show --tree` shows them all."""
LONGEST_CHAIN: Final = 12
LEAST_SHARE: Final = 0.001
_UNITS: Final = {"seconds": "s", "bytes": "bytes", "none": "count"}


def print_references(console: Console, profile: Profile, found: References, *, limit: int) -> None:
    """What keeps objects alive: types, the user's own first, and below each what holds its objects.

    Args:
        console: where to.
        profile: of the run.
        found: what it says.
        limit: types at most.
    """
    deepest = max(2, min(LONGEST_CHAIN, console.width // GUIDE // 2))

    def label(row: int, level: int) -> Text:
        frame, size = found.frames[row], found.sizes[row]
        room = console.width - GUIDE * level
        where = printable(places.place(frame.file, frame.shown_line, profile.run.cwd)) if frame.file else ""
        said = "" if size is None else f"  {quantities.size(size)}"
        name = places.cut_middle(printable(frame.name), max(12, room - cell_len(said)))
        text = Text(name, style="bold" if level == 0 else "").append(said, style="cyan")
        left = room - text.cell_len - 2
        if where and left >= min(cell_len(where), 16):
            text.append(f"  {places.cut_place(where, left)}", style="dim")
        return text

    def grow(branch: Tree, row: int, level: int) -> None:
        holders = found.holders[row]
        if level > deepest and holders:
            branch.add(Text("… and what holds that", style="dim"))
            return
        for holder in holders[:MOST_HOLDERS]:
            grow(branch.add(label(holder, level)), holder, level + 1)
        if len(holders) > MOST_HOLDERS:
            branch.add(Text(f"… and {len(holders) - MOST_HOLDERS} more", style="dim"))

    console.print(Text("what keeps it alive: below each type, what holds its objects", style="dim"))
    for row in found.types[:limit]:
        drawn = Tree(label(row, 0), guide_style="dim")
        grow(drawn, row, 1)
        console.print(drawn)
    if len(found.types) > limit:
        console.print(Text(f"… and {len(found.types) - limit} more types: show --tree", style="dim"))
    console.print()


def print_calls(console: Console, profile: Profile, *, limit: int) -> None:
    """What called what, the heaviest path first.

    Args:
        console: where to.
        profile: of the run.
        limit: nodes at most: the heaviest of all.

    Raises:
        BadRequest: the run has no such tree.
    """
    table = profile.table("tree")
    tree = None if table is None or not table.num_rows else CallTree.of(table)
    measures = [] if tree is None else tree.measures()
    if tree is None or not measures:
        raise BadRequest(
            f"This run under {profile.run.profiler} has no call tree.",
            hint="Run it under sampling or allocations, under tracemalloc with --option frames=10, or under scalene "
            "with --option stacks=true.",
        )
    column, unit, words = measures[0]
    totals = tree.totals(column)
    children = _children(tree)
    whole = sum(totals[root] for root in children[-1])
    shown = _heaviest(children, totals, limit)
    deepest = max(4, (console.width - 40) // GUIDE)
    written = WORDS[_UNITS[unit]]

    def label(row: int, level: int, times: int) -> Text:
        frame = tree.frames[row]
        text = Text(quantities.share(totals[row] / whole if whole else None), style="red")
        text.append(f"  {written(totals[row])}  ", style="cyan")
        machinery = _is_machinery(tree, row)
        where = "" if machinery else printable(places.place(frame.file, frame.shown_line, profile.run.cwd))
        room = console.width - GUIDE * level - text.cell_len
        name = "import" if machinery else places.function_name({"name": printable(frame.name)})
        name += f" ×{times}" if times > 1 else ""
        if where and name == places.base_name(where):  # where lines are all that is known
            return text.append(places.cut_place(where, max(12, room)))
        name = places.cut_middle(name, max(12, room - min(cell_len(where), 24) - 2))
        text.append(name)
        if where:
            text.append(f"  {places.cut_place(where, max(8, room - cell_len(name) - 2))}", style="dim")
        return text

    def rest(rows: Sequence[int]) -> Text:
        share = sum(totals[row] for row in rows) / whole if whole else None
        return Text(f"{quantities.share(share)}  … and {len(rows)} more", style="dim")

    def grow(branch: Tree, parent: int, level: int) -> None:
        ranked = sorted((row for row in children[parent] if totals[row] > 0), key=lambda row: totals[row], reverse=True)
        drawn = [row for row in ranked if row in shown]
        if level > deepest and drawn:
            branch.add(Text("… deeper", style="dim"))
            return
        for row in drawn:
            # A function that only calls itself is one line, however deep it goes.
            times, inner = 1, row
            while len(below := children[inner]) == 1 and tree.frames[below[0]] == tree.frames[row]:
                times, inner = times + 1, below[0]
            grow(branch.add(label(row, level, times)), inner, level + 1)
        left = [row for row in ranked if row not in shown]
        if left and sum(totals[row] for row in left) >= LEAST_SHARE * whole:
            branch.add(rest(left))

    root = Tree(Text(f"call tree: {words}", style="dim"), guide_style="dim")
    grow(root, -1, 1)
    console.print(root)
    console.print()


def _children(tree: CallTree) -> dict[int, list[int]]:
    """The rows below each row, the roots below -1; the steps of an `import` are one."""
    children: dict[int, list[int]] = {row: [] for row in range(-1, len(tree.frames))}
    stands_for = [*range(len(tree.frames)), -1]
    for row, parent in enumerate(tree.parents):
        if parent >= 0 and _is_machinery(tree, row) and _is_machinery(tree, parent):
            stands_for[row] = stands_for[parent]
        else:
            children[stands_for[parent]].append(row)
    return children


def _is_machinery(tree: CallTree, row: int) -> bool:
    return (tree.frames[row].file or "").startswith(MACHINERY)


def _heaviest(children: dict[int, list[int]], totals: Sequence[float], limit: int) -> set[int]:
    """The heaviest nodes; whoever is among them has its parent among them."""
    chosen: set[int] = set()
    waiting = [(-totals[row], row) for row in children[-1]]
    heapq.heapify(waiting)
    while waiting and len(chosen) < limit:
        total, row = heapq.heappop(waiting)
        if total >= 0:
            break
        chosen.add(row)
        for child in children[row]:
            heapq.heappush(waiting, (-totals[child], child))
    return chosen
