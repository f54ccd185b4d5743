from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from made_profiles import meaning, measurements, profiles, quickly, rows_of, run_info, table_of

from jupyterlab_hotspots.profiles.merge import merge, merge_measurements
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.references import check_references
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, NodeRow, SiteRow


def one(found: Measurements) -> Measurements:
    """Measurements whose rows are unique by key, as a reader must leave them (a made-up tree need not be so)."""
    return merge_measurements([found])


@quickly
@given(measurements(), measurements())
def test_the_order_of_the_profiles_does_not_matter(a: Measurements, b: Measurements) -> None:
    assert meaning(merge_measurements([a, b])) == meaning(merge_measurements([b, a]))


@quickly
@given(measurements(), measurements(), measurements())
def test_profiles_can_be_merged_in_any_grouping(a: Measurements, b: Measurements, c: Measurements) -> None:
    at_once = meaning(merge_measurements([a, b, c]))
    assert meaning(merge_measurements([merge_measurements([a, b]), c])) == at_once
    assert meaning(merge_measurements([a, merge_measurements([b, c])])) == at_once


@quickly
@given(measurements())
def test_merging_one_profile_changes_nothing_but_drops_the_time_axis(a: Measurements) -> None:
    merged = one(a)
    assert merged.samples is None
    assert meaning(one(merged)) == meaning(merged)
    for name in ("functions", "edges", "lines"):
        before, after = a.table(name), merged.table(name)
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert rows_of(before) == rows_of(after)


@quickly
@given(measurements())
def test_nothing_is_neutral(a: Measurements) -> None:
    assert meaning(merge_measurements([a, Measurements()])) == meaning(one(a))


@quickly
@given(measurements(), measurements())
def test_references_of_the_merged_profile_lead_somewhere(a: Measurements, b: Measurements) -> None:
    merged = merge_measurements([a, b])
    check_references(merged)  # raises otherwise
    assert (merged.edges is None) == (a.edges is None and b.edges is None)


@quickly
@given(st.lists(measurements(), min_size=1, max_size=4))
def test_functions_are_the_sums_of_their_rows(parts: list[Measurements]) -> None:
    merged = merge_measurements(parts).functions
    calls: dict[Any, list[int]] = defaultdict(list)
    own_s: dict[Any, list[float]] = defaultdict(list)
    peak_bytes: dict[Any, list[int]] = defaultdict(list)
    keys: list[Any] = []
    for part in parts:
        for row in [] if part.functions is None else rows_of(part.functions):
            key = (row.get("file"), row.get("cell"), row["function"], row.get("line"))
            keys.append(key)
            for name, values in (("calls", calls), ("own_s", own_s), ("peak_bytes", peak_bytes)):
                if name in row:
                    values[key].append(row[name])
    if merged is None:
        assert not keys
        return
    found = rows_of(merged)
    assert [(row.get("file"), row.get("cell"), row["function"], row.get("line")) for row in found] == list(
        dict.fromkeys(keys)
    )
    for row in found:
        key = (row.get("file"), row.get("cell"), row["function"], row.get("line"))
        assert row.get("calls") == (sum(calls[key]) if key in calls else None)
        assert row.get("own_s") == (sum(own_s[key]) if key in own_s else None)
        assert row.get("peak_bytes") == (max(peak_bytes[key]) if key in peak_bytes else None)


@quickly
@given(measurements(), measurements())
def test_no_time_of_a_tree_or_an_edge_is_lost(a: Measurements, b: Measurements) -> None:
    merged = merge_measurements([a, b])
    for name, column in (("tree", "own_s"), ("tree", "samples"), ("edges", "total_s"), ("edges", "calls")):
        before = sum(
            row.get(column, 0) for part in (a, b) if part.table(name) is not None for row in rows_of(part.table(name))
        )
        after = 0 if merged.table(name) is None else sum(row.get(column, 0) for row in rows_of(merged.table(name)))
        assert after == before


def test_equal_paths_of_two_trees_become_one_and_others_stay_apart() -> None:
    def tree(*rows: tuple[int | None, str, float]) -> Measurements:
        named = [{"parent": parent, "name": name, "own_s": own_s} for parent, name, own_s in rows]
        return Measurements(tree=table_of(NodeRow, named))

    merged = merge_measurements(
        [
            tree((None, "main", 1.0), (0, "read", 2.0), (1, "parse", 4.0), (0, "write", 8.0)),
            tree((None, "main", 1.0), (0, "write", 2.0), (1, "parse", 4.0), (None, "idle", 8.0)),
        ]
    )
    assert merged.tree is not None
    assert merged.tree.select(["parent", "name", "own_s"]).to_pydict() == {
        "parent": [None, 0, 1, 0, 3, None],
        "name": ["main", "read", "parse", "write", "parse", "idle"],
        "own_s": [2.0, 2.0, 4.0, 10.0, 4.0, 8.0],
    }


def test_sites_follow_the_node_they_belong_to() -> None:
    def part(name: str) -> Measurements:
        return Measurements(
            tree=table_of(NodeRow, [{"parent": None, "name": name}, {"parent": 0, "name": "load"}]),
            sites=table_of(SiteRow, [{"type": "builtins.list", "node": 1, "size_bytes": 8}]),
        )

    apart = merge_measurements([part("a"), part("b")])
    together = merge_measurements([part("a"), part("a")])
    assert apart.sites is not None and together.sites is not None
    assert apart.sites.to_pydict() == {
        "type": ["builtins.list"] * 2,
        "node": [1, 3],
        "size_bytes": [8, 8],
    }
    assert together.sites.to_pydict() == {"type": ["builtins.list"], "node": [1], "size_bytes": [16]}


def test_a_value_only_one_profile_measured_is_kept() -> None:
    timed = Measurements(lines=table_of(LineRow, [{"file": "/a.py", "line": 1, "time_s": 2.0, "rss_bytes": None}]))
    weighed = Measurements(lines=table_of(LineRow, [{"file": "/a.py", "line": 1, "time_s": None, "rss_bytes": 512}]))
    merged = merge_measurements([timed, weighed]).lines
    assert merged is not None
    assert merged.to_pylist() == [{"file": "/a.py", "line": 1, "time_s": 2.0, "rss_bytes": 512}]


def test_counts_beyond_what_a_float_can_hold_add_up_exactly() -> None:
    part = Measurements(functions=table_of(FunctionRow, [{"function": "f", "calls": 2**60 + 1}]))
    merged = merge_measurements([part, part]).functions
    assert merged is not None and merged.to_pydict()["calls"] == [2**61 + 2]


@quickly
@given(profiles, profiles)
def test_a_merged_profile_has_no_time_axis_and_the_given_name(a: Any, b: Any) -> None:
    merged = merge([a, b], run=run_info(id="01JD00000000000000000MERGE"))
    assert merged.telemetry is None and merged.measurements.samples is None
    assert merged.run.id == "01JD00000000000000000MERGE"
