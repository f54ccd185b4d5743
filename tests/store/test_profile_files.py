from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, NodeRow, ProfileWarning, TelemetryRow
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.profiles.tables import build, empty
from jupyterlab_hotspots.store import profile_files
from jupyterlab_hotspots.store.profile_files import load, save


@pytest.fixture
def profile() -> Profile:
    functions = build(
        FunctionRow,
        {
            "function": ["größe", "<listcomp>", "sum"],
            "file": ["/home/me/fit.py", "/home/me/fit.py", None],
            "line": [3, 9, None],
            "origin": ["own", "own", "builtin"],
            "calls": [1, 1000, 5],
            "own_s": [0.5, 0.25, None],
        },
    )
    edges = build(EdgeRow, {"caller": [0, 0], "callee": [1, 2], "calls": [1000, 5]})
    telemetry = build(TelemetryRow, {"t_s": [0.1, 0.2], "rss_bytes": [1000, None]})
    info = RunInfo(
        id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        status="succeeded",
        target=TargetInfo(kind="script", name="fit.py", args=("ü",)),
        profiler="cprofile",
        created="2026-11-21T09:00:00.000Z",
        options={"builtins": True},
    )
    warnings = (ProfileWarning(code="clash", message="Something else set a profiler.", hint="Do not."),)
    return Profile(info, Measurements(functions, edges, tree=empty(NodeRow), warnings=warnings), telemetry)


def test_a_profile_comes_back_as_it_was_saved(profile: Profile, tmp_path: Path) -> None:
    save(profile, tmp_path / "profile")
    again = load(tmp_path / "profile")
    assert again is not None
    assert again.run == profile.run
    assert again.measurements.warnings == profile.measurements.warnings
    for name in ("functions", "edges", "telemetry", "tree"):
        table: Any = again.table(name)
        assert table.equals(profile.table(name), check_metadata=True)
    assert again.table("lines") is None
    assert [path.name for path in tmp_path.iterdir()] == ["profile"]


def test_the_first_one_saved_stays(profile: Profile, tmp_path: Path) -> None:
    save(profile, tmp_path / "profile")
    inode = (tmp_path / "profile").stat().st_ino
    save(profile, tmp_path / "profile")
    assert (tmp_path / "profile").stat().st_ino == inode
    assert [path.name for path in tmp_path.iterdir()] == ["profile"]


def test_there_is_none_where_there_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "profile") is None


@pytest.mark.parametrize("name", ["profile.json", "functions.arrow", "telemetry.arrow"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "garbage"])
def test_a_damaged_one_counts_as_none(profile: Profile, tmp_path: Path, name: str, damage: str) -> None:
    save(profile, tmp_path / "profile")
    file = tmp_path / "profile" / name
    data = file.read_bytes()
    file.write_bytes({"missing": b"", "empty": b"", "cut": data[: len(data) // 2], "garbage": b"\xff" * 500}[damage])
    if damage == "missing":
        file.unlink()
    assert load(tmp_path / "profile") is None


def test_one_of_another_version_counts_as_none(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(profile, tmp_path / "profile")
    monkeypatch.setattr(profile_files, "_VERSION", 2)
    assert load(tmp_path / "profile") is None
