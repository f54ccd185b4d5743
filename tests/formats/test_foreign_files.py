"""Each format is read from a real file of the tool that writes it, and says what the tool itself says."""

from __future__ import annotations

import json
import pstats
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from made_files import Tools

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import importing, line_report_file
from jupyterlab_hotspots.formats.sniffing import sniffed
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.profile import MEASURED, Measurements, Profile
from jupyterlab_hotspots.profiles.references import check_references
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.imported import Imported

FILES = ["prof", "lprof", "pyisession", "speedscope", "collapsed", "scalene", "memray"]


def rows_of(measurements: Measurements, name: str) -> list[dict[str, Any]]:
    table = measurements.table(name)
    assert table is not None
    columns = lists_of(table)
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def by_name(measurements: Measurements) -> dict[str, dict[str, Any]]:
    return {row["function"]: row for row in rows_of(measurements, "functions")}


def read(made: Tools, name: str) -> Imported:
    return importing.read_file(made(name))


@pytest.mark.parametrize("name", FILES)
def test_what_stands_in_a_file_says_its_format_whatever_it_is_called(made: Tools, name: str, tmp_path: Path) -> None:
    formats = {"prof": "pstats", "pyisession": "pyinstrument"}
    path = tmp_path / "file"
    path.write_bytes(made(name).read_bytes())
    assert sniffed(path) == formats.get(name, name)
    found = importing.read_file(path).measurements
    check_references(found)
    assert any((table := found.table(one)) is not None and table.num_rows for one in MEASURED)


@pytest.mark.parametrize("name", FILES)
def test_every_format_becomes_a_run_that_is_there_again_after_a_restart(made: Tools, name: str, tmp_path: Path) -> None:
    run = importing.import_file(Store(tmp_path / "store"), made(name)).id
    profile = Store(tmp_path / "store").profile(run)
    imported = importing.read_file(made(name))
    assert profile.run.by == "import" and profile.run.profiler == imported.profiler
    for table in MEASURED:
        kept, read_again = profile.table(table), imported.measurements.table(table)
        assert (kept is None) == (read_again is None)
        assert kept is None or (read_again is not None and kept.equals(read_again))


def test_prof_has_the_numbers_of_pstats(made: Tools) -> None:
    measurements = read(made, "prof").measurements
    stats: Any = pstats.Stats(str(made("prof")))
    functions, edges = rows_of(measurements, "functions"), rows_of(measurements, "edges")

    def key(row: dict[str, Any]) -> tuple[str, int, str]:
        return row["file"] or "~", row["line"] or 0, row["function"]

    found = {key(row): (row["primitive_calls"], row["calls"], row["own_s"], row["total_s"]) for row in functions}
    assert found == {name: entry[:4] for name, entry in stats.stats.items()}
    calls = {
        (key(functions[row["caller"]]), key(functions[row["callee"]])): tuple(
            row[name] for name in ("calls", "primitive_calls", "own_s", "total_s")
        )
        for row in edges
    }
    assert calls == {
        (caller, name): counts for name, entry in stats.stats.items() for caller, counts in entry[4].items()
    }


def test_prof_of_every_python_is_read(made: Tools, other_python: str, tmp_path: Path) -> None:
    path = tmp_path / "other.prof"
    command = [other_python, "-m", "cProfile", "-o", str(path), str(made.folder / "brief.py")]
    subprocess.run(command, check=True, timeout=60)
    stats = f"pstats.Stats({str(path)!r}).stats.items()"
    code = f"import json, pstats; print(json.dumps([[*k, *v[:4], len(v[4])] for k, v in {stats}]))"
    said = json.loads(subprocess.run([other_python, "-c", code], check=True, capture_output=True, timeout=60).stdout)
    measurements = importing.read_file(path).measurements
    functions = rows_of(measurements, "functions")
    callers = [0] * len(functions)
    for edge in rows_of(measurements, "edges"):
        callers[edge["callee"]] += 1
    found = [
        [row["file"] or "~", row["line"] or 0, row["function"]]
        + [row[name] for name in ("primitive_calls", "calls", "own_s", "total_s")]
        + [callers[place]]
        for place, row in enumerate(functions)
    ]
    assert sorted(found) == sorted(said)


def test_prof_of_the_pure_python_profiler_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.prof"
    code = f"import profile; profile.run('[max(1, n) for n in range(9)]', {str(path)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    measurements = importing.read_file(path).measurements
    stats: Any = pstats.Stats(str(path))
    maximum = next(row for row in rows_of(measurements, "functions") if row["function"] == "max")
    assert (maximum["calls"], maximum["file"]) == (9, None)
    edges = measurements.table("edges")
    assert edges is not None and set(edges.column_names) == {"caller", "callee", "calls"}
    assert edges.num_rows == sum(len(entry[4]) for entry in stats.stats.values())


@pytest.mark.parametrize("where", ["there", "changed", "gone"])
def test_lprof_gives_the_report_of_line_profiler_itself(made: Tools, where: str, tmp_path: Path) -> None:
    copy = tmp_path / "made.lprof"
    copy.write_bytes(made("lprof").read_bytes())
    source = made.folder / "marked.py"
    text = source.read_text(encoding="utf-8")
    if where == "changed":
        source.write_text(text.replace("total = 0", "total = 0  # more"), encoding="utf-8")
    elif where == "gone":
        source.unlink()
    try:
        command = [sys.executable, "-m", "line_profiler", str(copy)]
        said = subprocess.run(command, capture_output=True, cwd=tmp_path, check=True, timeout=60).stdout
        imported = importing.read_file(copy)
        profile = Profile(_run(tmp_path, imported), imported.measurements)
        line_report_file.write(profile, tmp_path / "report.txt")
    finally:
        source.write_text(text, encoding="utf-8")
    assert (tmp_path / "report.txt").read_bytes() == said
    assert said.count(b"Line Contents") == 3


