from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import functions, lines, quickly, table_of

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.rank import default_order, rank
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, SiteRow, TelemetryRow

orders = st.sampled_from(["own_s", "total_s", "calls", "peak_bytes", "function", "file", "origin", "own_share"])
texts = st.sampled_from(["", "f", "READ", "größe", "GRÖSSE", "work __init__", "nowhere", "json read"])


@quickly
@given(functions, orders, st.booleans(), texts, st.booleans())
def test_a_ranking_is_the_filtered_table_sorted_with_gaps_last_and_ties_in_table_order(
    table: Any, by: str, descending: bool, text: str, hide_library: bool
) -> None:
    everything = rank(table)
    rows = rank(table, by=None).table.to_pylist()
    if by not in everything.table.column_names:
        with pytest.raises(BadRequest, match=by):
            rank(table, by=by)
        return
    rows = sorted(zip(everything.rows.tolist(), rows, strict=True), key=lambda pair: pair[0])

    def contains(row: dict[str, Any]) -> bool:
        searched = [row.get(name) for name in ("function", "qualname", "file")]
        return all(any(word.lower() in value.lower() for value in searched if value) for word in text.split())

    matched = [(place, row) for place, row in rows if contains(row)]
    kept = [pair for pair in matched if not hide_library or pair[1].get("origin") in (None, "own")]
    with_value = [pair for pair in kept if pair[1][by] is not None]
    without = [pair for pair in kept if pair[1][by] is None]
    with_value.sort(key=lambda pair: pair[0])
    with_value.sort(key=lambda pair: pair[1][by], reverse=descending)

    page = rank(table, by=by, descending=descending, text=text, hide_library=hide_library)

    assert page.total == table.num_rows
    assert page.matched == len(matched)
    assert page.hidden == len(matched) - len(kept)
    assert page.rows.tolist() == [place for place, _ in [*with_value, *without]]
    assert page.table.to_pylist() == [row for _, row in [*with_value, *without]]


@quickly
@given(functions, st.integers(1, 5), st.booleans())
def test_pages_put_together_are_the_whole_ranking(table: Any, size: int, hide_library: bool) -> None:
    whole = rank(table, hide_library=hide_library)
    pages = [
        rank(table, hide_library=hide_library, offset=offset, limit=size)
        for offset in range(0, table.num_rows + 1, size)
    ]
    assert [row for page in pages for row in page.rows.tolist()] == whole.rows.tolist()
    assert [row for page in pages for row in page.table.to_pylist()] == whole.table.to_pylist()
    assert {(page.total, page.matched, page.hidden) for page in pages} == {(whole.total, whole.matched, whole.hidden)}


@quickly
@given(functions, texts)
def test_own_shares_are_of_the_whole_table_whatever_the_filter(table: Any, text: str) -> None:
    whole = rank(table, by="function")
    if "own_s" not in table.column_names or not sum(value or 0 for value in table.to_pydict()["own_s"]):
        return
    shares = dict(zip(whole.rows.tolist(), whole.table.to_pydict()["own_share"], strict=True))
    assert sum(share or 0 for share in shares.values()) == pytest.approx(1)
    page = rank(table, by="function", text=text)
    assert page.table.to_pydict()["own_share"] == [shares[row] for row in page.rows.tolist()]


@quickly
@given(lines)
def test_shares_of_a_function_add_up_to_one(table: Any) -> None:
    page = rank(table, by="line")
    by_function: dict[Any, float] = {}
    for row in page.table.to_pylist():
        if row.get("share_of_function") is not None:
            key = tuple(row.get(name) for name in ("file", "cell", "function", "function_line"))
            by_function[key] = by_function.get(key, 0) + row["share_of_function"]
    assert list(by_function.values()) == pytest.approx([1] * len(by_function))


def test_inclusive_line_times_are_shares_of_the_code_and_of_their_function() -> None:
    table = table_of(
        LineRow,
        [
            {"file": "/a.py", "line": 2, "function": "main", "time_s": 6.0},
            {"file": "/a.py", "line": 3, "function": "main", "time_s": 2.0},
            {"file": "/a.py", "line": 9, "function": "read", "time_s": 6.0},
        ],
    )
    known = rank(table, whole_s=10.0).table.to_pydict()
    assert known["share"] == [0.6, 0.6, 0.2]
    assert known["share_of_function"] == [0.75, 1.0, 0.25]
    assert rank(table).table.to_pydict()["share"] == [0.75, 0.75, 0.25]


def test_time_that_is_nowhere_gives_no_share_instead_of_a_wrong_one() -> None:
    table = table_of(FunctionRow, [{"function": "f", "own_s": 0.0, "total_s": 0.0}])
    assert "own_share" not in rank(table).table.column_names


def test_sites_are_ranked_by_what_they_hold() -> None:
    table = table_of(SiteRow, [{"type": "list", "size_bytes": 100}, {"type": "dict", "size_bytes": 300}])
    assert rank(table).table.to_pydict()["share"] == [0.75, 0.25]


def test_a_line_that_gives_memory_back_has_a_negative_share() -> None:
    table = table_of(LineRow, [{"line": 1, "increment_bytes": 400}, {"line": 2, "increment_bytes": -100}])
    assert rank(table).table.to_pydict()["share"] == [1.0, -0.25]


def test_differences_are_ranked_by_their_size_whatever_their_sign() -> None:
    table = table_of(SiteRow, [{"type": name, "growth_bytes": by} for name, by in [("a", 1), ("b", -9), ("c", 4)]])
    assert rank(table, by="growth_bytes", magnitude=True).table.to_pydict()["type"] == ["b", "c", "a"]


def test_a_table_that_has_no_shares_can_be_ranked_too() -> None:
    table = table_of(TelemetryRow, [{"t_s": 1.0, "rss_bytes": 5}, {"t_s": 2.0, "rss_bytes": 7}])
    assert rank(table, by="rss_bytes").table.to_pydict() == {"t_s": [2.0, 1.0], "rss_bytes": [7, 5]}


def test_an_unknown_column_is_refused_with_the_ones_there_are() -> None:
    table = table_of(FunctionRow, [{"function": "f", "own_s": 1.0}])
    with pytest.raises(BadRequest) as error:
        rank(table, by="tottime")
    assert "own_s" in error.value.hint and error.value.reason == "bad_request"


@pytest.mark.parametrize(("offset", "limit"), [(-1, 10), (0, -1)])
def test_a_page_before_the_first_row_is_refused(offset: int, limit: int) -> None:
    with pytest.raises(BadRequest):
        rank(table_of(FunctionRow, []), offset=offset, limit=limit)


def test_a_page_after_the_last_row_is_empty() -> None:
    page = rank(table_of(FunctionRow, [{"function": "f", "own_s": 1.0}]), offset=5, limit=10)
    assert page.table.num_rows == 0 and page.matched == 1


def test_the_default_order_is_by_what_costs_most() -> None:
    assert default_order(table_of(FunctionRow, [{"function": "f", "calls": 3, "own_s": 1.0}])) == "own_s"
    assert default_order(table_of(LineRow, [{"line": 1, "increment_bytes": 3, "rss_bytes": 1}])) == "increment_bytes"
