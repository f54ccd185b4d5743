"""A full disk is said, the run goes on, and how it ended is known all the same."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.runs import cancel, last_words, launch, lock, recover
from jupyterlab_hotspots.runs.files import read_json

FILL = """
    import os, sys, time
    path = sys.argv[1] + "/filler"
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        time.sleep(1.2)
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or not sys.platform.startswith("linux") or mount is None:
        pytest.skip("mounting a small file system takes root on Linux")
    mounted = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def codes(run: Any) -> list[str]:
    return [event["code"] for event in run.events() if event["type"] == "warning"]


def test_a_full_disk_is_said_and_the_end_is_kept(runs: Any, small_disk: Path) -> None:
    run = runs.add(launch.create(small_disk, runs.request(FILL, str(small_disk), telemetry_hz=100.0)))
    launch.start(run)
    result = runs.result(run)
    assert (result["status"], result["exit_code"]) == ("succeeded", 0)
    assert run.state() == "ended"
    assert "disk_full" in codes(run)
    events = run.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):  # It was full indeed, to the end.
        (small_disk / "more").write_bytes(bytes(64 * 1024))
    # Once there is room, whoever looks after the store writes what is missing.
    (small_disk / "filler").unlink()
    recover.reconcile(run)
    assert read_json(run.result_file) == result
    assert run.events()[-1]["info"] == result
    assert not run.last_words_file.exists()


def test_what_was_lost_is_counted_when_there_is_room_again(runs: Any, small_disk: Path) -> None:
    source = FILL + "\n    os.unlink(path)\n    time.sleep(0.8)\n"
    run = runs.add(launch.create(small_disk, runs.request(source, str(small_disk), telemetry_hz=100.0)))
    launch.start(run)
    result = runs.result(run)
    assert result["status"] == "succeeded"
    assert [code for code in codes(run) if code in ("disk_full", "events_lost")] == ["disk_full", "events_lost"]
    events = run.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "finished"
    assert read_json(run.result_file) == result


def test_a_run_can_be_stopped_when_the_disk_is_full(runs: Any, small_disk: Path, until: Any) -> None:
    source = FILL.replace("time.sleep(1.2)", "time.sleep(60)")
    run = runs.add(launch.create(small_disk, runs.request(source, str(small_disk), telemetry_hz=100.0)))
    launch.start(run)
    until(lambda: "disk_full" in codes(run), "the warning")
    cancel.cancel(run)
    assert runs.result(run)["status"] == "cancelled"


def test_last_words_fit_into_a_full_disk(small_disk: Path) -> None:
    room = last_words.LastWords(str(small_disk / "last_words"))
    with (small_disk / "filler").open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    assert room.say({"info": {"status": "failed", "reason": "x" * 4000}})
    room.close()
    said = last_words.read(small_disk / "last_words")
    assert said is not None and said["info"]["status"] == "failed"


def test_giving_room_makes_room(small_disk: Path) -> None:
    room = last_words.LastWords(str(small_disk / "last_words"))
    with (small_disk / "filler").open("wb", buffering=0) as file:
        with pytest.raises(OSError):
            while True:
                file.write(bytes(4096))
        assert room.give_room()
        assert file.write(bytes(4096)) == 4096
        assert room.give_room()
        assert not room.give_room()
    room.remove()
    assert not (small_disk / "last_words").exists()


def test_a_disk_that_is_full_from_the_start_says_so(runs: Any, small_disk: Path, until: Any) -> None:
    run = runs.add(launch.create(small_disk, runs.request("pass")))
    with (small_disk / "filler").open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    launch.start(run)
    until(lambda: not lock.is_held(run.lock_file), "the end")
    (small_disk / "filler").unlink()
    recover.reconcile(run)
    result = run.result()
    assert result is not None and result["status"] in ("failed", "lost")
