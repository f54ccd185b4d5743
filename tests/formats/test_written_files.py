"""What is written is what the tools that read it expect: the tools themselves where there are any, else their rules."""

from __future__ import annotations

import io
import json
import pstats
import re
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jsonschema
import pandas
import pyarrow.parquet
import pytest
import requests
from made_files import Tools, profile_of

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import importing, registry
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import NodeRow, SampleRow, TelemetryRow
from jupyterlab_hotspots.profiles.shares import profile_shares
from jupyterlab_hotspots.profiles.tables import build

HERE: Final = Path(__file__).parent
SPEEDSCOPE: Final = HERE.parents[1] / "node_modules" / "speedscope" / "dist" / "release"
"""A development dependency of package.json; `make install` brings it."""


def imported(made: Tools, name: str) -> Profile:
    found = importing.read_file(made(name))
    return profile_of(found.measurements)


def written(profile: Profile, name: str, folder: Path, **options: Any) -> Path:
    chosen = registry.by_name(name)
    path = folder / f"out{chosen.suffixes[0]}"
    assert registry.by_file_name(path) is chosen
    chosen.write(profile, path, **options)
    return path


def opened_in_speedscope(path: Path) -> dict[str, Any]:
    """What speedscope's own page takes a file for, as its export has it; fails where the page refuses the file."""
    command = ["node", str(HERE / "open_in_speedscope.mjs"), str(path)]
    done = subprocess.run(command, capture_output=True, timeout=90)
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    return json.loads(done.stdout)


Stack = tuple[tuple[str, str | None, int | None], ...]


def weights_of(document: dict[str, Any], profile: dict[str, Any]) -> dict[Stack, float]:
    """The weight of each stack of (name, file, line) in a profile of a speedscope document."""
    frames = [(frame["name"], frame.get("file"), frame.get("line")) for frame in document["shared"]["frames"]]
    weights: dict[Stack, float] = {}

    def add(stack: list[int], weight: float) -> None:
        if weight:
            key = tuple(frames[number] for number in stack)
            weights[key] = weights.get(key, 0.0) + weight

    if profile["type"] == "sampled":
        for sample, weight in zip(profile["samples"], profile["weights"], strict=True):
            add(sample, weight)
        return weights
    stack: list[int] = []
    since = profile["startValue"]
    for event in profile["events"]:
        add(stack, event["at"] - since)
        since = event["at"]
        if event["type"] == "O":
            stack.append(event["frame"])
        else:
            assert stack.pop() == event["frame"]
    assert not stack
    return weights


def own_times(profile: Profile) -> dict[tuple[str, str | None], float]:
    functions = profile.table("functions")
    assert functions is not None
    columns = lists_of(functions)
    times: dict[tuple[str, str | None], float] = {}
    for name, file, own in zip(columns["function"], columns["file"], columns["own_s"], strict=True):
        times[name, file] = times.get((name, file), 0.0) + own
    return {key: own for key, own in times.items() if own > 0}


# pstats and SnakeViz


def test_prof_there_and_back_through_pstats(made: Tools, tmp_path: Path) -> None:
    path = written(imported(made, "prof"), "pstats", tmp_path)
    original: Any = pstats.Stats(str(made("prof")))
    again: Any = pstats.Stats(str(path))
    assert again.stats == original.stats
    assert again.total_calls == original.total_calls and again.total_tt == pytest.approx(original.total_tt)


def test_prof_of_a_sampled_run_has_times_but_no_calls(made: Tools, tmp_path: Path) -> None:
    path = written(imported(made, "pyisession"), "pstats", tmp_path)
    out = io.StringIO()
    stats: Any = pstats.Stats(str(path), stream=out)
    stats.sort_stats("tottime").print_stats(3)
    stats.print_callers("loop")
    assert "loop" in out.getvalue() and "recurse" in out.getvalue()
    entry = next(value for key, value in stats.stats.items() if key[2] == "loop")
    assert entry[:2] == (0, 0) and entry[2] > 0


@pytest.mark.parametrize("name", ["prof", "pyisession"])
def test_snakeviz_itself_opens_a_prof(made: Tools, name: str, tmp_path: Path) -> None:
    path = written(imported(made, name), "pstats", tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "snakeviz", "--server", "--port", str(port), str(path)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}/snakeviz/{quote(str(path), safe='')}"
            give_up = time.monotonic() + 30
            while True:
                try:
                    answer = requests.get(url, timeout=10)
                    break
                except requests.ConnectionError:
                    assert time.monotonic() < give_up and process.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.1)
        finally:
            process.terminate()
            process.wait(30)
    assert answer.status_code == 200 and "(loop)" in answer.text and "(recurse)" in answer.text


