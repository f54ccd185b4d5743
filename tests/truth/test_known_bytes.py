"""A program that allocates known bytes on known lines, kept and freed: what each profiler of memory says of it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from known_bytes import AT_END, AT_PEAK, COPIED, FREED, KEPT_AND_FREED, LINES, MB, known


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "known_bytes.py"
    path.write_text(KEPT_AND_FREED)
    return path


def measured(program: Path, profiler: str, *options: str) -> dict[str, Any]:
    """The profile document of a run on the command line."""
    output = program.parent / f"{profiler}.json"
    words = ["run", "--profiler", profiler, *options, "--json", str(output), str(program)]
    subprocess.run(
        [sys.executable, "-m", "jupyterlab_hotspots", *words],
        env={**os.environ, "HOTSPOTS_STORE": str(program.parent / "store")},
        capture_output=True,
        timeout=120,
        check=True,
    )
    return json.loads(output.read_text())


def by_line(rows: list[dict[str, Any]], program: Path, column: str) -> dict[int, int]:
    """Line of the program → the values of its rows."""
    sums: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.get("file") == str(program):
            sums[row["line"]] += row.get(column, 0)
    return sums


@pytest.fixture(scope="module")
def allocations(program: Path) -> dict[str, Any]:
    pytest.importorskip("memray")
    return measured(program, "allocations")


def test_allocations_bytes_at_the_high_water_mark(allocations: dict[str, Any], program: Path) -> None:
    own = by_line(allocations["lines"], program, "peak_bytes")
    with_called = by_line(allocations["lines"], program, "total_peak_bytes")
    for mark, size in AT_PEAK.items():
        found = with_called if mark == "ones" else own
        assert found[LINES[mark]] == pytest.approx(size, rel=0.01), mark
    elsewhere = sum(size for line, size in own.items() if line not in {LINES[mark] for mark in AT_PEAK})
    assert elsewhere < 0.01 * sum(AT_PEAK.values())
    everywhere = sum(row["peak_bytes"] for row in allocations["lines"])
    # What importing NumPy takes is there too.
    assert everywhere == pytest.approx(sum(AT_PEAK.values()), rel=0.05)


def test_allocations_bytes_that_are_left_at_the_end(allocations: dict[str, Any], program: Path) -> None:
    own = by_line(allocations["lines"], program, "leaked_bytes")
    for mark, size in AT_END.items():
        assert own[LINES[mark]] == pytest.approx(size, rel=0.01), mark
    for mark in FREED:
        assert own[LINES[mark]] < 0.01 * MB, mark


def test_allocations_bytes_that_were_freed_at_once_and_in_all(allocations: dict[str, Any], program: Path) -> None:
    assert by_line(allocations["lines"], program, "temporary_bytes")[LINES["freed"]] == pytest.approx(30 * MB, rel=0.01)
    in_all = by_line(allocations["lines"], program, "allocated_bytes")
    for mark, size in {**AT_PEAK, **AT_END, **FREED}.items():
        if mark != "ones":
            # A list that grows is allocated again and again: it counts each time.
            assert in_all[LINES[mark]] == pytest.approx(size, rel=0.02), mark


def test_allocations_the_same_lines_as_memrays_own_reports(allocations: dict[str, Any], program: Path) -> None:
    capture, table, statistics = (program.parent / f"raw.{kind}" for kind in ("bin", "csv", "json"))
    for words in (
        ["run", "-q", "-o", capture, program],
        ["transform", "csv", "-o", table, capture],
        ["stats", "--json", "-n", "8", "-o", statistics, capture],
    ):
        subprocess.run([sys.executable, "-m", "memray", *map(str, words)], check=True, capture_output=True)
    raw: dict[tuple[str, int], int] = defaultdict(int)
    with table.open(newline="") as file:
        for row in csv.DictReader(file):
            _, where, line = row["stack_trace"].partition("|")[0].split(";")
            raw[where, int(line)] += int(row["size"])
    ours = {(row["file"], row["line"]): row["peak_bytes"] for row in allocations["lines"]}
    largest = sorted(raw, key=raw.__getitem__, reverse=True)[:6]
    assert sorted(ours, key=ours.__getitem__, reverse=True)[:6] == largest
    assert [ours[place] for place in largest] == pytest.approx([raw[place] for place in largest], rel=0.001)
    in_all = {(row["file"], row["line"]): row["allocated_bytes"] for row in allocations["lines"]}
    for place in json.loads(statistics.read_text())["top_allocations_by_size"]:
        _, where, line = place["location"].rsplit(":", 2)
        if where != str(program):
            continue  # How much is imported depends on who has imported before.
        assert in_all[where, int(line)] == pytest.approx(place["size"], rel=0.02)


@pytest.fixture(scope="module")
def tracemalloc(program: Path) -> dict[str, Any]:
    return measured(program, "tracemalloc")


def test_tracemalloc_bytes_that_are_held_at_the_end(tracemalloc: dict[str, Any], program: Path) -> None:
    """Within a per cent: the header of an object (about 50 bytes) is all that comes on top."""
    for table, column in (("sites", "size_bytes"), ("sites", "growth_bytes"), ("lines", "leaked_bytes")):
        held = by_line(tracemalloc[table], program, column)
        for mark, size in AT_END.items():
            # A bytearray of 4000 bytes has a header of 56, and a place in its list.
            assert held[LINES[mark]] == pytest.approx(size, rel=0.02 if mark == "pages" else 0.01), (table, mark)
        for mark in FREED:
            assert held[LINES[mark]] < 0.01 * MB, (table, mark)
        others = sum(size for line, size in held.items() if line not in {LINES[mark] for mark in AT_END})
        assert others < 0.01 * sum(AT_END.values())


def test_tracemalloc_the_same_sites_as_its_own_snapshot(tracemalloc: dict[str, Any], program: Path) -> None:
    raw = """
import json, runpy, sys, tracemalloc
tracemalloc.start()
names = runpy.run_path(sys.argv[1], run_name="__main__")
found = tracemalloc.take_snapshot().statistics("lineno")[:4]
print(json.dumps([[one.traceback[0].filename, one.traceback[0].lineno, one.size, one.count] for one in found]))
"""
    said = subprocess.run([sys.executable, "-c", raw, str(program)], check=True, capture_output=True).stdout
    theirs = {(file, line): (size, count) for file, line, size, count in json.loads(said)}
    ours = {(row["file"], row["line"]): (row["size_bytes"], row["count"]) for row in tracemalloc["sites"]}
    assert set(sorted(ours, key=lambda place: ours[place][0], reverse=True)[:4]) == set(theirs)
    for place, (size, count) in theirs.items():
        assert ours[place] == pytest.approx((size, count), rel=0.01, abs=20), place


def test_memory_change_over_a_line(tmp_path: Path) -> None:
    program = tmp_path / "copied.py"
    program.write_text(COPIED)
    lines = by_line(measured(program, "memory")["lines"], program, "increment_bytes")
    truths = [one for one in known() if one.profiler == "memory"]
    assert truths
    wrong = {one.line: (lines[one.line], one.size) for one in truths if abs(lines[one.line] - one.size) > one.tolerance}
    assert not wrong
