"""The collector's files: what is written is read back, and what somebody else wrote is refused."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_hotspots.agent.columns import write_columns
from jupyterlab_hotspots.errors import HotspotsError, NotFound
from jupyterlab_hotspots.profilers.raw_columns import read_columns


def test_columns_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "x.columns"
    names = ["a", None, "a", "naïve ☃", "\udcff", ""]
    columns: list[tuple[str, str, list[Any]]] = [
        ("t.name", "text", names),
        ("t.n", "int64", [0, -1, 2**63 - 1, -(2**63), 5, 6]),
        ("u.x", "float64", [0.1, -1e300]),
        ("v.none", "text", []),
    ]
    write_columns(str(path), {"final": True, "t": 1.5}, columns)
    found = read_columns(path)
    assert found.about == {"final": True, "t": 1.5}
    text = found.text("t.name")
    assert [text.strings[code] if code >= 0 else None for code in text.codes] == names
    assert sorted(text.strings) == sorted({name for name in names if name is not None})
    assert found.counts("t.n").tolist() == columns[1][2]
    assert found.seconds("u.x").tolist() == columns[2][2]
    assert found.text("v.none").strings == []
    assert found.length("t.name", "t.n") == 6
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.columns"]
    with pytest.raises(HotspotsError, match="differ in length"):
        found.length("t.n", "u.x")
    for wrong in (lambda: found.counts("u.x"), lambda: found.seconds("t.n"), lambda: found.text("t.n")):
        with pytest.raises(HotspotsError, match="damaged"):
            wrong()


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.columns"
    write_columns(str(path), {}, [("a", "int64", [1])])
    before = path.read_bytes()
    (tmp_path / "x.columns.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        write_columns(str(path), {}, [("a", "int64", [1, 2])])
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.columns"]


def test_no_file_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_columns(tmp_path / "x.columns")


def header(*columns: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"format": "columns", "version": 1, "about": {}, "columns": columns, **fields}).encode() + b"\n"


def column(**fields: Any) -> dict[str, Any]:
    return {"name": "a", "type": "int64", "count": 1, **fields}


ONE = struct.pack("<q", 1)
WRONG = {
    "nothing": b"",
    "no header": b"x" * 100,
    "no JSON": b"{]\n",
    "a list": b"[]\n",
    "deep JSON": b"[" * 100_000 + b"\n",
    "no columns": b'{"format": "columns", "version": 1}\n',
    "another format": header(format="rows"),
    "another version": header(version=2),
    "too short": header(column()) + ONE[:-1],
    "too long": header(column()) + ONE + b"x",
    "a negative count": header(column(count=-1), column(name="b", count=2)) + ONE,
    "a huge count": header(column(count=2**62)) + ONE,
    "a count beyond integers": header(column(count=10**30)) + ONE,
    "a count that is none": header(column(count=1.5)) + ONE,
    "an unknown type": header(column(type="object")) + ONE,
    "a name that is none": header(column(name=5)) + ONE,
    "two of one name": header(column(), column()) + ONE + ONE,
    "texts that are not there": header(column(type="text", strings=["x"])) + ONE,
    "texts before the first": header(column(type="text", strings=["x"])) + struct.pack("<q", -2),
    "texts that are none": header(column(type="text", strings=[None])) + struct.pack("<q", 0),
    "not a number": header(column(type="float64")) + struct.pack("<d", float("nan")),
    "infinite": header(column(type="float64")) + struct.pack("<d", float("-inf")),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_file_of_ours_is_refused(tmp_path: Path, case: str) -> None:
    path = tmp_path / "x.columns"
    path.write_bytes(WRONG[case])
    with pytest.raises(HotspotsError) as refused:
        read_columns(path)
    assert refused.value.reason == "bad_raw"
    assert str(path) in refused.value.message
    assert refused.value.hint


@given(st.data())
def test_a_file_with_changed_bytes_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("changed") / "x.columns"
    write_columns(str(path), {"t": 1.0}, [("a", "text", ["x", "y"]), ("b", "float64", [1.0]), ("c", "int64", [3])])
    contents = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        contents[data.draw(st.integers(0, len(contents) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(contents)
    try:
        found = read_columns(path)
        assert np.isfinite(found.seconds("b")).all()
        assert found.text("a").codes.max(initial=-1) < len(found.text("a").strings)
    except HotspotsError:
        pass
