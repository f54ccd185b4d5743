from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from made_profiles import functions, lines, profiles, quickly, run_info, table_of

from jupyterlab_hotspots.profiles.compare import Comparison, compare, compare_tables, comparison_columns
from jupyterlab_hotspots.profiles.merge import merge_measurements
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, SiteRow

DESCRIPTION = ("file", "cell", "function", "line_base", "line_new", "type", "node")


def tables(comparison: Comparison) -> list[Any]:
    return [table for table in (comparison.functions, comparison.lines, comparison.sites) if table is not None]


def turned(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `compare(a, b)` as `compare(b, a)` must have it; relative differences have another base there."""
    opposite = {"base": "new", "new": "base", "both": "both"}
    found: dict[str, Any] = {}
    for name, value in row.items():
        measure, _, suffix = name.rpartition("_")
        if suffix in ("base", "new"):
            found[f"{measure}_{opposite[suffix]}"] = value
        elif suffix == "difference":
            found[name] = None if value is None else 0 - value
        elif name == "found_in":
            found[name] = opposite[value]
        elif suffix == "line":  # function_line: of the new profile where there is one
            continue
    return found


def counted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


@quickly
@given(profiles)
def test_a_profile_does_not_differ_from_itself(profile: Profile) -> None:
    comparison = compare(profile, profile)
    for difference in comparison.totals:
        assert difference.difference in (0, None) and difference.relative in (0, None)
    for name, table in (("functions", comparison.functions), ("lines", comparison.lines), ("sites", comparison.sites)):
        before = profile.table(name)
        assert (before is None) == (table is None)
        if before is None or table is None:
            continue
        assert table.num_rows == before.num_rows
        rows = table.to_pylist()
        assert {row["found_in"] for row in rows} <= {"both"}
        changes = {row[name] for row in rows for name in row if name.endswith(("_difference", "_relative"))}
        assert changes <= {0, None}


@quickly
@given(profiles, profiles)
def test_comparing_the_other_way_round_turns_every_difference_round(a: Profile, b: Profile) -> None:
    forth, back = compare(a, b), compare(b, a)
    assert len(tables(forth)) == len(tables(back))
    for there, again in zip(tables(forth), tables(back), strict=True):
        keep = [name for name in there.column_names if name.endswith(("_base", "_new", "_difference", "found_in"))]
        turned_back = [turned(row) for row in again.to_pylist()]
        assert counted(there.select(keep).to_pylist()) == counted(turned_back)


@quickly
@given(functions, functions)
def test_differences_add_up_to_the_difference_of_the_wholes(a: Any, b: Any) -> None:
    table = compare_tables(a, b)
    for name in ("own_s", "calls"):
        if name not in a.column_names or name not in b.column_names:
            assert f"{name}_difference" not in table.column_names
            continue
        rows = table.to_pylist()
        if any(row["found_in"] == "both" and None in (row[f"{name}_base"], row[f"{name}_new"]) for row in rows):
            continue  # a gap has no difference
        total = sum(value or 0 for value in b.to_pydict()[name]) - sum(value or 0 for value in a.to_pydict()[name])
        assert sum(row[f"{name}_difference"] or 0 for row in rows) == total


@quickly
@given(functions, functions)
def test_every_row_of_both_profiles_is_in_the_comparison_once(a: Any, b: Any) -> None:
    rows = compare_tables(a, b).to_pylist()
    sides = [row["found_in"] for row in rows]
    assert sides.count("both") + sides.count("base") == a.num_rows
    assert sides.count("both") + sides.count("new") == b.num_rows


@quickly
@given(lines)
def test_lines_that_all_moved_by_as_much_are_found_again(table: Any) -> None:
    rows = [row for row in table.to_pylist() if row.get("function") is not None and row.get("source") is not None]
    moved = [{**row, "line": row["line"] + 1000} for row in rows]
    if rows:
        found = compare_tables(table_of(LineRow, rows), table_of(LineRow, moved)).to_pylist()
        assert {row["line_new"] - row["line_base"] for row in found} == {1000}


def function_table(*rows: tuple[str, int, float]) -> Any:
    return table_of(
        FunctionRow, [{"function": f, "file": "/a.py", "line": line, "own_s": own} for f, line, own in rows]
    )


def test_a_function_that_moved_is_the_same_function() -> None:
    found = compare_tables(function_table(("read", 10, 2.0)), function_table(("read", 14, 3.0))).to_pylist()
    (row,) = found
    assert (row["found_in"], row["line_base"], row["line_new"], row["line"]) == ("both", 10, 14, 14)
    assert (row["own_s_base"], row["own_s_new"], row["own_s_difference"], row["own_s_relative"]) == (2.0, 3.0, 1.0, 0.5)


def test_functions_of_one_name_that_moved_are_paired_in_their_order() -> None:
    base = function_table(("<lambda>", 10, 1.0), ("<lambda>", 20, 2.0))
    new = function_table(("<lambda>", 31, 4.0), ("<lambda>", 21, 3.0))
    found = compare_tables(base, new).to_pylist()
    assert sorted((row["line_base"], row["line_new"]) for row in found) == [(10, 21), (20, 31)]


def test_where_the_pairing_is_not_clear_nothing_is_paired() -> None:
    base = function_table(("<lambda>", 10, 1.0), ("<lambda>", 20, 2.0))
    new = function_table(("<lambda>", 11, 3.0), ("<lambda>", 21, 4.0), ("<lambda>", 31, 4.0))
    found = compare_tables(base, new).to_pylist()
    assert sorted(row["found_in"] for row in found) == ["base", "base", "new", "new", "new"]


def test_a_qualified_name_tells_moved_functions_of_one_name_apart() -> None:
    def table(*rows: tuple[str, int]) -> Any:
        return table_of(
            FunctionRow,
            [
                {"function": "__init__", "qualname": name, "file": "/a.py", "line": line, "calls": 1}
                for name, line in rows
            ],
        )

    found = compare_tables(
        table(("A.__init__", 10), ("B.__init__", 20)),
        table(("A.__init__", 11), ("New.__init__", 15), ("B.__init__", 28)),
    ).to_pylist()
    assert sorted(
        (row["qualname"], row["line_base"], row["line_new"]) for row in found if row["found_in"] == "both"
    ) == [
        ("A.__init__", 10, 11),
        ("B.__init__", 20, 28),
    ]


def test_a_function_only_one_profile_has_counts_from_zero_but_is_not_said_to_have_taken_zero() -> None:
    found = compare_tables(function_table(("old", 1, 2.0)), function_table(("new", 2, 3.0))).to_pylist()
    old = next(row for row in found if row["function"] == "old")
    new = next(row for row in found if row["function"] == "new")
    assert (old["found_in"], old["own_s_new"], old["own_s_difference"], old["own_s_relative"]) == (
        "base",
        None,
        -2.0,
        -1.0,
    )
    assert (new["found_in"], new["own_s_base"], new["own_s_difference"], new["own_s_relative"]) == (
        "new",
        None,
        3.0,
        None,
    )


def test_what_only_one_profiler_measured_has_no_difference() -> None:
    base = table_of(FunctionRow, [{"function": "f", "calls": 3}])
    new = table_of(FunctionRow, [{"function": "f", "samples": 9}])
    table = compare_tables(base, new)
    assert table.to_pydict()["calls_base"] == [3]
    assert table.to_pydict()["samples_new"] == [9]
    assert not [name for name in table.column_names if name.endswith("_difference")]


def test_a_line_is_followed_by_its_source_and_an_edited_one_by_its_place() -> None:
    def table(first: int, *sources: str) -> Any:
        function = {"file": "/a.py", "function": "f", "function_line": first, "hits": 1}
        return table_of(
            LineRow, [{**function, "line": first + place, "source": source} for place, source in enumerate(sources)]
        )

    found = compare_tables(
        table(10, "def f(x):", "    y = slow(x)", "    return y"),
        table(50, "def f(x):", "    y = fast(x)", "    return y"),
    ).to_pylist()
    assert sorted((row["line_base"], row["line_new"]) for row in found) == [(10, 50), (11, 51), (12, 52)]


def test_lines_without_source_are_followed_within_their_function() -> None:
    def table(first: int) -> Any:
        return table_of(
            LineRow, [{"file": "/a.py", "line": first + place, "function": "f", "hits": place} for place in range(3)]
        )

    found = compare_tables(table(10), table(60)).to_pylist()
    assert sorted((row["line_base"], row["line_new"]) for row in found) == [(10, 60), (11, 61), (12, 62)]


def test_shares_of_different_measures_are_not_subtracted() -> None:
    timed = Measurements(functions=table_of(FunctionRow, [{"function": "f", "own_s": 3.0, "peak_bytes": 1}]))
    weighed = Measurements(functions=table_of(FunctionRow, [{"function": "f", "peak_bytes": 7}]))
    comparison = compare(Profile(run_info(), timed), Profile(run_info(), weighed))
    assert comparison.functions is not None
    assert not [name for name in comparison.functions.column_names if "share" in name]
    assert comparison.functions.to_pydict()["peak_bytes_difference"] == [6]


def test_sites_are_compared_by_where_and_what() -> None:
    base = table_of(SiteRow, [{"file": "/a.py", "line": 3, "type": "list", "size_bytes": 10}])
    new = table_of(SiteRow, [{"file": "/a.py", "line": 5, "type": "list", "size_bytes": 30}])
    (row,) = compare_tables(base, new).to_pylist()
    assert row["size_bytes_difference"] == 20 and row["size_bytes_relative"] == 2.0


def test_runs_are_compared_as_a_whole() -> None:
    base = Profile(run=run_info(wall_s=4.0, peak_rss_bytes=100), measurements=Measurements())
    new = Profile(run=run_info(wall_s=3.0), measurements=Measurements())
    totals = {difference.name: difference for difference in compare(base, new).totals}
    assert (totals["wall_s"].difference, totals["wall_s"].relative) == (-1.0, -0.25)
    assert totals["peak_rss_bytes"].difference is None


def test_a_comparison_is_ranked_by_what_changed_most() -> None:
    base = function_table(("a", 1, 5.0), ("b", 2, 5.0), ("c", 3, 5.0))
    new = function_table(("a", 1, 5.5), ("b", 2, 1.0), ("c", 3, 7.0))
    page = rank(compare_tables(base, new), by="own_s_difference", magnitude=True)
    assert page.table.to_pydict()["function"] == ["b", "c", "a"]


@quickly
@given(profiles, profiles)
def test_every_column_of_a_comparison_is_documented(a: Profile, b: Profile) -> None:
    comparison = compare(a, b)
    for row, table in ((FunctionRow, comparison.functions), (LineRow, comparison.lines), (SiteRow, comparison.sites)):
        if table is not None:
            described = comparison_columns(row, table)
            assert [column.name for column in described] == table.column_names
            assert all(column.description for column in described)


def test_a_comparison_of_merged_repeats_is_one_of_their_sums() -> None:
    once = Measurements(functions=function_table(("a", 1, 5.0)))
    twice = merge_measurements([once, once])
    assert once.functions is not None and twice.functions is not None
    (row,) = compare_tables(once.functions, twice.functions).to_pylist()
    assert row["own_s_difference"] == pytest.approx(5.0)
