from __future__ import annotations

import pytest
from made_profiles import table_of

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profiles.graph import callees, callers, find
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow

FUNCTIONS = table_of(
    FunctionRow,
    [
        {"function": "main", "file": "/a.py", "line": 1, "origin": "own", "calls": 1, "total_s": 9.0},
        {"function": "read", "file": "/a.py", "line": 5, "origin": "own", "calls": 7, "total_s": 4.0},
        {"function": "write", "file": "/a.py", "line": 9, "origin": "own", "calls": 2, "total_s": 5.0},
        {"function": "open", "file": None, "line": None, "origin": "builtin", "calls": 9, "total_s": 3.0},
        {"function": "read", "file": "/b.py", "line": 5, "origin": "library", "calls": 0, "total_s": 0.0},
    ],
)
EDGES = table_of(
    EdgeRow,
    [
        {"caller": 2, "callee": 3, "calls": 2, "own_s": 0.5, "total_s": 1.0},
        {"caller": 0, "callee": 2, "calls": 2, "own_s": 4.0, "total_s": 5.0},
        {"caller": 1, "callee": 3, "calls": 7, "own_s": 1.5, "total_s": 2.0},
        {"caller": 0, "callee": 1, "calls": 7, "own_s": 2.0, "total_s": 4.0},
        {"caller": 1, "callee": 1, "calls": 1, "own_s": None, "total_s": 0.25},
    ],
)
GRAPH = Measurements(functions=FUNCTIONS, edges=EDGES)


def test_callers_are_named_with_what_they_spent_in_the_function() -> None:
    found = callers(GRAPH, 3)
    assert found.rows.tolist() == [1, 2]
    assert found.table.to_pydict() == {
        "function": ["read", "write"],
        "file": ["/a.py", "/a.py"],
        "line": [5, 9],
        "origin": ["own", "own"],
        "calls": [7, 2],
        "own_s": [1.5, 0.5],
        "total_s": [2.0, 1.0],
    }


def test_callees_are_named_with_what_the_function_spent_in_them() -> None:
    found = callees(GRAPH, 1)
    assert found.rows.tolist() == [1, 3]
    assert found.table.to_pydict()["total_s"] == [0.25, 2.0]
    assert found.table.to_pydict()["own_s"] == [None, 1.5]


def test_neighbours_are_ranked_like_any_table() -> None:
    page = rank(callers(GRAPH, 3).table, by="own_s")
    assert page.table.to_pydict()["own_share"] == [0.75, 0.25]


def test_a_function_nobody_calls_has_no_callers() -> None:
    assert callers(GRAPH, 0).table.num_rows == 0
    assert callers(Measurements(functions=FUNCTIONS), 3).table.num_rows == 0


@pytest.mark.parametrize("row", [-1, 5])
def test_a_row_that_is_not_there_is_not_found(row: int) -> None:
    with pytest.raises(NotFound):
        callees(GRAPH, row)
    with pytest.raises(NotFound):
        callees(Measurements(), 0)


def test_functions_are_found_by_name_file_and_line() -> None:
    assert find(FUNCTIONS, "read").tolist() == [1, 4]
    assert find(FUNCTIONS, "read", "/b.py").tolist() == [4]
    assert find(FUNCTIONS, "read", "/a.py", 6).tolist() == []
    assert find(FUNCTIONS, "reads").tolist() == []
