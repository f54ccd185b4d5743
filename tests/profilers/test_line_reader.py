"""From the raw files of `line` and `memory` to tables, whatever is in them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.agent.columns import write_columns
from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

MEASURES: dict[str, dict[str, list[Any]]] = {
    "line": {"hits": [3, 2], "time_s": [0.5, 0.25]},
    "memory": {"increment_bytes": [-4096, 8192], "rss_bytes": [9000, 17000], "occurrences": [3, 2]},
}


def written(raw: Path, profiler: str, *, final: bool = True, **changed: list[Any]) -> Path:
    """A small table as the collector writes it: two lines of one function; columns may be changed."""
    columns: dict[str, list[Any]] = {
        "functions.function": ["f", "unused"],
        "functions.qualname": ["f", "unused"],
        "functions.file": ["/home/a.py", "/home/a.py"],
        "functions.origin": ["own", "own"],
        "functions.line": [1, 9],
        "lines.function": [0, 0],
        "lines.line": [2, 3],
        "lines.source": ["    x = 1", None],
        **{f"lines.{name}": values for name, values in MEASURES[profiler].items()},
        **changed,
    }
    texts = ("function", "qualname", "file", "origin", "source")
    kinds = {
        name: "text"
        if name.split(".")[1] in texts and name != "lines.function"
        else "float64"
        if name.endswith("_s")
        else "int64"
        for name in columns
    }
    raw.mkdir(exist_ok=True)
    path = raw / f"{profiler}.columns"
    write_columns(str(path), {"final": final, "t": 10.0}, [(name, kinds[name], columns[name]) for name in columns])
    return path


def say(raw: Path, *lines: dict[str, Any]) -> None:
    (raw / "live.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def read(raw: Path, profiler: str, **known: Any) -> Measurements:
    target = TargetInfo(kind="script", name="a.py")
    info = RunInfo(id="0", status="failed", target=target, profiler=profiler, created="", **known)
    return registry.reader(profiler).read(raw, ReadContext(info=info))


def lines(found: Measurements) -> list[dict[str, Any]]:
    assert found.lines is not None
    return found.lines.to_pylist()


@pytest.mark.parametrize("profiler", MEASURES)
def test_a_table_is_read(tmp_path: Path, profiler: str) -> None:
    written(tmp_path, profiler)
    found = read(tmp_path, profiler)
    first, second = lines(found)
    assert {name: first[name] for name in MEASURES[profiler]} == {
        name: values[0] for name, values in MEASURES[profiler].items()
    }
    assert (first["file"], first["function"], first["function_line"], first["line"]) == ("/home/a.py", "f", 1, 2)
    assert (first["source"], second["source"], first["origin"]) == ("    x = 1", None, "own")
    assert found.warnings == ()
    if profiler == "line":
        assert found.functions is not None
        assert [(row["function"], row["total_s"]) for row in found.functions.to_pylist()] == [("f", 0.75)]


def test_newer_live_rows_are_put_over_a_table_that_was_cut_short(tmp_path: Path) -> None:
    written(tmp_path, "line", final=False)
    new = {"id": [2, 3], "file": ["/home/b.py", "/home/a.py"], "line": [7, 3], "function": ["g", "f"]}
    define = {**new, "function_line": [5, 1], "origin": ["own", "own"], "source": ["y = 2", "again"]}
    update = {"id": [0, 1, 2, 3], "hits": [30, "no", 4, 9], "time_s": [1.5, -2.0, 0.5, 9.0]}
    said = {"type": "hotspots", "t": 12.0, "table": "lines", "define": define, "update": update}
    say(tmp_path, {"type": "started", "t": 5.0}, said)
    found = read(tmp_path, "line", wall_s=9.0, startup_s=1.0)
    assert [(row["file"], row["line"], row["hits"], row["time_s"]) for row in lines(found)] == [
        ("/home/a.py", 2, 30, 1.5),
        ("/home/a.py", 3, 2, 0.25),
        ("/home/b.py", 7, 4, 0.5),
    ]
    (warning,) = found.warnings
    assert warning.code == "cut_short" and "1.0 s" in warning.message


@pytest.mark.parametrize("profiler", MEASURES)
def test_a_run_that_wrote_nothing_has_empty_tables(tmp_path: Path, profiler: str) -> None:
    say(tmp_path, {"type": "started", "t": 5.0})
    found = read(tmp_path, profiler)
    assert lines(found) == []
    assert [warning.code for warning in found.warnings] == ["cut_short"]


@pytest.mark.parametrize(
    "changed",
    [
        {"lines.function": [0, 2]},
        {"lines.function": [0, -1]},
        {"lines.line": [2, 2]},
        {"lines.line": [2]},
        {"lines.hits": [3, -1]},
        {"functions.origin": ["own", "mine"]},
        {"functions.file": ["/home/a.py", None]},
        {"functions.line": [1]},
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, changed: dict[str, list[Any]]) -> None:
    written(tmp_path, "line", **changed)
    with pytest.raises(HotspotsError) as refused:
        read(tmp_path, "line")
    assert refused.value.reason == "bad_raw"


@pytest.mark.parametrize("profiler", MEASURES)
def test_damaged_files_are_errors_of_the_house(tmp_path: Path, profiler: str) -> None:
    path = written(tmp_path, profiler)
    whole, chance = path.read_bytes(), random.Random(1)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data[: chance.randint(len(data) // 2, len(data))] if chance.random() < 0.3 else data))
        try:
            read(tmp_path, profiler)
        except HotspotsError:
            refused += 1
    assert refused > 100
