from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.errors import Conflict, NotFound, Unavailable
from jupyterlab_hotspots.runs import lock
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.runs.ulid import new_id
from jupyterlab_hotspots.store.history import Store

WRITER = """
import sys
from pathlib import Path
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.targets.target import Target

store = Store(sys.argv[1])
kept = []
for number in range(int(sys.argv[3])):
    target = Target(kind="script", name=f"{sys.argv[2]}.py", path=f"/survey/{sys.argv[2]}.py")
    request = RunRequest(target=target, profiler="cprofile", cwd="/", python=sys.executable, queued=True)
    directory = store.create(request)
    info = {"id": request.id, "status": "failed", "target": {"kind": "script", "name": target.name},
            "profiler": "cprofile", "created": request.created}
    write_json(directory.result_file, info)
    store.refresh(request.id)
    if number % 5 == 4:
        store.delete(request.id)
    else:
        kept.append(request.id)
    if number % 10 == 9:
        store.sync()
    print(request.id, flush=True)
"""


def test_a_new_run_is_in_the_list_at_once(store: Store, request_of: Callable[..., RunRequest]) -> None:
    directory = store.create(request_of("fit.py", "--n", "3"))
    (row,) = store.list().runs
    assert (row.id, row.status, row.target.name, row.target.args) == (directory.id, "queued", "fit.py", ["--n", "3"])
    assert store.get(directory.id) == row


def test_its_end_is_in_the_list_after_a_refresh(finished: Callable[..., RunDirectory], store: Store) -> None:
    directory = finished(status="failed")
    row = store.get(directory.id)
    assert (row.status, row.exit_code) == ("failed", 1)
    assert row.wall_s is not None


def test_sync_sees_the_end_of_a_run_nobody_refreshed(
    store: Store, request_of: Callable[..., RunRequest], finish: Callable[..., None]
) -> None:
    directory = store.create(request_of())
    finish(directory)
    assert store.sync().changed == 1
    assert store.get(directory.id).status == "succeeded"
    assert store.sync().changed == 0


def test_sync_sees_directories_that_came_and_went_behind_the_index(
    store: Store, finished: Callable[..., RunDirectory], request_of: Callable[..., RunRequest]
) -> None:
    gone = finished("gone.py")
    shutil.rmtree(gone.path)
    came = RunDirectory.in_store(store.folder, new_id())
    came.make(request_of("came.py", id=came.id))
    report = store.sync()
    assert (report.changed, report.removed) == (1, 1)
    assert [row.target.name for row in store.list().runs] == ["came.py"]


def test_a_quiet_store_is_not_scanned_again_and_a_busy_one_is(
    store: Store, finished: Callable[..., RunDirectory], request_of: Callable[..., RunRequest]
) -> None:
    finished()
    long_ago = time.time() - 3600
    (store.folder / "runs" / ".DS_Store").write_text("")
    os.utime(store.folder / "runs", (long_ago, long_ago))
    assert [skipped.name for skipped in store.sync().skipped] == [".DS_Store"]
    assert store.sync().skipped == []
    assert store.index.mark("runs folder") == (store.folder / "runs").stat().st_mtime_ns
    came = RunDirectory.in_store(store.folder, new_id())
    came.make(request_of("came.py", id=came.id))
    assert store.sync().changed == 1


def test_rebuilding_loses_nothing(store: Store, finished: Callable[..., RunDirectory]) -> None:
    for number in range(12):
        finished(f"{number}.py", "ü", status=("succeeded", "failed", "cancelled", "lost")[number % 4])
    before = store.list()
    store.close()
    for file in store.folder.glob("index*"):
        file.unlink()
    again = Store(store.folder)
    assert again.list() == before
    assert again.rebuild().changed == 0
    again.close()


def test_progress_of_rebuilding_is_told(store: Store, finished: Callable[..., RunDirectory]) -> None:
    for _ in range(3):
        finished()
    told: list[tuple[int, int]] = []
    store.rebuild(lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)


def test_what_is_no_run_is_passed_over_and_reported(store: Store, finished: Callable[..., RunDirectory]) -> None:
    good = finished()
    runs = store.folder / "runs"
    (runs / ".DS_Store").write_text("")
    (runs / "notes").mkdir()
    for broken, text in ((new_id(), "{"), (new_id(), '{"target": 5}'), (new_id(), '{"schema": 99}')):
        (runs / broken).mkdir()
        (runs / broken / "run.json").write_text(text)
    ended_badly = finished()
    ended_badly.result_file.write_text('{"status": "dancing"}')
    report = store.rebuild()
    assert len(report.skipped) == 6
    assert all(skipped.why for skipped in report.skipped)
    assert good.id in [row.id for row in store.list().runs]