# speedscope


@pytest.mark.parametrize("name", ["prof", "pyisession", "collapsed", "speedscope", "memray", "scalene"])
def test_speedscope_output_passes_speedscopes_schema(made: Tools, name: str, tmp_path: Path) -> None:
    document = json.loads(written(imported(made, name), "speedscope", tmp_path).read_bytes())
    schema = json.loads((SPEEDSCOPE / "file-format-schema.json").read_bytes())
    jsonschema.validate(document, schema)
    # The schema would be no check if it took anything.
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "shared": {}}, schema)
    frames = len(document["shared"]["frames"])
    assert document["activeProfileIndex"] < len(document["profiles"])
    for profile in document["profiles"]:
        assert len(profile["samples"]) == len(profile["weights"]) > 0
        assert all(frame < frames for stack in profile["samples"] for frame in stack)
        assert profile["endValue"] >= profile["startValue"]
        assert sum(profile["weights"]) == pytest.approx(profile["endValue"] - profile["startValue"])


def test_speedscope_there_and_back(made: Tools, tmp_path: Path) -> None:
    profile = imported(made, "pyisession")
    again = profile_of(importing.read_file(written(profile, "speedscope", tmp_path)).measurements)
    times, back = own_times(profile), own_times(again)
    # It holds the tree twice: over time, by thread, and as a whole.
    whole = {key: own * 2 for key, own in times.items()}
    assert back == pytest.approx(whole)
    assert again.table("samples") is not None


@pytest.mark.parametrize("name", ["prof", "pyisession", "collapsed", "memray"])
def test_speedscope_itself_opens_what_is_written(made: Tools, name: str, tmp_path: Path) -> None:
    profile = imported(made, name)
    path = written(profile, "speedscope", tmp_path)
    ours, theirs = json.loads(path.read_bytes()), opened_in_speedscope(path)
    for one, other in zip(ours["profiles"], theirs["profiles"], strict=True):
        assert (other["name"], other["unit"]) == (one["name"], one["unit"])
        expected = weights_of(ours, one)
        assert expected and weights_of(theirs, other) == pytest.approx(expected)