def _run(folder: Path, imported: Imported) -> RunInfo:
    return RunInfo(
        id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        status="succeeded",
        target=TargetInfo(kind="script", name="made.lprof"),
        profiler=imported.profiler,
        created="2026-11-21T09:00:00.000Z",
        cwd=str(folder),
    )


def test_lprof_functions_and_lines_are_those_of_line_profiler(made: Tools) -> None:
    from line_profiler import load_stats

    stats: Any = load_stats(str(made("lprof")))
    measurements = read(made, "lprof").measurements
    lines = {(row["file"], row["line"]): (row["hits"], row["time_s"]) for row in rows_of(measurements, "lines")}
    assert lines == {
        (file, line): (hits, ticks * stats.unit)
        for (file, _, _), timings in stats.timings.items()
        for line, hits, ticks in timings
    }
    fill = by_name(measurements)["fill"]
    assert fill["qualname"] == "Shelf.fill" and fill["total_s"] > 0
    assert by_name(measurements)["never"]["total_s"] == 0


def test_a_pyinstrument_session_has_the_tree_of_pyinstrument(made: Tools) -> None:
    from pyinstrument.session import Session

    session = Session.load(made("pyisession"))
    imported = read(made, "pyisession")
    measurements = imported.measurements
    seconds = sum(time for _, time in session.frame_records)
    assert imported.profiler == "pyinstrument" and imported.facts["code_s"] == session.duration
    assert sum(row["own_s"] for row in rows_of(measurements, "tree")) == pytest.approx(seconds)
    assert rows_of(measurements, "tree")[0]["kind"] == "thread"
    loop = by_name(measurements)["loop"]
    own = sum(time for stack, time in session.frame_records if stack and stack[-1].startswith("loop\0"))
    assert loop["own_s"] == pytest.approx(own) and own > 0
    recursive = by_name(measurements)["recurse"]
    within = sum(time for stack, time in session.frame_records if any(one.startswith("recurse\0") for one in stack))
    assert recursive["total_s"] == pytest.approx(within), "a recursive function counts once"
    assert by_name(measurements)["fill"]["qualname"] == "Shelf.fill"
    ran = {row["line"] for row in rows_of(measurements, "lines") if row["function"] == "loop"}
    assert ran <= {12, 13, 14, 15} and ran
    samples = rows_of(measurements, "samples")
    assert len(samples) == len(session.frame_records)
    assert samples[-1]["t_s"] + samples[-1]["duration_s"] == pytest.approx(seconds)


def test_speedscope_files_of_other_tools_are_read(made: Tools) -> None:
    document = json.loads(made("speedscope").read_text())
    profile = document["profiles"][0]
    assert profile["type"] == "evented"
    measurements = read(made, "speedscope").measurements
    own = sum(row["own_s"] for row in rows_of(measurements, "tree"))
    assert own == pytest.approx(profile["endValue"] - profile["startValue"], rel=0.02)
    assert by_name(measurements)["loop"]["own_s"] > 0.3 * own


def test_collapsed_stacks_of_py_spy_are_read(made: Tools) -> None:
    text = made("collapsed").read_text(encoding="utf-8")
    counts = [(line.rpartition(" ")[0], int(line.rpartition(" ")[2])) for line in text.splitlines()]
    measurements = read(made, "collapsed").measurements
    assert sum(row["samples"] for row in rows_of(measurements, "tree")) == sum(n for stack, n in counts if stack)
    loop = by_name(measurements)["loop"]
    assert loop["samples"] == sum(n for stack, n in counts if stack.rpartition(";")[2].startswith("loop ("))
    line_13 = [row for row in rows_of(measurements, "lines") if row["function"] == "loop" and row["line"] == 13]
    assert sum(row["samples"] for row in line_13) == sum(
        n for stack, n in counts if stack.rpartition(";")[2].startswith("loop (") and stack.endswith(":13)")
    )


def test_a_scalene_profile_is_read(made: Tools) -> None:
    document = json.loads(made("scalene").read_text())
    imported = read(made, "scalene")
    assert imported.facts["code_s"] == document["elapsed_time_sec"]
    file = next(name for name in document["files"] if name.endswith("work.py"))
    hottest = max(
        document["files"][file]["lines"], key=lambda line: line["n_cpu_percent_python"] + line["n_cpu_percent_c"]
    )
    lines = rows_of(imported.measurements, "lines")
    assert max(lines, key=lambda row: row["own_s"] or 0)["line"] == hottest["lineno"]


def test_a_memray_capture_is_read(made: Tools) -> None:
    from memray import FileReader

    with FileReader(made("memray")) as reader:
        peak = sum(record.size for record in reader.get_high_watermark_allocation_records(merge_threads=True))
    imported = read(made, "memray")
    assert imported.profiler == "allocations" and imported.facts["started"]
    assert sum(row["peak_bytes"] or 0 for row in rows_of(imported.measurements, "tree")) == peak
    assert rows_of(imported.measurements, "samples")[0]["heap_bytes"] >= 0


def test_a_format_can_be_named_and_a_wrong_one_is_refused(made: Tools) -> None:
    assert importing.read_file(made("prof"), form="pstats").profiler == "cprofile"
    for wrong in ("lprof", "speedscope", "pyinstrument", "scalene", "json", "memray"):
        with pytest.raises(BadRequest):
            importing.read_file(made("prof"), form=wrong)
    with pytest.raises(BadRequest) as refused:
        importing.read_file(made("prof"), form="html")
    assert "not read" in refused.value.message