def test_a_run_being_made_is_found_once_it_is_whole(store: Store, request_of: Callable[..., RunRequest]) -> None:
    request = request_of()
    directory = RunDirectory.in_store(store.folder, request.id)
    directory.path.mkdir()
    assert [skipped.why for skipped in store.sync().skipped] == ["it is being made"]
    directory.path.rmdir()
    directory.make(request)
    assert store.sync().changed == 1


@pytest.mark.parametrize("run", ["", "..", "../../etc", "01arz3ndektsv4rrffq69g5fav", "9" * 26, "x" * 5000])
def test_what_is_not_an_id_is_not_found_and_never_a_path(store: Store, run: str) -> None:
    with pytest.raises(NotFound):
        store.directory(run)
    with pytest.raises(NotFound):
        store.delete(run)


def test_deleting_takes_directory_and_row(store: Store, finished: Callable[..., RunDirectory]) -> None:
    directory, other = finished(), finished()
    store.delete(directory.id)
    assert not directory.path.exists()
    assert [row.id for row in store.list().runs] == [other.id]
    assert list((store.folder / "trash").iterdir()) == []
    with pytest.raises(NotFound):
        store.delete(directory.id)


def test_a_run_that_is_watched_cannot_be_deleted(store: Store, request_of: Callable[..., RunRequest]) -> None:
    directory = store.create(request_of())
    held = lock.acquire(directory.lock_file)
    assert held is not None
    with pytest.raises(Conflict):
        store.delete(directory.id)
    os.close(held)
    store.delete(directory.id)
    assert not directory.path.exists()


def test_a_crash_while_deleting_leaves_no_half_of_a_run(
    store: Store, finished: Callable[..., RunDirectory], python: Callable[[str], Any]
) -> None:
    directory = finished()
    code = (
        "import os, sys, shutil\n"
        "shutil.rmtree = lambda *a, **k: os.kill(os.getpid(), 9)\n"
        "from jupyterlab_hotspots.store.history import Store\n"
        "Store(sys.argv[1]).delete(sys.argv[2])\n"
    )
    process = python(code, str(store.folder), directory.id)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert list((store.folder / "trash").iterdir()) != []
    assert not directory.path.exists()
    assert store.list().total == 0
    store.sync()
    assert list((store.folder / "trash").iterdir()) == []


def test_several_processes_write_to_one_store_at_the_same_time(store: Store, python: Callable[[str], Any]) -> None:
    before = store.index.revision()
    writers = [python(WRITER, str(store.folder), f"writer{number}", "40") for number in range(3)]
    seen: set[str] = set()
    while any(writer.poll() is None for writer in writers):
        changes = store.changes(before)
        before = changes.revision
        seen.update(row.id for row in changes.changed)
        seen.difference_update(changes.deleted)
        time.sleep(0.02)
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    changes = store.changes(before)
    seen.update(row.id for row in changes.changed)
    seen.difference_update(changes.deleted)
    on_disk = {path.name for path in (store.folder / "runs").iterdir()}
    assert len(on_disk) == 3 * 32
    assert store.index.ids() == on_disk == seen
    assert store.list(statuses=["failed"], text="writer1").total == 32
    assert store.rebuild().changed == 0


def test_a_writer_that_is_killed_harms_nobody(store: Store, python: Callable[[str], Any]) -> None:
    writer = python(WRITER, str(store.folder), "killed", "100000")
    for _ in range(15):
        writer.stdout.readline()
    writer.kill()
    writer.communicate()
    store.sync()
    whole = {path.name for path in (store.folder / "runs").iterdir() if (path / "run.json").exists()}
    assert len(whole) >= 12
    assert store.index.ids() == whole


def test_two_processes_fill_a_new_index_only_once_and_both_see_all(
    store: Store, finished: Callable[..., RunDirectory], python: Callable[[str], Any]
) -> None:
    for _ in range(30):
        finished()
    store.close()
    for file in store.folder.glob("index*"):
        file.unlink()
    code = "import sys; from jupyterlab_hotspots.store.history import Store; print(Store(sys.argv[1]).list().total)"
    readers = [python(code, str(store.folder)) for _ in range(3)]
    assert [reader.communicate()[0].strip() for reader in readers] == ["30"] * 3


def test_a_store_that_was_emptied_under_a_server_is_an_empty_store(
    store: Store, finished: Callable[..., RunDirectory], request_of: Callable[..., RunRequest]
) -> None:
    finished()
    shutil.rmtree(store.folder)
    store.folder.mkdir()
    store.sync()
    assert store.list().total == 0
    store.create(request_of())
    assert store.list().total == 1


def test_a_full_disk_is_said(tmp_path: Path, request_of: Callable[..., RunRequest]) -> None:
    store = Store(tmp_path / "store")
    store.index.revision()
    shutil.rmtree(tmp_path / "store" / "runs")
    (tmp_path / "store" / "runs").write_text("no folder")
    with pytest.raises(Unavailable) as error:
        store.create(request_of())
    assert "HOTSPOTS_STORE" in error.value.hint
    store.close()
