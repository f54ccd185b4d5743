"""Profiles made up by hypothesis, and what a table means apart from the order of its rows.

Times are multiples of 1/1024 s below 1024 s: sums of them are exact, so that properties can be tested for equality.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from jupyterlab_hotspots.profiles.columns import column_of, key_of
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import (
    EdgeRow,
    FunctionRow,
    LineRow,
    NodeRow,
    ProfileWarning,
    SampleRow,
    SiteRow,
    TelemetryRow,
)
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.profiles.tables import build, row_of

quickly = settings(max_examples=30, deadline=None)
"""No deadline: a slow machine is not a failure."""

FILES = ["/home/ann/work.py", "/home/ann/größe.py", "/usr/lib/python3.11/json/decoder.py"]
NAMES = ["main", "read", "<lambda>", "__init__", "größe"]
SOURCES = ["return x", "x = f(x)", "for i in range(n):", "pass"]

seconds = st.integers(0, 2**20 - 1).map(lambda ticks: ticks / 1024)
counts = st.integers(0, 2**40)
signed = st.integers(-(2**40), 2**40)


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def _rows(keys: Mapping[str, Any], values: Mapping[str, Any], max_size: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows unique by the columns in `keys`."""
    return st.lists(
        st.fixed_dictionaries({**keys, **values}),
        max_size=max_size,
        unique_by=lambda row: tuple(row[name] for name in keys),
    )


def table_of(row: Any, rows: list[dict[str, Any]]) -> Any:
    names = rows[0].keys() if rows else [column for column in row.__struct_fields__ if "share" not in column]
    return build(row, {name: [each[name] for each in rows] for name in names})


functions = _rows(
    {
        "function": st.sampled_from(NAMES),
        "file": optional(st.sampled_from(FILES)),
        "line": optional(st.integers(1, 4)),
        "cell": optional(st.just("c0ffee")),
    },
    {
        "origin": optional(st.sampled_from(["own", "library", "builtin"])),
        "qualname": optional(st.sampled_from(["A.f", "B.f", "main"])),
        "calls": optional(counts),
        "own_s": optional(seconds),
        "total_s": optional(seconds),
        "peak_bytes": optional(counts),
    },
    max_size=12,
).map(lambda rows: table_of(FunctionRow, rows))

lines = _rows(
    {"file": optional(st.sampled_from(FILES)), "line": st.integers(1, 9), "cell": optional(st.just("c0ffee"))},
    {
        "function": optional(st.sampled_from(NAMES)),
        "function_line": optional(st.integers(1, 3)),
        "source": optional(st.sampled_from(SOURCES)),
        "hits": optional(counts),
        "time_s": optional(seconds),
        "own_s": optional(seconds),
        "increment_bytes": optional(signed),
        "rss_bytes": optional(counts),
    },
    max_size=10,
).map(lambda rows: table_of(LineRow, rows))


@st.composite
def trees(draw: st.DrawFn) -> Any:
    depths: list[int] = []
    parents: list[int | None] = []
    path: list[int] = []
    for node in range(draw(st.integers(0, 12))):
        depth = draw(st.integers(0, len(path)))
        del path[depth:]
        parents.append(path[-1] if path else None)
        path.append(node)
        depths.append(depth)
    rows = [
        {
            "parent": parent,
            "name": draw(st.sampled_from(NAMES[:3])),
            "file": draw(optional(st.sampled_from(FILES[:1]))),
            "own_s": draw(optional(seconds)),
            "samples": draw(optional(counts)),
            "peak_bytes": draw(optional(counts)),
        }
        for parent in parents
    ]
    return table_of(NodeRow, rows)


warnings = st.lists(
    st.sampled_from(
        [
            ProfileWarning(code="foreign-profiler", message="The script set its own profiler.", hint="Take it out."),
            ProfileWarning(code="lost", message="Samples were lost."),
        ]
    ),
    unique=True,
).map(tuple)


