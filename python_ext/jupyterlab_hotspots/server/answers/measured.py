"""What was measured in a run: tables, tree, telemetry, and the whole as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.profile import ROWS
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.server.messages import (
    BranchesAnswer,
    ColumnDescription,
    Limits,
    TableAnswer,
    TelemetryAnswer,
    TreeAnswer,
)
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.reading import read_info
from jupyterlab_hotspots.store.telemetry import read_telemetry

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.rows import Unit
    from jupyterlab_hotspots.server.measured_runs import MeasuredRuns


@dataclass(frozen=True)
class TableQuery:
    """Which page of which table.

    Attributes:
        name: of the table, one of `profiles.profile.ROWS`.
        sort: a column, with `-` before it for the largest first; empty for what a reader most likely wants.
        text: words that must occur in a row.
    """

    name: str
    sort: str
    text: str
    hide_library: bool
    offset: int
    limit: int


def table_answer(store: Store, measured: MeasuredRuns, run: str, query: TableQuery) -> TableAnswer:
    """A page of a table of a run: of its profile, or of its live rows while it goes on.

    A table that was not measured has no columns.

    Raises:
        NotFound: there is no such run.
        BadRequest: there is no such table or column.
    """
    if query.name not in ROWS:
        raise BadRequest(f"There is no table `{query.name[:40]}`.", hint=f"There are {', '.join(ROWS)}.")
    whole_s: float | None = None
    if read_info(store.directory(run)).has_ended:
        table = measured.profile(run).table(query.name)
    else:
        table, whole_s = measured.live(run).table(query.name)
    if table is None:
        return TableAnswer(name=query.name, columns=[], total=0, matched=0, hidden=0, offset=query.offset, data={})
    return _page(table, query, whole_s)


def tree_answer(profile: Profile) -> TreeAnswer:
    """The call tree, else the call graph's edges; nothing where neither was measured."""
    table = profile.table("tree")
    if table is None:
        table = profile.table("edges")
    if table is None:
        return TreeAnswer(nodes={})
    from jupyterlab_hotspots.profiles.arrow import lists_of

    return TreeAnswer(nodes=lists_of(table))


def branches_answer(profile: Profile, parent: int, *, offset: int, limit: int) -> BranchesAnswer:
    """The children of a node of the tree, or the roots; none where no tree was measured.

    Raises:
        BadRequest: there is no such node.
    """
    from jupyterlab_hotspots.profiles.arrow import lists_of, number_array, take
    from jupyterlab_hotspots.profiles.branches import branches
    from jupyterlab_hotspots.profiles.tables import column_info

    tree = profile.table("tree")
    if tree is None:
        return BranchesAnswer(measure=None, unit="", is_summed=False, whole=None, siblings=0, offset=offset, data={})
    page = branches(tree, parent, offset=offset, limit=limit)
    units: dict[str | None, Unit] = {column.name: column.unit for column in column_info(tree)}
    unit = units.get(page.measure, "")
    data = lists_of(take(tree, page.rows))
    data.pop("parent", None)
    figures = {"total": (page.total, page.known), **({"total_count": page.count} if page.count else {})}
    return BranchesAnswer(
        measure=page.measure,
        unit=unit,
        is_summed=page.is_summed,
        whole=page.whole,
        siblings=page.siblings,
        offset=offset,
        data={
            **data,
            **{name: number_array(values, known).to_pylist() for name, (values, known) in figures.items()},
            "row": page.rows.tolist(),
            "children": page.children.tolist(),
        },
    )


def telemetry_answer(directory: RunDirectory) -> TelemetryAnswer:
    """The samples so far."""
    telemetry = read_telemetry(directory)
    try:
        limits = msgspec.convert(telemetry.limits, Limits) if telemetry.limits else None
    except msgspec.ValidationError:  # written by another version
        limits = None
    return TelemetryAnswer(columns=telemetry.columns, limits=limits)


def profile_json(profile: Profile) -> bytes:
    """The profile document."""
    from jupyterlab_hotspots.formats import json_file

    return json_file.encode(profile)


def _page(table: Table, query: TableQuery, whole_s: float | None) -> TableAnswer:
    from jupyterlab_hotspots.profiles.arrow import lists_of
    from jupyterlab_hotspots.profiles.rank import rank
    from jupyterlab_hotspots.profiles.tables import column_info

    page = rank(
        table,
        by=query.sort.removeprefix("-") or None,
        descending=query.sort.startswith("-") or not query.sort,
        text=query.text,
        hide_library=query.hide_library,
        offset=query.offset,
        limit=query.limit,
        whole_s=whole_s,
    )
    return TableAnswer(
        name=query.name,
        columns=[
            ColumnDescription(name=column.name, type=column.type, unit=column.unit)
            for column in column_info(page.table)
        ],
        total=page.total,
        matched=page.matched,
        hidden=page.hidden,
        offset=page.offset,
        data=lists_of(page.table),
    )
