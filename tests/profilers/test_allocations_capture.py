"""A capture file is read in another process, which may come to harm: here that is an error that says so."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.errors import HotspotsError, NotFound
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profilers.allocations.capture import Limits, read_capture
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

pytest.importorskip("memray")

RECORD = """
import memray, sys
with memray.Tracker(destination=memray.FileDestination(sys.argv[1], compress_on_exit=sys.argv[2] == "yes")):
    kept = [bytearray(1000 + number) for number in range(300)]
    gone = bytes(2_000_000)
    del gone
"""
QUICK = Limits(seconds=20.0, memory_bytes=1 << 30)


@pytest.fixture(scope="module", params=["plain", "compressed"])
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("capture") / "capture.bin"
    words = [sys.executable, "-c", RECORD, str(path), "yes" if request.param == "compressed" else "no"]
    subprocess.run(words, check=True)
    return path


def test_what_was_written_is_read(capture: Path) -> None:
    found = read_capture(capture)
    peak = sum(300 * [1000]) + sum(range(300)) + 300 + 2_000_000
    assert found.counts("cells.peak_bytes").sum() == pytest.approx(peak, rel=0.01)
    assert found.counts("cells.leaked_bytes").sum() == pytest.approx(peak - 2_000_000, rel=0.01)
    assert found.counts("places.allocated_bytes").sum() >= peak
    assert "<module>" in found.text("nodes.function").strings
    assert found.about["end_ms"] >= found.about["start_ms"] > 0


def test_damaged_files_are_read_as_far_as_they_go_or_refused(capture: Path, tmp_path: Path) -> None:
    data = capture.read_bytes()
    choice = random.Random(3)
    damaged = [b"", data[:20], data[: len(data) // 2], data + bytes(5000), choice.randbytes(4096)]
    for _ in range(6):
        mutated = bytearray(data)
        for _ in range(choice.choice([1, 5, 50])):
            mutated[choice.randrange(len(mutated))] = choice.randrange(256)
        damaged.append(bytes(mutated))
    refused = 0
    for number, content in enumerate(damaged):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(content)
        try:
            found = read_capture(path, limits=QUICK)
        except HotspotsError as error:
            assert error.reason in ("bad_raw", "other_version")
            assert error.hint
            refused += 1
        else:
            assert found.counts("cells.node").max(initial=-1) < len(found.counts("nodes.parent"))
    assert refused >= 3


def test_another_version_of_the_format_is_named(capture: Path, tmp_path: Path) -> None:
    data = bytearray(capture.read_bytes())
    place = data.find(b"memray")
    if place < 0:
        pytest.skip("the header is compressed")
    data[place + len(b"memray") + 1] += 1  # the version stands behind the magic text and its end
    (tmp_path / "allocations.bin").write_bytes(data)
    header = b'{"format":"columns","version":1,"about":{"memray":"0.1.2","final":true},"columns":[]}\n'
    (tmp_path / "allocations.columns").write_bytes(header)
    info = RunInfo(
        id="r", status="succeeded", target=TargetInfo(kind="script", name="s"), profiler="allocations", created=""
    )
    with pytest.raises(HotspotsError, match=r"memray 0\.1\.2") as failed:
        registry.reader("allocations").read(tmp_path, ReadContext(info=info))
    assert "same version" in (failed.value.hint or "")


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(HotspotsError, match="not a regular file"):
            read_capture(path)
    with pytest.raises(NotFound):
        read_capture(tmp_path / "nothing")


def test_reading_ends_in_time(capture: Path) -> None:
    with pytest.raises(HotspotsError, match="takes longer than") as failed:
        read_capture(capture, limits=Limits(seconds=0.01, memory_bytes=1 << 30))
    assert failed.value.reason == "bad_raw"