@st.composite
def measurements(draw: st.DrawFn) -> Measurements:
    found_functions = draw(optional(functions))
    edges = None
    if found_functions is not None and draw(st.booleans()):
        of_functions = st.integers(0, found_functions.num_rows - 1) if found_functions.num_rows else st.nothing()
        edges = table_of(
            EdgeRow,
            draw(
                _rows(
                    {"caller": of_functions, "callee": of_functions},
                    {"calls": optional(counts), "total_s": optional(seconds)},
                    max_size=15,
                )
            )
            if found_functions.num_rows
            else [],
        )
    tree = draw(optional(trees()))
    node = optional(st.integers(0, tree.num_rows - 1)) if tree is not None and tree.num_rows else st.none()
    sites = _rows(
        {
            "file": optional(st.sampled_from(FILES)),
            "line": optional(st.integers(1, 4)),
            "type": optional(st.sampled_from(["builtins.list", "numpy.ndarray"])),
            "node": node,
        },
        {"size_bytes": optional(counts), "growth_bytes": optional(signed), "count": optional(counts)},
        max_size=8,
    )
    samples = st.lists(
        st.fixed_dictionaries(
            {"t_s": seconds, "thread": optional(st.just("main")), "node": node, "gil": optional(st.booleans())}
        ),
        max_size=6,
    )
    return Measurements(
        functions=found_functions,
        edges=edges,
        lines=draw(optional(lines)),
        tree=tree,
        samples=draw(optional(samples.map(lambda rows: table_of(SampleRow, rows)))),
        sites=draw(optional(sites.map(lambda rows: table_of(SiteRow, rows)))),
        warnings=draw(warnings),
    )


telemetry = st.lists(
    st.fixed_dictionaries({"t_s": seconds, "cpu_percent": optional(seconds), "rss_bytes": optional(counts)}), max_size=6
).map(lambda rows: table_of(TelemetryRow, rows))


def run_info(**known: Any) -> RunInfo:
    return msgspec.structs.replace(
        RunInfo(
            id="01JD0000000000000000000000",
            status="succeeded",
            target=TargetInfo(kind="script", name="work.py", path=FILES[0], args=("--fast",)),
            profiler="cprofile",
            created="2026-11-21T09:00:00Z",
        ),
        **known,
    )


run_infos = st.builds(
    run_info,
    status=st.sampled_from(["succeeded", "failed", "lost"]),
    wall_s=optional(seconds),
    code_s=optional(seconds),
    cpu_s=optional(seconds),
    peak_rss_bytes=optional(counts),
    exit_code=optional(st.integers(0, 255)),
    python=optional(st.just("3.11.7")),
)
profiles = st.builds(Profile, run=run_infos, measurements=measurements(), telemetry=optional(telemetry))


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Rows as dictionaries, without what was not measured and what is derived."""
    row = row_of(table)
    return [
        {name: value for name, value in each.items() if value is not None and column_of(row, name).merge != "derived"}
        for each in table.to_pylist()
    ]


def meaning(found: Measurements) -> dict[str, Any]:
    """What measurements say, whatever the order of rows: references replaced by what they refer to."""
    said: dict[str, Any] = {"warnings": sorted(warning.code for warning in found.warnings)}
    functions_by_row = [] if found.functions is None else [_key(FunctionRow, row) for row in rows_of(found.functions)]
    nodes_by_row: list[Hashable] = []
    if found.tree is not None:
        for row in rows_of(found.tree):
            above = nodes_by_row[row["parent"]] if "parent" in row else ()
            nodes_by_row.append((*above, _key(NodeRow, row)))  # type: ignore[misc]
    for name in ("functions", "edges", "lines", "tree", "sites"):
        table = found.table(name)
        if table is None:
            said[name] = None
            continue
        by_key: dict[Hashable, dict[str, Any]] = {}
        for place, row in enumerate(rows_of(table)):
            if name == "edges":
                key: Hashable = (functions_by_row[row.pop("caller")], functions_by_row[row.pop("callee")])
            elif name == "tree":
                row.pop("parent", None)
                key = nodes_by_row[place]
            else:
                node = row.pop("node", None)
                key = (_key(row_of(table), row), None if node is None else nodes_by_row[node])
            assert key not in by_key or name == "tree", f"two rows of {name} mean {key}"
            by_key[key] = row
        said[name] = by_key
    return said


def _key(row: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in key_of(row))
