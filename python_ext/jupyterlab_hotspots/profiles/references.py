"""Whether the tables of a profile fit together: rows that point at rows of another table point at existing ones."""

from __future__ import annotations

from typing import Final

from jupyterlab_hotspots.profiles.arrow import Table
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.tables import bad_table, numbers, row_of

REFERENCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("edges", "caller", "functions"),
    ("edges", "callee", "functions"),
    ("samples", "node", "tree"),
    ("sites", "node", "tree"),
)
"""Table, column, and the table whose rows the column names."""


def check_references(measurements: Measurements) -> None:
    """Checks every reference between tables, and that the tree is in preorder.

    Raises:
        HotspotsError: (reason `bad_table`) a reference leads nowhere, or a node does not stand below its parent.
    """
    for name, column, target in REFERENCES:
        table, referred = measurements.table(name), measurements.table(target)
        if table is None:
            continue
        places, valid = numbers(table, column)
        if (valid & ((places < 0) | (places >= (0 if referred is None else referred.num_rows)))).any():
            raise bad_table(row_of(table), f"has a `{column}` that is no row of the table `{target}`")
    if measurements.tree is not None:
        _check_preorder(measurements.tree)


def _check_preorder(tree: Table) -> None:
    parents, valid = numbers(tree, "parent")
    path: list[int] = []
    for place, (parent, has_parent) in enumerate(zip(parents.tolist(), valid.tolist(), strict=True)):
        while path and not (has_parent and path[-1] == parent):
            path.pop()
        if has_parent and not path:
            raise bad_table(row_of(tree), f"is not in preorder: row {place} does not stand below its parent {parent}")
        path.append(place)
