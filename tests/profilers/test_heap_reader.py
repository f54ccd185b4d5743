"""The heap's raw table comes from the profiled process: whatever is in it is a table or a clear error."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.agent.columns import write_columns
from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profilers.heap import reader
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

INFO = RunInfo(
    id="01M7Z2NWWNBT0YPQJ2JNAGC4ZK",
    status="succeeded",
    target=TargetInfo(kind="script", name="a.py"),
    profiler="heap",
    created="2026-11-21T12:00:00Z",
)
WHOLE: dict[str, tuple[str, list[Any]]] = {
    "types.type": ("text", ["a.A", "dict", "gone.B", "never.C"]),
    "types.origin": ("text", ["own", "builtin", "library", "library"]),
    "types.count": ("int64", [5, 2, 0, 0]),
    "types.size_bytes": ("int64", [240, 464, 0, 0]),
    "types.growth_count": ("int64", [5, 1, -3, 0]),
    "types.growth_bytes": ("int64", [240, 232, -144, 0]),
    "types.node": ("int64", [0, 3, -1, -1]),
    "tree.parent": ("int64", [-1, 0, 0, -1]),
    "tree.name": ("text", ["a.A", "a.kept", "a.also", "dict"]),
    "tree.file": ("text", [None, "/a.py", "/a.py", None]),
    "tree.line": ("int64", [0, 0, 7, 0]),
    "tree.size_bytes": ("int64", [240, -1, 48, 464]),
}
ABOUT = {"final": True, "t": 2.0, "marked_at": 1.0, "python": "3.11.7"}


def write(folder: Path, about: dict[str, Any] | None = None, **changed: list[Any]) -> None:
    columns = [(name, kind, changed.get(name.replace(".", "_"), values)) for name, (kind, values) in WHOLE.items()]
    write_columns(str(folder / "heap.columns"), about or ABOUT, columns)
    if not (folder / "live.jsonl").exists():
        (folder / "live.jsonl").write_text('{"type":"started","t":1.0}\n{"type":"stopped","t":2.0}\n')


def read(folder: Path) -> Measurements:
    return reader.read(folder, ReadContext(info=INFO))


def rows(measured: Measurements, name: str) -> list[dict[str, Any]]:
    table = measured.table(name)
    assert table is not None
    return [{key: value for key, value in row.items() if value is not None} for row in table.to_pylist()]


def test_types_and_what_keeps_them(tmp_path: Path) -> None:
    write(tmp_path)
    measured = read(tmp_path)
    assert measured.warnings == ()
    assert rows(measured, "sites") == [
        {
            "type": "a.A",
            "node": 0,
            "origin": "own",
            "size_bytes": 240,
            "count": 5,
            "growth_bytes": 240,
            "growth_count": 5,
        },
        {
            "type": "dict",
            "node": 3,
            "origin": "builtin",
            "size_bytes": 464,
            "count": 2,
            "growth_bytes": 232,
            "growth_count": 1,
        },
        {
            "type": "gone.B",
            "origin": "library",
            "size_bytes": 0,
            "count": 0,
            "growth_bytes": -144,
            "growth_count": -3,
        },
    ]
    assert rows(measured, "tree") == [
        {"name": "a.A", "kind": "object", "size_bytes": 240},
        {"parent": 0, "name": "a.kept", "kind": "object", "file": "/a.py"},
        {"parent": 0, "name": "a.also", "kind": "object", "file": "/a.py", "line": 7, "size_bytes": 48},
        {"name": "dict", "kind": "object", "size_bytes": 464},
    ]


def test_without_a_mark_there_is_no_growth(tmp_path: Path) -> None:
    write(tmp_path, {**ABOUT, "marked_at": None})
    measured = read(tmp_path)
    assert [warning.code for warning in measured.warnings] == ["no_mark"]
    assert "growth_count" not in rows(measured, "sites")[0]


def test_newer_live_rows_stand_for_a_table_that_was_not_the_last(tmp_path: Path) -> None:
    live = (
        '{"type":"started","t":1.0}\n'
        '{"type":"hotspots","t":3.0,"table":"sites","define":{"id":[0,1,2],"type":["a.A","a.A","b.B"],'
        '"origin":["own","own","x"]},"update":{"id":[0,1,2],"count":[9,8,7],"size_bytes":[1,1,1],'
        '"growth_count":[9,8,7],"growth_bytes":[1,1,1]},"complete":true}\n'
    )
    (tmp_path / "live.jsonl").write_text(live)
    write(tmp_path, {**ABOUT, "final": False})
    measured = read(tmp_path)
    assert [warning.code for warning in measured.warnings] == ["cut_short"]
    assert [(row["type"], row["count"]) for row in rows(measured, "sites")] == [("a.A", 9)]
    write(tmp_path, {**ABOUT, "final": False, "t": 4.0})
    assert rows(read(tmp_path), "sites")[0]["count"] == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"types_node": [0, 4, -1, -1]},
        {"types_node": [0, -2, -1, -1]},
        {"types_count": [-1, 2, 0, 0]},
        {"types_size_bytes": [240, 464, 0]},
        {"types_origin": ["own", "mine", "own", "own"]},
        {"types_type": ["a.A", "a.A", "b", "c"]},
        {"types_type": ["a.A", None, "b", "c"]},
        {"tree_parent": [-1, 0, 3, -1]},
        {"tree_parent": [0, 0, 0, -1]},
        {"tree_parent": [-1, 0, 0, 9]},
        {"tree_parent": [-1, -1, 0, -1]},
        {"tree_name": ["a.A", None, "a", "b"]},
        {"tree_line": [0, 0, -7, 0]},
        {"tree_size_bytes": [240, -2, 48, 464]},
    ],
)
def test_damage_is_a_clear_error(tmp_path: Path, changed: dict[str, list[Any]]) -> None:
    write(tmp_path, **changed)
    with pytest.raises(HotspotsError) as refused:
        read(tmp_path)
    assert refused.value.reason == "bad_raw"


def test_a_changed_byte_harms_nobody(tmp_path: Path) -> None:
    write(tmp_path)
    file = tmp_path / "heap.columns"
    whole = file.read_bytes()
    chance = random.Random(1)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        file.write_bytes(data)
        try:
            read(tmp_path)
        except HotspotsError as error:
            assert error.reason in ("bad_raw", "bad_table")


def test_nothing_at_all_is_an_empty_table(tmp_path: Path) -> None:
    measured = read(tmp_path)
    assert rows(measured, "sites") == [] and measured.warnings == ()
