"""Scalene's JSON comes from the profiled process: whatever is in it is a table or a clear error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.scalene import reader
from jupyterlab_hotspots.profilers.scalene.command import scalene_flags
from jupyterlab_hotspots.profilers.scalene.description import SCALENE
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo


def context(**options: Any) -> ReadContext:
    target = TargetInfo(kind="script", name="a.py", path="/home/me/a.py")
    info = RunInfo(
        id="01M7Z2NWWNBT0YPQJ2JNAGC4ZK",
        status="succeeded",
        target=target,
        profiler="scalene",
        created="2026-11-21T12:00:00Z",
        exit_code=0,
    )
    return ReadContext(info=info, options=options)


def line(number: int, **figures: Any) -> dict[str, Any]:
    return {"lineno": number, "line": f"line {number}\n", "start_function_line": 0, **figures}


def document(**fields: Any) -> dict[str, Any]:
    return {"elapsed_time_sec": 10.0, "gpu": False, "memory": True, "files": {}, "samples": [], "stacks": [], **fields}


def read(folder: Path, written: dict[str, Any] | bytes, **options: Any) -> Measurements:
    data = written if isinstance(written, bytes) else json.dumps(written).encode()
    (folder / "scalene.json").write_bytes(data)
    (folder / "live.jsonl").write_text('{"type":"started","t":1.0}\n{"type":"stopped","t":11.0,"how":"returned"}\n')
    return reader.read(folder, context(**options))


def rows(measured: Measurements, name: str) -> list[dict[str, Any]]:
    table = measured.table(name)
    assert table is not None
    return [{key: value for key, value in row.items() if value is not None} for row in table.to_pylist()]


def test_units_are_seconds_and_bytes(tmp_path: Path) -> None:
    figures = {
        "n_cpu_percent_python": 30.0,
        "n_cpu_percent_c": 20.0,
        "n_sys_percent": 10.0,
        "n_gpu_percent": 50.0,
        "n_gpu_peak_memory_mb": 3.0,
        "n_peak_mb": 2.0,
        "n_avg_mb": 1.0,
        "n_malloc_mb": 4.0,
        "n_python_fraction": 0.25,
        "n_copy_mb_s": 0.5,
    }
    file = {"lines": [line(1, **figures), line(2)], "leaks": {"1": {"likelihood": 0.97, "velocity_mb_s": 2.0}}}
    measured = read(tmp_path, document(gpu=True, files={"/home/me/a.py": file}, samples=[[2e9, 3.0], [1e9, 0.5]]))
    (row,) = rows(measured, "lines")
    assert {name: row[name] for name in ("python_s", "native_s", "system_s")} == pytest.approx(
        {"python_s": 3.0, "native_s": 2.0, "system_s": 1.0}
    )
    assert row["own_s"] == pytest.approx(6.0)
    assert row["cpu_s"] == pytest.approx(5.0)
    assert row["gpu_s"] == pytest.approx(3.0)
    sizes = {name: value for name, value in row.items() if name.endswith("bytes")}
    assert sizes == {
        "gpu_peak_bytes": 3 << 20,
        "peak_bytes": 2 << 20,
        "average_bytes": 1 << 20,
        "allocated_bytes": 4 << 20,
        "copied_bytes": 5 << 20,  # half a megabyte a second for ten seconds
    }
    assert (row["leak_score"], row["leak_bytes_per_s"], row["python_share"]) == (0.97, 2 << 20, 0.25)
    assert rows(measured, "samples") == [
        {"t_s": 1.0, "heap_bytes": 1 << 19},
        {"t_s": 2.0, "heap_bytes": 3 << 20},
    ]


def test_functions_are_what_their_lines_add_up_to(tmp_path: Path) -> None:
    time = {"n_cpu_percent_python": 10.0}
    source = ["class A:", "    @cached", "    @other", "    def f(self):", "        x", "f()"]
    lines = [line(n, start_function_line={1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 0}[n], **time) for n in range(1, 7)]
    for one, text in zip(lines, source, strict=True):
        one["line"] = text
    told = [{"lineno": 2, "line": "A.f", "n_cpu_percent_python": 1.0}]
    measured = read(tmp_path, document(files={"/home/me/a.py": {"lines": lines, "functions": told}}))
    found = {(row["function"], row["line"], row.get("qualname")): row["own_s"] for row in rows(measured, "functions")}
    assert found == pytest.approx({("A", 1, None): 3.0, ("f", 2, "A.f"): 2.0, ("<module>", 1, "<module>"): 1.0})
    assert {row["line"]: row["function_line"] for row in rows(measured, "lines")} == {
        1: 1,
        2: 1,
        3: 1,
        4: 2,
        5: 2,
        6: 1,
    }


def test_stacks_become_a_tree_in_preorder(tmp_path: Path) -> None:
    main, first, second = "/home/me/my project/a.py <module>:9;", "/home/me/a.py f:2;", "/home/me/a.py A.g:3;"
    stacks = [
        [[main, first], {"count": 3, "cpu_samples": 0.3}],
        [[main], {"count": 1, "cpu_samples": 0.1}],
        [[main, first, second], {"count": 6, "cpu_samples": 0.6}],
    ]
    tree = rows(read(tmp_path, document(stacks=stacks)), "tree")
    assert [(row["name"], row.get("parent"), row["samples"], row["total_samples"]) for row in tree] == [
        ("<module>", None, 1, 10),
        ("f", 0, 3, 9),
        ("A.g", 1, 6, 6),
    ]
    assert [row["total_s"] for row in tree] == pytest.approx([10.0, 9.0, 6.0])
    assert tree[0]["file"] == "/home/me/my project/a.py"
    saved = rows(read(tmp_path, document(stacks=stacks), save_every_s=5.0), "tree")
    assert "own_s" not in saved[0]


DAMAGED: list[dict[str, Any] | bytes] = [
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"elapsed_time_sec": NaN}',
    b'{"elapsed_time_sec": -1}',
    b'{"elapsed_time_sec": 1e400}',
    b'{"files": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    document(files={"a": {"lines": [line(1, n_peak_mb=-1)]}}),
    document(files={"a": {"lines": [line(2**40)]}}),
    document(files={"a": {"lines": [{"lineno": "1", "line": ""}]}}),
    document(files=[]),
    document(samples=[[1.0]]),
    document(stacks=[["a", {"count": -1}]]),
]


def test_whose_code_it_is(tmp_path: Path) -> None:
    told = {"folder": "/home/me", "standard": ["/py/lib/"], "own_file": "/home/me/a.py", "own_folder": "/home/me/"}
    names = ["/home/me/a.py", "/py/lib/json.py", "/v/site-packages/x.py", "<exec@a.py:3>", "<exec@_other.py:3>"]
    files = {name: {"lines": [line(1, n_peak_mb=1.0)]} for name in names}
    for written in (json.dumps(told), "[" * 100_000, "[]", '{"standard": 1}'):
        (tmp_path / "origins.json").write_text(written)
        origins = {row["file"]: row["origin"] for row in rows(read(tmp_path, document(files=files)), "lines")}
        standard = "library" if written == json.dumps(told) else "own"
        assert origins == dict(zip(names, ["own", standard, "library", "own", "library"], strict=True))


@pytest.mark.parametrize("written", DAMAGED)
def test_damage_is_a_clear_error(tmp_path: Path, written: dict[str, Any] | bytes) -> None:
    with pytest.raises(HotspotsError) as refused:
        read(tmp_path, written)
    assert refused.value.reason == "bad_raw"


def test_what_is_torn_or_missing_was_cut_short(tmp_path: Path) -> None:
    whole = json.dumps(document(files={"/home/me/a.py": {"lines": [line(1, n_peak_mb=1)]}})).encode()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        measured = read(tmp_path, whole[:length])
        assert [warning.code for warning in measured.warnings] == ["cut_short"]
        assert rows(measured, "lines") == []
    assert rows(read(tmp_path, whole), "lines")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "scalene.json")
    with pytest.raises(HotspotsError, match="regular file"):
        reader.read(tmp_path, context())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_changed_byte_harms_nobody(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    stacks = [[["/a.py f:2;"], {"count": 3, "cpu_samples": 0.3}]]
    written = bytearray(
        json.dumps(
            document(
                files={
                    "/a.py": {
                        "lines": [line(1, n_peak_mb=1.5, n_cpu_percent_c=99.0), line(2, start_function_line=1)],
                        "functions": [{"lineno": 1, "line": "f"}],
                        "leaks": {"1": {"likelihood": 0.97, "velocity_mb_s": 2.0}},
                    }
                },
                samples=[[1e9, 2.0]],
                stacks=stacks,
            )
        ).encode()
    )
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(tmp_path_factory.mktemp("raw"), bytes(written))
    except HotspotsError as error:
        assert error.reason == "bad_raw"


def test_every_option_has_its_flag() -> None:
    assert scalene_flags({}) == ["--no-stacks"]
    given: dict[str, Any] = {
        "cpu_only": True,
        "memory": False,
        "gpu": False,
        "profile_all": True,
        "profile_only": ["a", "b"],
        "profile_exclude": ["c"],
        "cpu_time": True,
        "stacks": False,
        "interval_s": 0.005,
        "save_every_s": 10.0,
    }
    assert set(given) == {option.name for option in SCALENE.options}
    assert scalene_flags(given) == [
        "--cpu-only",
        "--profile-all",
        "--profile-only=a,b",
        "--profile-exclude=c",
        "--use-virtual-time",
        "--no-stacks",
        "--cpu-sampling-rate=0.005",
        "--profile-interval=10",
    ]
    assert scalene_flags({"gpu": False, "stacks": True}) == ["--memory"]
    assert scalene_flags({"memory": False, "stacks": True}) == ["--gpu"]
