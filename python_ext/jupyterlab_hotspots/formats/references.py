"""What keeps objects alive, as a profile's tree says it: types, and below each what holds its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterlab_hotspots.formats.call_tree import CallTree, Frame
from jupyterlab_hotspots.profiles.arrow import lists_of

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile


@dataclass(frozen=True)
class References:
    """Chains of references.

    Attributes:
        frames: by row.
        sizes: of the object itself in bytes, of a type all of its objects; None where it is not known.
        holders: by row, the rows of what holds it.
        types: the rows of the types, the user's own first, then the largest.
    """

    frames: list[Frame]
    sizes: list[int | None]
    holders: list[list[int]]
    types: list[int]

    @classmethod
    def of(cls, profile: Profile) -> References | None:
        """Of a profile; None if its tree is one of calls, or it has none."""
        table = profile.table("tree")
        if table is None or not table.num_rows or CallTree.of(table.slice(0, 1)).frames[0].kind != "object":
            return None
        tree = CallTree.of(table)
        sizes = tree.values.get("size_bytes", [None] * table.num_rows)
        holders: list[list[int]] = [[] for _ in tree.frames]
        types: list[int] = []
        for row, parent in enumerate(tree.parents):
            (types if parent < 0 else holders[parent]).append(row)
        own = _own_types(profile)
        types.sort(key=lambda row: (row in own, sizes[row] or 0), reverse=True)
        return cls(tree.frames, sizes, holders, types)


def _own_types(profile: Profile) -> set[int]:
    sites = profile.table("sites")
    if sites is None or not {"node", "origin"} <= {*sites.column_names}:
        return set()
    columns = lists_of(sites.select(["node", "origin"]))
    return {node for node, origin in zip(columns["node"], columns["origin"], strict=True) if origin == "own"}
