from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyterlab_hotspots.errors import Unavailable
from jupyterlab_hotspots.runs.ulid import new_id
from jupyterlab_hotspots.store import index as index_module
from jupyterlab_hotspots.store.index import Index, number_of
from jupyterlab_hotspots.store.summary import RunSummary, TargetSummary


def summary(name: str = "fit.py", *args: str, **fields: Any) -> RunSummary:
    given: dict[str, Any] = {
        "id": new_id(),
        "status": "succeeded",
        "reason": None,
        "profiler": "cprofile",
        "cwd": "/home/me",
        "created": "2026-11-21T09:00:00.000Z",
        "started": None,
        "ended": None,
        "wall_s": 1.5,
        "cpu_s": None,
        "peak_rss_bytes": 5 << 30,
        "exit_code": 0,
        "signal": None,
        "by": "cli",
        "group": None,
        **fields,
    }
    target = TargetSummary(kind="script", name=name, path=f"/home/me/survey/{name}", module=None, args=list(args))
    return RunSummary(target=target, **given)


@pytest.fixture(params=["trigrams", "scan"])
def index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The index as it is, and as it is with an old SQLite that has no trigrams."""
    if request.param == "scan":
        monkeypatch.setattr(index_module, "has_trigrams", lambda: False)
    one = Index(tmp_path, lambda: None)
    yield one
    one.close()


def test_a_row_comes_back_as_it_was_written(index: Index) -> None:
    one = summary("ajuste ☂.py", "--night", "2026 11", "", "ß", exit_code=None, signal=9, status="failed", reason="x")
    index.upsert([one])
    assert index.get(one.id) == one


def test_the_page_is_newest_first_and_the_next_one_goes_on_where_it_ended(index: Index) -> None:
    runs = [summary() for _ in range(25)]  # made within a millisecond or two: their times alone do not order them
    index.upsert(reversed(runs))
    newest_first = [run.id for run in reversed(runs)]
    first = index.page(limit=10)
    second = index.page(limit=10, before=first.next)
    third = index.page(limit=10, before=second.next)
    assert [run.id for page in (first, second, third) for run in page.runs] == newest_first
    assert (first.total, second.total, third.total) == (25, 25, 25)
    assert (first.next, third.next) == (newest_first[9], None)


def test_the_page_before_a_run_that_was_deleted_is_still_found(index: Index) -> None:
    old, gone, new = summary(), summary(id=new_id()[:10] + "ZZZZZZZZZZZZZZZZ"), summary()
    index.upsert([old, gone, new])
    index.delete([gone.id])
    assert old.id in [run.id for run in index.page(before=gone.id).runs]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fit", ["fit.py"]),
        ("FIT.PY", ["fit.py"]),
        ("survey", ["train.py", "fit.py", '50%_"quoted".py']),
        ("survey fit", ["fit.py"]),
        ("fit train", []),
        ("2026-11-03", ["fit.py"]),
        ("failed", ["train.py"]),
        ("memory", ["train.py"]),
        ("out of", ["train.py"]),
        ("py", ["train.py", "fit.py", '50%_"quoted".py']),
        ("py fai", ["train.py"]),
        ("03", ["fit.py"]),
        ("le", ["train.py", "fit.py", '50%_"quoted".py']),
        ("ed", ["train.py", "fit.py", '50%_"quoted".py']),
        ("ed memo", ["train.py"]),
        ("zq", []),
        ("zq fit", []),
        ("z", []),
        ("f i t 2", ["fit.py"]),
        ("\x00\x01", ["train.py", "fit.py", '50%_"quoted".py']),
        ('%_"', ['50%_"quoted".py']),
        ("größe", ["train.py"]),
        ("GRÖSSE", ["train.py"]),
        ("* OR x", []),
        ("", ["train.py", "fit.py", '50%_"quoted".py']),
    ],
)
def test_every_word_must_occur_in_what_a_person_sees(index: Index, text: str, found: list[str]) -> None:
    index.upsert(
        [
            summary('50%_"quoted".py'),
            summary("fit.py", "--night", "2026-11-03"),
            summary("train.py", "--Größe=3", status="failed", profiler="memory", reason="It ran Out of memory."),
        ]
    )
    page = index.page(text=text)
    assert [run.target.name for run in page.runs] == found
    assert page.total == len(found)


def test_an_id_finds_its_run(index: Index) -> None:
    one, other = summary(), summary()
    index.upsert([one, other])
    assert [run.id for run in index.page(text=one.id.lower()).runs] == [one.id]


def test_text_and_status_narrow_each_other_and_the_total_counts_what_is_not_on_the_page(index: Index) -> None:
    index.upsert(
        summary(name, status=status)
        for _ in range(7)
        for name in ("fit.py", "train.py")
        for status in ("failed", "lost", "succeeded")
    )
    for text in ("fit", "it"):
        page = index.page(text=text, statuses=["failed", "lost"], limit=4)
        assert {(run.target.name, run.status) for run in page.runs} == {("fit.py", "failed"), ("fit.py", "lost")}
        assert (len(page.runs), page.total) == (4, 14)
        assert index.page(text=text, statuses=["failed", "lost"], limit=4, before=page.next).total == 14


def test_a_status_that_changed_is_found_by_its_new_name_only(index: Index) -> None:
    one = summary(status="running")
    index.upsert([one])
    index.upsert([msgspec.structs.replace(one, status="failed")])
    assert index.page(text="running").total == 0
    assert index.page(text="failed").total == 1
    assert index.unfinished() == []


def test_an_index_of_an_earlier_version_comes_to_find_reasons(index: Index) -> None:
    one = summary(status="failed", reason="ValueError: No stars in this field")
    index.upsert([one, summary()])
    index.close()
    with contextlib.closing(sqlite3.connect(index.file)) as connection, connection:
        connection.execute("UPDATE search SET text = 'fit.py'")
        connection.execute("PRAGMA user_version = 1")
    assert [run.id for run in index.page(text="no stars").runs] == [one.id]


def test_a_run_that_has_ended_does_not_go_back(index: Index) -> None:
    ended = summary(status="succeeded")
    index.upsert([ended])
    assert index.upsert([msgspec.structs.replace(ended, status="running", wall_s=None)]) == 0
    assert index.get(ended.id) == ended


def test_only_what_changed_raises_the_revision(index: Index) -> None:
    one, other = summary(), summary()
    before = index.revision()
    index.upsert([one, other])
    after = index.revision()
    assert after > before
    index.upsert([one, other])
    index.delete(["01ARZ3NDEKTSV4RRFFQ69G5FAV"])
    index.set_mark("some", 5)
    assert index.revision() == after
    changed = msgspec.structs.replace(other, reason="said later")
    index.upsert([one, changed])
    assert index.changes(after).changed == [changed]
    assert index.changes(index.revision()).changed == []


def test_changes_tell_what_was_deleted(index: Index) -> None:
    one = summary()
    index.upsert([one])
    before = index.revision()
    assert index.delete([one.id]) == 1
    changes = index.changes(before)
    assert (changes.changed, changes.deleted) == ([], [one.id])
    assert index.page().total == 0
    index.upsert([one])
    assert index.changes(before).deleted == []


def test_row_numbers_sort_as_the_ids_do() -> None:
    ids = ["00000000000000000000000000", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEM00000000000000ZZ", "7" + "Z" * 25]
    assert sorted(ids) == ids
    assert [number_of(run) for run in ids] == sorted(number_of(run) for run in ids)
    assert number_of(ids[-1]) < 1 << 63


def test_a_damaged_file_is_set_aside_and_filled_again(tmp_path: Path) -> None:
    runs = [summary() for _ in range(50)]
    index = Index(tmp_path, lambda: index.upsert(runs))  # type: ignore[func-returns-value]
    assert index.page().total == 50
    index.close()
    index.file.write_bytes(b"SQLite format 3\0" + b"garbage " * 3000)
    revision_before = index.revision()
    assert index.page().total == 50
    assert revision_before > 0
    assert len(list(tmp_path.glob("index.damaged-*"))) == 1
    index.close()


def test_damage_in_the_middle_of_the_file_is_met_too(tmp_path: Path) -> None:
    runs = [summary(f"{number}.py") for number in range(500)]
    index = Index(tmp_path, lambda: index.upsert(runs))  # type: ignore[func-returns-value]
    index.page()
    index.close()
    data = bytearray(index.file.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    index.file.write_bytes(data)
    assert {run.target.name for run in index.page(limit=1000).runs} == {run.target.name for run in runs}
    index.close()


def test_an_index_deleted_under_a_running_server_is_made_again(tmp_path: Path) -> None:
    runs = [summary()]
    index = Index(tmp_path, lambda: index.upsert(runs))  # type: ignore[func-returns-value]
    assert index.page().total == 1
    for file in tmp_path.glob("index.sqlite*"):
        file.unlink()
    assert index.page().total == 1
    index.close()


def test_an_index_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    index = Index(tmp_path, lambda: None)
    index.revision()
    index.close()
    connection = sqlite3.connect(index.file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Unavailable, match="newer version"):
        index.page()
    assert sqlite3.connect(index.file).execute("PRAGMA user_version").fetchone() == (99,)


def test_a_local_disk_has_a_write_ahead_log_and_a_network_one_a_rollback_journal(tmp_path: Path) -> None:
    for name, network, mode in (("local", False, "wal"), ("network", True, "delete")):
        (tmp_path / name).mkdir()
        index = Index(tmp_path / name, lambda: None, network=network)
        index.upsert([summary()])
        assert sqlite3.connect(index.file).execute("PRAGMA journal_mode").fetchone() == (mode,)
        index.close()


def test_a_file_that_cannot_be_written_is_said_in_two_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(tmp_path / "missing", lambda: None)
    with pytest.raises(Unavailable) as error:
        index.page()
    assert error.value.message and error.value.hint


def test_importing_it_brings_neither_numpy_nor_pyarrow(python: Callable[[str], Any]) -> None:
    code = (
        "import sys, jupyterlab_hotspots.store.index, jupyterlab_hotspots.store.history\n"
        "print([name for name in ('numpy', 'pyarrow', 'pandas', 'jupyter_core', 'psutil') if name in sys.modules])"
    )
    out, _ = python(code).communicate()
    assert out.strip() == "[]"
