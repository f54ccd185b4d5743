"""Tables and trees on a terminal and in a pipe: whatever the width, lines, headings and both ends of names stay."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.cli import places

SCRIPT = (
    """
import time
class a_registry_with_a_name_that_is_long:
    def add_one_of_many_things_to_it(self, until):
        while time.perf_counter() < until:
            pass
    def add_one_of_many_things_to_them(self, until):
        while time.perf_counter() < until:
            pass
def down(depth):
    if depth:
        return down(depth - 1)
    registry = a_registry_with_a_name_that_is_long()
    registry.add_one_of_many_things_to_it(time.perf_counter() + 0.5)
    registry.add_one_of_many_things_to_them(time.perf_counter() + 0.3)
down(5)
"""
    + "\n" * 9760
    + """
def far_below():
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end:
        pass
far_below()
import email.mime.text, xml.dom.minidom, http.cookiejar
"""
)
NAME = "a_module_with_quite_a_long_name_of_its_own_stats_py.py"


@pytest.fixture
def shown(hotspots, tmp_path: Path, store: Path):
    """Profile the script under a profiler; then what `show` prints at some width (0 for none: a pipe)."""
    (tmp_path / NAME).write_text(SCRIPT)

    def show(columns: int, *words: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        environment |= {"HOTSPOTS_STORE": str(store), **({"COLUMNS": str(columns)} if columns else {})}
        command = [sys.executable, "-m", "jupyterlab_hotspots", "show", "last", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path
        ).stdout

    def run(profiler: str):
        assert hotspots("run", "--quiet", "--profiler", profiler, NAME).returncode == 0
        return show

    return run


@pytest.mark.parametrize("profiler", ["cprofile", "line"])
def test_lines_headings_and_ends_of_names_stay_at_any_width(shown, profiler: str) -> None:
    show = shown(profiler)
    for columns in (80, 100, 140, 0):
        text = show(columns)
        assert max(map(len, text.splitlines())) <= (columns or 200)
        tables = text.partition("\nwall ")[0]
        assert re.search(r"py\.py:97\d\d(\s|$)", tables), tables
        assert not re.search(r"\.py:?…|:\d*…", tables), tables
        headings = next(line for line in tables.splitlines() if "function" in line)
        assert ("own time" in headings) == (profiler == "cprofile") and "total time" in headings
        assert "…" not in headings and "where" in headings
        # Two names that begin alike are told apart.
        assert "things_to_it" in tables or "to_it " in tables
        assert "to_them" in tables
    whole = show(0, "--table", "functions")
    assert NAME in whole and "a_registry_with_a_name_that_is_long.add_one_of_many_things_to_it " in whole


def test_the_import_system_is_counted_and_not_shown_unless_looked_for(shown) -> None:
    show = shown("cprofile")
    assert "<frozen importlib" not in show(140, "--limit", "2000")
    assert re.search(r"\d+ of the import system hidden \(\d+\.\d %\)", show(140))
    assert "<frozen importlib" in show(140, "--filter", "importlib")


def test_a_heading_is_what_one_sorts_by(shown) -> None:
    show = shown("cprofile")
    assert show(140, "--sort", "own time") == show(140, "--sort", "own_s")
    assert show(140, "--sort", "Total time") == show(140, "--sort", "total")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        show(140, "--sort", "nothing")
    assert "“own time”" in refused.value.stderr


def test_the_call_tree_shows_the_heaviest_path_first(shown) -> None:
    show = shown("sampling")
    text = show(100, "--tree", "--limit", "40")
    assert "down ×5" in text or "down ×6" in text
    assert "add_one_of_many_things" in text
    above: list[tuple[int, float]] = []
    for line in text.splitlines():
        if (node := re.match(r"(.*)── *(\d+\.\d) %  (?!…)", line)) is None:
            continue
        level, share = len(node[1]), float(node[2])
        while above and above[-1][0] > level:
            above.pop()
        if above and above[-1][0] == level:
            assert share <= above.pop()[1], text
        above.append((level, share))
    assert max(map(len, text.splitlines())) <= 100
    few = show(100, "--tree", "--limit", "3")
    assert len(few.splitlines()) < len(text.splitlines()) and re.search(r"… and \d+ more", few)


HELD = """
class Thing:
    pass
class Shelf:
    def __init__(self):
        self.things = [Thing() for _ in range(3000)]
shelf = Shelf()
"""


def test_what_keeps_objects_alive_is_shown_below_the_types(hotspots, script) -> None:
    ended = hotspots("run", "--profiler", "heap", script(HELD)).stderr.decode()
    shown = hotspots("show", "last").stdout.decode()
    for text in (ended, shown, hotspots("show", "last", "--tree").stdout.decode()):
        below = text.partition("what keeps it alive")[2]
        assert re.search(r"__main__\.Thing  \d+ kB\n(.*\n){1,3}.*__main__\.shelf", below), text


def test_what_tracemalloc_finds_at_the_end_is_held_and_not_leaked(hotspots, script) -> None:
    hotspots("run", "--quiet", "--profiler", "tracemalloc", script("cache = [str(n) * 9 for n in range(9000)]"))
    lines, sites = (hotspots("show", "last", "--table", name).stdout.decode() for name in ("lines", "sites"))
    for text in (lines, sites):
        assert "held at the end" in text and "leaked" not in text
    figures = [re.search(r"held at the end.*\n.*?(\d[\d.]* [kM]B)", text) for text in (lines, sites)]
    assert figures[0] and figures[1] and figures[0][1] == figures[1][1]
    assert hotspots("show", "last", "--sort", "held at the end").returncode == 0


def test_a_run_without_a_call_tree_says_which_have_one(hotspots, script) -> None:
    hotspots("run", "--quiet", "--profiler", "cprofile", script("pass"))
    refused = hotspots("show", "last", "--tree")
    assert refused.returncode == 125 and b"sampling" in refused.stderr


def test_a_status_that_no_run_has_does_not_make_the_history_empty(hotspots, script) -> None:
    assert b"No runs yet" in hotspots("list", "--status", "failed").stdout
    hotspots("run", "--quiet", "--profiler", "cprofile", script("pass"))
    for words in (("--status", "failed"), ("--text", "elsewhere")):
        said = hotspots("list", *words).stdout
        assert b"No run matches" in said and b"No runs yet" not in said
    assert json.loads(hotspots("list", "--status", "failed", "--json").stdout) == []


@pytest.mark.parametrize("width", range(10, 40))
def test_a_cut_place_keeps_its_line(width: int) -> None:
    for text in ("/usr/lib/python3/numpy/_stats_py.py:9774", "a" * 60 + ".py:12", "<frozen importlib._bootstrap>:1147"):
        cut = places.cut_place(text, width)
        assert len(cut) <= width and text.endswith(cut.removeprefix("…"))
        assert cut.endswith(text[text.rindex(":") :])
    assert len(places.cut_middle("x" * 30 + "y" * 30, width)) == width
