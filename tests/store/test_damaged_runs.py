"""No run hides the others or keeps anybody waiting, whatever lies in its directory."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.runs.cancel import cancel
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.runs.ulid import new_id
from jupyterlab_hotspots.store.history import Store

Damage = Callable[[Path], None]
LOST = '{"run":"x","seq":1,"t":0,"type":"status","status":"running"}\n'


def says(name: str, text: str) -> Damage:
    return lambda run: (run / name).write_text(text) and None


def result(**fields: Any) -> Damage:
    """The end of a run, with fields that cannot be."""

    def damage(run: Path) -> None:
        document = json.loads((run / "run.json").read_text())
        target = {"kind": "script", "name": "fit.py"}
        known = {"id": run.name, "status": "failed", "target": target, "profiler": "cprofile"}
        (run / "result.json").write_text(json.dumps({**known, "created": document["created"], **fields}))

    return damage


def pipe(name: str) -> Damage:
    def damage(run: Path) -> None:
        (run / name).unlink(missing_ok=True)
        os.mkfifo(run / name)

    return damage


def folder(name: str) -> Damage:
    def damage(run: Path) -> None:
        (run / name).unlink(missing_ok=True)
        (run / name).mkdir()

    return damage


def lost_with(events: str, live: str = "") -> Damage:
    def damage(run: Path) -> None:
        (run / "events.jsonl").write_text(LOST + events)
        (run / "raw").mkdir()
        (run / "raw" / "live.jsonl").write_text(live)

    return damage


def a_file_instead(run: Path) -> None:
    shutil.rmtree(run)
    run.write_text("")


def a_link_to_itself(run: Path) -> None:
    shutil.rmtree(run)
    run.symlink_to(run)


DAMAGES: dict[str, Damage] = {
    "request nested too deeply": says("run.json", "[" * 200_000),
    "request is a pipe": pipe("run.json"),
    "result nested too deeply": says("result.json", "[" * 200_000),
    "result is a pipe": pipe("result.json"),
    "result is a folder": folder("result.json"),
    "result says it runs": result(status="running"),
    "result has no time": result(created="yesterday"),
    "result has a huge number": result(peak_rss_bytes=10**30),
    "result is no Unicode": result(reason="\udcff"),
    "events are a pipe": pipe("events.jsonl"),
    "events are a folder": folder("events.jsonl"),
    "events of other types": lost_with(
        '{"seq":2,"t":"x","type":"telemetry","columns":{"rss_bytes":["a",{},null]}}\n'
        '{"seq":3,"t":{},"type":"telemetry","columns":[],"limits":[]}\n'
        '{"seq":4,"type":"status","status":"running","started":5}\n'
    ),
    "live rows with a number too large": lost_with("", '{"type":"ready","t":%s}\n' % ("9" * 400)),
    "live rows by somebody else": lost_with("", '{"type":"ready","t":1,"python":["3"],"implementation":7}\n'),
    "lock is a pipe": pipe("supervisor.lock"),
    "last words nested too deeply": says("last_words", "[" * 8000),
    "a file instead": a_file_instead,
    "a link to itself": a_link_to_itself,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_the_others_are_listed_and_looked_after(
    damage: Damage, tmp_path: Path, finished: Callable[..., RunDirectory], store: Store, request_of: Any, finish: Any
) -> None:
    sound = finished("sound.py")
    bad = store.create(request_of("bad.py"))
    later = store.create(request_of("later.py"))
    damage(bad.path)
    finish(later)

    def look() -> None:
        store.sync()
        other = Store(tmp_path / "copy")  # one that knows nothing of these runs yet
        other.close()

    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "runs").symlink_to(store.folder / "runs")
    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(30)
    assert not looking.is_alive(), "it waits for something that never comes"
    for history in (store, Store(tmp_path / "copy")):
        known = {run.id: run.status for run in history.list().runs}
        assert (known[sound.id], known[later.id]) == ("succeeded", "succeeded")
        history.close()


def test_a_copied_directory_is_a_run_of_its_own(finished: Callable[..., RunDirectory], store: Store) -> None:
    original = finished("fit.py")
    copy = store.folder / "runs" / new_id()
    shutil.copytree(original.path, copy)
    assert store.sync().changed == 1
    assert {run.id for run in store.list().runs} == {original.id, copy.name}
    assert store.rebuild().changed == 0


def test_what_a_run_makes_of_its_own_files_while_it_runs_stays_out_of_the_index(
    store: Store, request_of: Callable[..., RunRequest]
) -> None:
    directory = store.create(request_of())
    write_json(directory.supervisor_file, {"started": [], "target_pid": "x", "host": 5})
    (skipped,) = store.sync().skipped
    assert skipped.name == directory.id
    assert [run.status for run in store.list().runs] == ["queued"]


def test_a_stop_does_not_wait_for_who_reads_control(store: Store, request_of: Callable[..., RunRequest]) -> None:
    directory = store.create(request_of())
    directory.control_file.unlink()
    os.mkfifo(directory.control_file)
    assert cancel(directory) == "ended"


def test_nobody_else_may_read_the_history(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store(tmp_path / "new" / "store")
        store.list()
        made = [store.folder, *store.folder.iterdir()]
        assert any(path.name.startswith("index") for path in made)
        assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
        store.close()
    finally:
        os.umask(before)
