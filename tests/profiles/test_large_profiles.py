"""A profile of 200,000 functions and 600,000 edges: results, not times (those are in the benchmarks)."""

from __future__ import annotations

import numpy as np
import pytest

from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.compare import compare_tables
from jupyterlab_hotspots.profiles.graph import callees, callers
from jupyterlab_hotspots.profiles.merge import merge_measurements
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.references import check_references
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.profiles.values import Coded

FUNCTIONS, EDGES, FILES = 200_000, 600_000, 2_000


def large(first: int = 0) -> Measurements:
    """Function i is `function_i`, in file i % 2000, calls i + 1, i + 2 and i + 3 (round the end) once each."""
    numbers = np.arange(first, first + FUNCTIONS)
    places = np.arange(FUNCTIONS)
    functions = build(
        FunctionRow,
        {
            "function": [f"function_{number}" for number in numbers.tolist()],
            "file": Coded(numbers % FILES, [f"/code/module_{number}.py" for number in range(FILES)]),
            "line": numbers // FILES + 1,
            "origin": Coded(numbers % 2, ["own", "library"]),
            "calls": np.full(FUNCTIONS, 3),
            "own_s": numbers / 1024,
        },
    )
    edges = build(
        EdgeRow,
        {
            "caller": np.repeat(places, 3),
            "callee": (np.repeat(places, 3) + np.tile([1, 2, 3], FUNCTIONS)) % FUNCTIONS,
            "calls": np.ones(EDGES, np.int64),
        },
    )
    return Measurements(functions=functions, edges=edges)


@pytest.fixture(scope="module")
def profile() -> Measurements:
    return large()


def test_it_is_small_in_memory(profile: Measurements) -> None:
    assert profile.functions is not None and profile.edges is not None
    assert profile.functions.nbytes + profile.edges.nbytes < 30_000_000
    check_references(profile)


def test_it_is_ranked_and_filtered(profile: Measurements) -> None:
    assert profile.functions is not None
    page = rank(profile.functions, text="module_7 function_1", hide_library=True, limit=3)
    names = page.table.to_pydict()["function"]
    numbers = [
        number
        for number in range(FUNCTIONS)
        if f"/module_{number % FILES}.py".startswith("/module_7") and str(number).startswith("1")
    ]
    assert page.matched == len(numbers)
    assert page.hidden == sum(number % 2 for number in numbers)
    assert names == [f"function_{number}" for number in sorted(numbers, reverse=True) if number % 2 == 0][:3]


def test_its_call_graph_is_walked(profile: Measurements) -> None:
    assert callees(profile, 199_999).rows.tolist() == [0, 1, 2]
    assert callers(profile, 1).rows.tolist() == [0, 199_998, 199_999]


def test_it_is_merged_with_one_that_overlaps_by_half(profile: Measurements) -> None:
    merged = merge_measurements([profile, large(first=100_000)])
    assert merged.functions is not None and merged.edges is not None
    calls = np.asarray(lists_of(merged.functions)["calls"])
    assert len(calls) == 300_000 and calls[:100_000].sum() == 300_000 and (calls[100_000:200_000] == 6).all()
    # Edges are common from 100,000 on, but for the six that go round the end of the first.
    assert merged.edges.num_rows == 600_000 + 600_000 - 300_000 + 6
    assert sum(lists_of(merged.edges)["calls"]) == 1_200_000
    check_references(merged)


def test_it_is_compared_with_one_that_overlaps_by_half(profile: Measurements) -> None:
    assert profile.functions is not None
    other = large(first=100_000).functions
    assert other is not None
    found = lists_of(compare_tables(profile.functions, other))
    assert [found["found_in"].count(side) for side in ("both", "base", "new")] == [100_000, 100_000, 100_000]
    assert set(found["calls_difference"]) == {-3, 0, 3}