@pytest.mark.parametrize(
    "content", ['{"profiles": 1}', '{"$schema": "https://www.speedscope.app/file-format-schema.json"}']
)
def test_speedscope_refuses_what_is_none(content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.speedscope.json"
    path.write_text(content)
    with pytest.raises(AssertionError, match=r"Unrecognized format|Failed to load"):
        opened_in_speedscope(path)


def test_speedscope_of_a_run_without_stacks_shows_functions_side_by_side(made: Tools, tmp_path: Path) -> None:
    profile = imported(made, "prof")
    document = json.loads(written(profile, "speedscope", tmp_path).read_bytes())
    assert all(len(stack) == 1 for stack in document["profiles"][0]["samples"])
    assert sum(document["profiles"][0]["weights"]) == pytest.approx(sum(own_times(profile).values()))
    assert "own time" in document["profiles"][0]["name"]


# collapsed stacks


def test_collapsed_there_and_back(made: Tools, tmp_path: Path) -> None:
    profile = imported(made, "collapsed")
    path = written(profile, "collapsed", tmp_path)
    original = [line for line in made("collapsed").read_text().splitlines() if not line.startswith(" ")]
    assert sorted(path.read_text().splitlines()) == sorted(original)


def test_collapsed_counts_microseconds_where_time_was_measured_and_its_separators_stay_apart(tmp_path: Path) -> None:
    tree = build(
        NodeRow,
        {
            "parent": [None, 0],
            "name": ["a;b\nc", "d"],
            "file": [None, "/x/é.py"],
            "line": [None, 7],
            "own_s": [0.0, 0.25],
        },
    )
    path = written(profile_of(Measurements(tree=tree)), "collapsed", tmp_path)
    assert path.read_text(encoding="utf-8") == "a,b c;d (/x/é.py:7) 250000\n"


# Chrome trace


def _trace(path: Path) -> list[dict[str, Any]]:
    document = json.loads(path.read_bytes())
    assert document["displayTimeUnit"] in ("ms", "ns")
    for event in document["traceEvents"]:
        assert isinstance(event["name"], str) and isinstance(event["pid"], int) and isinstance(event["tid"], int)
        assert event["ph"] in ("X", "C", "M")
        if event["ph"] == "M":
            assert event["name"] in ("process_name", "thread_name") and isinstance(event["args"]["name"], str)
        else:
            assert event["ts"] >= 0
        if event["ph"] == "X":
            assert event["dur"] >= 0
        if event["ph"] == "C":
            assert event["args"] and all(isinstance(value, (int, float)) for value in event["args"].values())
    return document["traceEvents"]


def _check_nesting(events: list[dict[str, Any]]) -> None:
    """Of two slices of a thread one contains the other or they do not touch; a parent stands before its children."""
    opened: dict[int, list[float]] = {}
    last: dict[int, float] = {}
    for event in events:
        if event["ph"] != "X":
            continue
        start, end = event["ts"], event["ts"] + event["dur"]
        assert start >= last.get(event["tid"], 0.0)
        last[event["tid"]] = start
        stack = opened.setdefault(event["tid"], [])
        while stack and stack[-1] <= start + 0.01:
            stack.pop()
        assert not stack or end <= stack[-1] + 0.01
        stack.append(end)


@pytest.mark.parametrize("name", ["pyisession", "speedscope"])
def test_a_chrome_trace_is_well_formed_and_its_slices_nest(made: Tools, name: str, tmp_path: Path) -> None:
    profile = imported(made, name)
    events = _trace(written(profile, "chrome-trace", tmp_path))
    _check_nesting(events)
    slices = [event for event in events if event["ph"] == "X"]
    outermost = {event["tid"]: event for event in reversed(slices)}
    total_s = sum(own_times(profile).values())
    assert sum(event["dur"] for event in outermost.values()) / 1e6 == pytest.approx(total_s, rel=0.02)
    assert any(event["name"] == "loop" and event["args"]["file"].endswith("work.py") for event in slices)


@pytest.mark.parametrize("name", ["pyisession", "speedscope"])
def test_speedscope_reads_a_chrome_trace_with_the_same_times(made: Tools, name: str, tmp_path: Path) -> None:
    profile = imported(made, name)
    document = opened_in_speedscope(written(profile, "chrome-trace", tmp_path))
    times: dict[tuple[str, str | None], float] = {}
    for thread in document["profiles"]:
        assert thread["unit"] == "microseconds"
        for stack, weight in weights_of(document, thread).items():
            # It shows a slice's arguments behind its name.
            function, _, arguments = stack[-1][0].partition(" {")
            key = function, json.loads("{" + arguments).get("file") if arguments else None
            times[key] = times.get(key, 0.0) + weight / 1e6
    expected = own_times(profile)
    total_s = sum(expected.values())
    # A slice shorter than its clock's tick is none there.
    everything = {**dict.fromkeys(times, 0.0), **expected}
    assert {**dict.fromkeys(everything, 0.0), **times} == pytest.approx(everything, abs=0.001 * total_s)


def test_slices_go_on_from_sample_to_sample_and_end_at_gaps(tmp_path: Path) -> None:
    tree = build(NodeRow, {"parent": [None, 0, 0], "name": ["main", "a", "b"], "own_s": [0.0, 0.3, 0.1]})
    samples = build(
        SampleRow,
        {"t_s": [0.0, 0.1, 0.2, 1.0], "node": [1, 1, 2, 1], "duration_s": [0.1] * 4, "thread": ["MainThread"] * 4},
    )
    telemetry = build(TelemetryRow, {"t_s": [0.0, 0.5, 1.5], "rss_bytes": [7, 8, 9]})
    run = profile_of(Measurements(tree=tree, samples=samples), startup_s=0.5).run
    profile = Profile(run, Measurements(tree=tree, samples=samples), telemetry)
    events = _trace(written(profile, "chrome-trace", tmp_path))
    slices = [(event["name"], event["ts"], event["dur"]) for event in events if event["ph"] == "X"]
    assert slices == [
        ("main", 0, pytest.approx(300_000)),
        ("a", 0, pytest.approx(200_000)),
        ("b", 200_000, pytest.approx(100_000)),
        ("main", 1_000_000, pytest.approx(100_000)),
        ("a", 1_000_000, pytest.approx(100_000)),
    ]
    counters = [(event["ts"], event["args"]) for event in events if event["ph"] == "C"]
    assert counters == [(0, {"bytes": 8}), (1_000_000, {"bytes": 9})]


# Scalene


def test_scalene_itself_reads_what_is_written(made: Tools, tmp_path: Path) -> None:
    from scalene.scalene_json import ScaleneJSONSchema

    profile = imported(made, "scalene")
    path = written(profile, "scalene", tmp_path)
    document = json.loads(path.read_bytes())
    ScaleneJSONSchema(**document)
    shown = subprocess.run(
        [sys.executable, "-m", "scalene", "view", "--cli", str(path)], capture_output=True, text=True, timeout=60
    )
    assert "work.py" in shown.stdout and "loop" in shown.stdout, shown.stderr
    again = profile_of(importing.read_file(path).measurements)
    for name in ("lines", "functions"):
        table, back = profile.table(name), again.table(name)
        assert table is not None and back is not None and back.num_rows == table.num_rows
        columns, copies = lists_of(table), lists_of(back)
        assert copies["line"] == columns["line"] and copies["file"] == columns["file"]
        for column in ("own_s", "python_s", "native_s", "system_s"):
            assert copies[column] == pytest.approx(columns[column], abs=1e-9)


# Tables


@pytest.mark.parametrize("name", ["prof", "lprof", "memray"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_table_opens_in_pandas(made: Tools, name: str, kind: str, tmp_path: Path) -> None:
    profile = imported(made, name)
    open_file: Any = pandas.read_csv if kind == "csv" else pandas.read_parquet
    with zipfile.ZipFile(written(profile, f"{kind}-tables", tmp_path)) as archive:
        assert archive.testzip() is None
        for member in archive.namelist():
            table: Any = profile.table(member.partition(".")[0])
            expected: Any = profile_shares(profile, table)
            frame = open_file(io.BytesIO(archive.read(member)))
            assert list(frame.columns) == expected.column_names and len(frame) == expected.num_rows
            for column in ("own_s", "total_s", "time_s", "peak_bytes", "hits", "parent"):
                if column in expected.column_names:
                    values = [None if pandas.isna(value) else value for value in frame[column]]
                    assert values == pytest.approx(expected.column(column).to_pylist())
            if "file" in expected.column_names:
                texts = [None if pandas.isna(value) else value for value in frame["file"]]
                assert texts == expected.column("file").to_pylist()


def test_parquet_opens_in_pyarrow_with_its_types(made: Tools, tmp_path: Path) -> None:
    profile = imported(made, "prof")
    table = pyarrow.parquet.read_table(written(profile, "parquet", tmp_path))
    assert str(table.schema.field("calls").type) == "int64" and str(table.schema.field("own_s").type) == "double"
    functions = profile.table("functions")
    assert functions is not None and table.num_rows == functions.num_rows


def test_one_table_is_chosen_by_name(made: Tools, tmp_path: Path) -> None:
    profile = imported(made, "prof")
    edges = pandas.read_csv(written(profile, "csv", tmp_path, table="edges"))
    assert {"caller", "callee", "calls"} <= set(edges.columns)
    for table, words in (("lines", "functions"), ("x", "functions")):
        with pytest.raises(BadRequest) as refused:
            written(profile, "csv", tmp_path, table=table)
        assert words in refused.value.hint
    with pytest.raises(BadRequest):
        written(profile, "pstats", tmp_path, table="functions")


# Whatever is asked for


@pytest.mark.parametrize("name", [one.name for one in registry.FORMATS if one.writes])
def test_a_run_that_measured_nothing_is_refused_in_words_or_written_as_such(name: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    try:
        registry.by_name(name).write(profile_of(Measurements()), path)
    except BadRequest as refused:
        assert refused.message and refused.hint
        assert not path.exists()
    else:
        assert name in ("json", "html") and path.stat().st_size


def test_the_longest_ending_decides() -> None:
    for ending, name in (
        *((".prof", "pstats"), (".json", "json"), (".speedscope.json", "speedscope"), (".trace.json", "chrome-trace")),
        *((".csv", "csv"), (".csv.zip", "csv-tables"), (".html", "html"), (".lprof.txt", "line-report")),
    ):
        assert registry.by_file_name(Path(f"a.b{ending}")).name == name
    with pytest.raises(BadRequest) as refused:
        registry.by_file_name(Path("x.pyisession"))
    assert not re.search(r"pyisession", refused.value.hint)
