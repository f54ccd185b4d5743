"""Foreign files become runs of the history, by the command line and over REST."""

from __future__ import annotations

import cProfile
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.errors import BadRequest, NotFound
from jupyterlab_hotspots.formats import importing, json_file
from jupyterlab_hotspots.store.history import Store


def _recurse(depth: int) -> int:
    return depth if depth < 2 else _recurse(depth - 1) + _recurse(depth - 2)


@pytest.fixture
def prof(tmp_path: Path) -> Path:
    """What cProfile itself writes."""
    path = tmp_path / "old fit.prof"
    profile = cProfile.Profile()
    profile.runcall(_recurse, 12)
    profile.runcall(json.dumps, [1, {"a": 2}])
    profile.dump_stats(path)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_an_import_is_a_run_like_any_other(prof: Path, store: Store) -> None:
    summary = importing.import_file(store, prof)
    assert (summary.status, summary.profiler, summary.by) == ("succeeded", "cprofile", "import")
    assert summary.target.name == "old fit.prof" and summary.target.path == str(prof)
    assert [run.id for run in store.list().runs] == [summary.id]
    directory = store.directory(summary.id)
    assert directory.state() == "ended"
    assert [event["type"] for event in directory.events()] == ["status", "finished"]
    profile = store.profile(summary.id)
    assert profile.run.id == summary.id and profile.run.wall_s is None and profile.run.host is None
    functions = profile.table("functions")
    assert functions is not None
    assert "_recurse" in functions.column("function").to_pylist()


def test_it_stays_when_the_index_and_the_derived_files_are_gone_and_goes_when_it_is_deleted(
    prof: Path, store: Store
) -> None:
    run = importing.import_file(store, prof).id
    before = store.profile(run).table("functions")
    store.rebuild()
    assert not store.directory(run).profile_folder.exists()
    after = store.profile(run).table("functions")
    assert before is not None and after is not None and after.equals(before)
    store.delete(run)
    assert store.list().runs == []
    assert prof.exists()


def test_the_same_profile_comes_back_from_our_own_json(prof: Path, store: Store, tmp_path: Path) -> None:
    profile = store.profile(importing.import_file(store, prof).id)
    path = tmp_path / "again.json"
    json_file.write(profile, path)
    again = store.profile(importing.import_file(store, path).id)
    for name in ("functions", "edges"):
        table, copy = profile.table(name), again.table(name)
        assert table is not None and copy is not None and copy.to_pydict() == table.to_pydict()


def test_damaged_tables_are_said_not_raised(prof: Path, store: Store) -> None:
    run = importing.import_file(store, prof).id
    for file in (store.directory(run).raw_folder / "imported").glob("*.arrow"):
        file.write_bytes(b"nothing")
    assert [warning.code for warning in store.profile(run).measurements.warnings] == ["unreadable_measurements"]


def test_what_stands_in_a_file_counts_more_than_its_name(prof: Path, store: Store) -> None:
    named_otherwise = prof.rename(prof.with_suffix(".json"))
    assert importing.import_file(store, named_otherwise).profiler == "cprofile"


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"hello\n", b"PK\3\4", b"[1, 2]", b'{"a": 1}', b"{" * 100_000])
def test_what_is_no_profile_is_refused_in_words(content: bytes, tmp_path: Path, store: Store) -> None:
    path = tmp_path / "what.dat"
    path.write_bytes(content)
    with pytest.raises(BadRequest) as refused:
        importing.import_file(store, path)
    assert refused.value.reason == "bad_file" and refused.value.hint
    assert store.list().runs == []


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, store: Store) -> None:
    os.mkfifo(tmp_path / "pipe.prof")
    for name, error in (("pipe.prof", BadRequest), ("missing.prof", NotFound), (".", BadRequest)):
        with pytest.raises(error):
            importing.import_file(store, tmp_path / name)


def test_a_file_beyond_its_limit_is_not_even_read(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "huge.prof"
    path.write_bytes(b"{)")
    os.truncate(path, 1 << 40)  # takes no room
    with pytest.raises(BadRequest) as refused:
        importing.import_file(store, path)
    assert refused.value.reason == "too_large" and "256 MB" in refused.value.message


def test_the_command_line_imports_what_it_can(prof: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.prof").write_bytes(b"{nothing")
    environment = {**os.environ, "HOTSPOTS_STORE": str(tmp_path / "store")}

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jupyterlab_hotspots", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    done = call("import", str(tmp_path / "bad.prof"), str(prof))
    assert done.returncode == 125
    assert "bad.prof" in done.stderr and "Traceback" not in done.stderr
    shown = call("show", "last", "--json")
    assert shown.returncode == 0
    document: dict[str, Any] = json.loads(shown.stdout)
    assert document["run"]["by"] == "import"
    assert {"_recurse", "dumps"} <= {row["function"] for row in document["functions"]}
