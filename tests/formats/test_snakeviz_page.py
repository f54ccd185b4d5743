"""SnakeViz's page: its own template and scripts, the data of the run, and nothing from anywhere else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import snakeviz_page
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, LineRow, NodeRow
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.profiles.tables import build

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def profile_of(measurements: Measurements, name: str = "fit.py") -> Profile:
    run = RunInfo(
        id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        status="succeeded",
        target=TargetInfo(kind="script", name=name),
        profiler="cprofile",
        created="2026-11-21T09:00:00.000Z",
    )
    return Profile(run, measurements)


def counted(name: str = "work") -> Measurements:
    functions = {
        "function": ["<module>", name],
        "file": ["/a/fit.py", "/a/fit.py"],
        "line": [1, 7],
        "calls": [1, 3],
        "primitive_calls": [1, 3],
        "own_s": [0.5, 1.5],
        "total_s": [2.0, 1.5],
    }
    edges = {
        "caller": [0],
        "callee": [1],
        "calls": [3],
        "primitive_calls": [3],
        "own_s": [1.5],
        "total_s": [1.5],
    }
    return Measurements(functions=build(FunctionRow, functions), edges=build(EdgeRow, edges))


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def data_of(page: bytes) -> dict[str, dict[str, object]]:
    """The profile that SnakeViz's scripts find in the page."""
    match = re.search(r"var profile_data = (\{.*\});", page.decode())
    assert match is not None
    return json.loads(match[1])


def test_the_page_is_snakevizs_with_the_runs_own_numbers() -> None:
    page = snakeviz_page.page(profile_of(counted()))
    text = page.decode()
    assert "<title>fit</title>" in text and "sv_draw_vis = function" in text and "immutable" in text.lower()
    data = data_of(page)
    assert data["/a/fit.py:7(work)"]["stats"] == [3, 3, 1.5, 1.5]
    assert data["/a/fit.py:1(<module>)"]["children"] == {"/a/fit.py:7(work)": [3, 3, 1.5, 1.5]}


def test_it_refers_to_no_other_file_and_asks_no_network() -> None:
    page = snakeviz_page.page(profile_of(counted()))
    for tag, attributes in Elements(page).found:
        assert tag not in ("link", "iframe", "base"), (tag, attributes)
        assert not attributes.get("src"), (tag, attributes)
    worker = page.decode().partition('id="hierarchy-worker"')[2]
    assert worker.index("self.importScripts = function () {};") < worker.index("importScripts(")
    assert not re.search(r"url\((?!data:)", re.sub(r"<script.*?</script>", "", page.decode(), flags=re.DOTALL))
    assert "sandbox" in snakeviz_page.POLICY and "allow-same-origin" not in snakeviz_page.POLICY
    assert "default-src 'none'" in snakeviz_page.POLICY


def test_names_from_a_profile_stay_names() -> None:
    tame = Elements(snakeviz_page.page(profile_of(counted()))).found
    evil = Elements(snakeviz_page.page(profile_of(counted(EVIL), name=EVIL))).found
    assert evil == tame
    data = data_of(snakeviz_page.page(profile_of(counted(EVIL))))
    assert f"/a/fit.py:7({EVIL})" in data


def test_a_run_without_counted_calls_is_shown_by_its_call_tree() -> None:
    tree = build(
        NodeRow,
        {
            "parent": [None, 0, 1, 0],
            "name": ["<module>", "walk", "walk", "leaf"],
            "file": ["/a/fit.py"] * 4,
            "function_line": [1, 3, 3, 9],
            "own_s": [0.1, 0.2, 0.3, 0.4],
        },
    )
    data = data_of(snakeviz_page.page(profile_of(Measurements(tree=tree))))
    assert data["/a/fit.py:1(<module>)"]["stats"] == pytest.approx([0, 0, 0.1, 1.0])
    # A recursive function's total time is that of its outermost calls.
    assert data["/a/fit.py:3(walk)"]["stats"] == pytest.approx([0, 0, 0.5, 0.5])
    assert data["/a/fit.py:9(leaf)"]["callers"]["/a/fit.py:1(<module>)"] == pytest.approx([0, 0, 0.4, 0.4])


def test_of_very_many_functions_those_with_the_most_time_are_shown() -> None:
    count = snakeviz_page.MOST_FUNCTIONS + 50
    names = [f"f{number}" for number in range(count)]
    functions = {"function": names, "file": ["/a/b.c.py"] * count, "line": list(range(1, count + 1))}
    functions |= {"calls": [1] * count, "primitive_calls": [1] * count}
    functions |= {"own_s": [float(number) for number in range(count)], "total_s": [float(n) for n in range(count)]}
    edges = {"caller": [count - 1] * (count - 1), "callee": list(range(count - 1)), "calls": [1] * (count - 1)}
    edges |= {"primitive_calls": [1] * (count - 1), "own_s": [0.1] * (count - 1), "total_s": [0.1] * (count - 1)}
    measurements = Measurements(functions=build(FunctionRow, functions), edges=build(EdgeRow, edges))
    page = snakeviz_page.page(profile_of(measurements, name="b.c.py"))
    assert b"<title>b: 20,000 of 20,050 functions, those with the most total time</title>" in page
    data = data_of(page)
    assert len(data) == snakeviz_page.MOST_FUNCTIONS and "/a/b.c.py:51(f50)" in data
    assert "/a/b.c.py:50(f49)" not in data


@pytest.mark.parametrize(
    "measurements",
    [
        Measurements(),
        Measurements(lines=build(LineRow, {"line": [1], "hits": [3]})),
        Measurements(functions=build(FunctionRow, {"function": ["f"], "samples": [3]})),
        Measurements(functions=build(FunctionRow, {"function": ["f"], "own_s": [3.0], "total_s": [3.0]})),
    ],
)
def test_a_run_without_times_of_calls_is_refused_with_what_to_do(measurements: Measurements) -> None:
    with pytest.raises(BadRequest) as refused:
        snakeviz_page.page(profile_of(measurements))
    assert refused.value.hint


def test_total_time_alone_is_not_enough_and_the_refusal_says_so() -> None:
    functions = build(FunctionRow, {"function": ["work"], "file": ["/a/fit.py"], "line": [1], "total_s": [1.5]})
    with pytest.raises(BadRequest, match="total time of functions, but not their own time, which pstats and SnakeViz"):
        snakeviz_page.checked(profile_of(Measurements(functions=functions)))
