"""Events are whole lines, numbered without gaps; readers follow them while they come."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import monotonic

import pytest

from jupyterlab_hotspots.runs.event_log import EventLog
from jupyterlab_hotspots.runs.event_tail import Tail, last_event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def write(path: Path, count: int, *, seq: int = 0, padding: str = "") -> None:
    log = EventLog(str(path), "RUN", started=monotonic(), seq=seq)
    for number in range(count):
        assert log.append("output", {"stdout": number, "padding": padding})
    log.close()


def test_every_event_says_run_number_time_and_type(path: Path) -> None:
    log = EventLog(str(path), "RUN", started=monotonic() - 2.0)
    log.append("output", {"stdout": 1})
    log.append("status", {"status": "running"}, t=0.5)
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert (first["run"], first["seq"], first["type"], first["stdout"]) == ("RUN", 1, "output", 1)
    assert first["t"] >= 2.0
    assert (second["seq"], second["t"]) == (2, 0.5)


def test_a_later_writer_goes_on_counting(path: Path) -> None:
    write(path, 3)
    write(path, 2, seq=3)
    assert [event["seq"] for event in Tail(path).events()] == [1, 2, 3, 4, 5]


def test_file_names_that_are_not_utf8_do_not_stop_events(path: Path) -> None:
    log = EventLog(str(path), "RUN", started=monotonic())
    assert log.append("warning", {"message": os.fsdecode(b"caf\xe9.py")})
    (event,) = Tail(path).events()
    assert event["message"] == "caf?.py"


def test_a_tail_gives_each_line_once_and_waits_for_the_end_of_a_torn_one(path: Path) -> None:
    tail = Tail(path)
    assert tail.read() == [] and not tail.grown()
    path.write_bytes(b'{"seq":1}\n{"se')
    assert tail.grown()
    assert tail.read() == [b'{"seq":1}']
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(b'q":2}\n{"seq":3}\n')
    assert tail.read() == [b'{"seq":2}', b'{"seq":3}']
    assert not tail.grown()


def test_a_tail_can_begin_after_any_number_even_one_that_is_not_there_yet(path: Path) -> None:
    write(path, 5)
    assert [event["seq"] for event in Tail(path, after_seq=3).events()] == [4, 5]
    ahead = Tail(path, after_seq=6)
    assert ahead.events() == []
    write(path, 3, seq=5)
    assert [event["seq"] for event in ahead.events()] == [7, 8]


def test_long_files_come_in_pieces_and_long_lines_whole(path: Path) -> None:
    write(path, 20, padding="x" * 100_000)
    write(path, 1, seq=20, padding="y" * 3_000_000)
    tail = Tail(path)
    first = tail.read(limit_bytes=500_000)
    assert 0 < len(first) < 21
    rest = []
    while lines := tail.read(limit_bytes=500_000):
        rest += lines
    assert [json.loads(line)["seq"] for line in first + rest] == list(range(1, 22))


def test_the_last_event_is_found_from_the_end(path: Path) -> None:
    assert last_event(path) is None
    path.write_bytes(b"")
    assert last_event(path) is None
    path.write_bytes(b'{"torn')
    assert last_event(path) is None
    path.write_bytes(b"")
    write(path, 3, padding="x" * 200_000)
    with path.open("ab") as file:
        file.write(b'{"torn')
    event = last_event(path)
    assert event is not None and event["seq"] == 3
