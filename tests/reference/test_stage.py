"""The whole stage: the counts of the real night, and results that neither order nor chunking changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from line_profiler import LineProfiler

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.reference import stage
from jupyterlab_hotspots.reference.alerts import ALERT_SCHEMA
from jupyterlab_hotspots.reference.simulate import simulated_kinds
from jupyterlab_hotspots.reference.stage import RESULTS_SCHEMA, StageSummary, run_hostless_stage


@dataclass
class ProfiledRun:
    """A run over the 1,000 real alerts, and how often each line of the driver function was reached."""

    summary: StageSummary
    hits: list[int]


@pytest.fixture(scope="module")
def real_run(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProfiledRun]:
    profiler = LineProfiler()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "find_hostless", profiler(stage.find_hostless))
        summary = run_hostless_stage(
            shared_folder / "data" / "alerts_1000.parquet", tmp_path_factory.mktemp("real"), shuffles=3, quiet=True
        )
    (timings,) = profiler.get_stats().timings.values()
    yield ProfiledRun(summary, [hits for _, hits, _ in timings])


def test_the_real_alerts_give_the_published_counts(real_run: ProfiledRun) -> None:
    summary = real_run.summary
    assert (summary.read, summary.full_size, summary.candidates) == (1000, 985, 15)
    assert not summary.problems


def test_each_line_of_the_driver_is_reached_as_often_as_published(real_run: ProfiledRun) -> None:
    read_science, read_template, size, wrong_size, clipping, decision, analysis, no_candidate = real_run.hits
    assert (read_science, read_template, size) == (1000, 1000, 1000)
    assert (wrong_size, clipping, decision, analysis, no_candidate) == (15, 985, 985, 15, 970)


def test_the_distinct_real_alerts_hold_two_wrong_sizes_and_fourteen_candidates(
    shared_folder: Path, tmp_path: Path
) -> None:
    summary = run_hostless_stage(shared_folder / "data" / "alerts_320.parquet", tmp_path, shuffles=2, quiet=True)
    assert (summary.read, summary.full_size, summary.candidates) == (320, 318, 14)


def results_of(alerts: Path, output: Path, **options: Any) -> list[dict[str, Any]]:
    run_hostless_stage(alerts, output, quiet=True, **{"shuffles": 5, **options})
    return pq.read_table(output / "hostless.parquet").to_pylist()


@pytest.fixture(scope="module")
def results(simulated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return results_of(simulated_file, tmp_path_factory.mktemp("results"))


def test_a_row_per_alert_in_the_order_of_the_file(simulated_file: Path, results: list[dict[str, Any]]) -> None:
    alerts = pq.read_table(simulated_file, columns=["objectId", "candid"]).to_pylist()
    assert [{name: row[name] for name in ("objectId", "candid")} for row in results] == alerts


def test_flags_and_statistics_go_together(results: list[dict[str, Any]]) -> None:
    for row, kind in zip(results, simulated_kinds(200, seed=3), strict=True):
        assert row["full_size"] == (kind != "wrong size")
        assert row["candidate"] == (kind == "candidate")
        assert row["problem"] is None
        for statistic in (row["hostless_science"], row["hostless_template"]):
            assert 0 <= statistic <= 1 if row["candidate"] else statistic == -99


def test_neither_order_nor_chunking_changes_a_result(
    simulated_file: Path, results: list[dict[str, Any]], tmp_path: Path
) -> None:
    order = np.random.default_rng(9).permutation(len(results))
    shuffled = tmp_path / "shuffled.parquet"
    pq.write_table(pq.read_table(simulated_file).take(pa.array(order)), shuffled, row_group_size=33)
    assert results_of(shuffled, tmp_path, batch_rows=7) == [results[place] for place in order]


def test_a_part_of_the_file_gives_the_results_of_that_part(
    simulated_file: Path, results: list[dict[str, Any]], tmp_path: Path
) -> None:
    last_candidate = max(place for place, row in enumerate(results) if row["candidate"])
    assert results_of(simulated_file, tmp_path, limit=last_candidate + 1) == results[: last_candidate + 1]


def test_the_seed_changes_candidates_only(simulated_file: Path, results: list[dict[str, Any]], tmp_path: Path) -> None:
    for before, after in zip(results, results_of(simulated_file, tmp_path, seed=1), strict=True):
        assert (before != after) == before["candidate"]


def test_the_table_says_how_it_was_made(few_alerts: Path, tmp_path: Path) -> None:
    results_of(few_alerts, tmp_path, shuffles=4, seed=11)
    schema = pq.read_schema(tmp_path / "hostless.parquet")
    assert schema.equals(RESULTS_SCHEMA)
    assert schema.metadata == {b"alerts": b"few.parquet", b"shuffles": b"4", b"seed": b"11"}


def test_unreadable_stamps_are_counted_and_the_rest_goes_on(few_alerts: Path, tmp_path: Path) -> None:
    rows = pq.read_table(few_alerts).to_pylist()
    rows[0]["cutoutScience"] = None
    rows[2]["cutoutTemplate"] = b"torn"
    rows[3]["cutoutTemplate"] = None
    rows[4].update(objectId=None, candid=None)
    torn = tmp_path / "torn.parquet"
    pq.write_table(pa.Table.from_pylist(rows, ALERT_SCHEMA), torn)
    summary = run_hostless_stage(torn, tmp_path, shuffles=2, quiet=True)
    assert (summary.read, summary.full_size) == (6, 3)
    assert summary.problems == {"null": 2, "corrupt": 1}
    problems = pq.read_table(tmp_path / "hostless.parquet")["problem"].to_pylist()
    assert problems == ["null", None, "corrupt", "null", None, None]


def test_a_failing_run_leaves_the_earlier_results_and_nothing_half_written(few_alerts: Path, tmp_path: Path) -> None:
    earlier = results_of(few_alerts, tmp_path)
    torn = tmp_path / "torn.parquet"
    pq.write_table(pq.read_table(few_alerts), torn, row_group_size=3)
    group = pq.ParquetFile(torn).metadata.row_group(1).column(ALERT_SCHEMA.names.index("cutoutScience"))
    raw = bytearray(torn.read_bytes())
    start = group.dictionary_page_offset or group.data_page_offset
    raw[start : start + 500] = b"\xff" * 500
    torn.write_bytes(raw)
    with pytest.raises(HotspotsError, match="damaged"):
        run_hostless_stage(torn, tmp_path, shuffles=2, quiet=True)
    assert pq.read_table(tmp_path / "hostless.parquet").to_pylist() == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostless.parquet", "torn.parquet"]


def test_the_results_never_replace_the_alerts(few_alerts: Path, tmp_path: Path) -> None:
    alerts = tmp_path / "hostless.parquet"
    alerts.write_bytes(few_alerts.read_bytes())
    with pytest.raises(HotspotsError, match="would replace"):
        run_hostless_stage(alerts, tmp_path, shuffles=2, quiet=True)
    assert alerts.read_bytes() == few_alerts.read_bytes()


def test_an_output_that_is_no_folder_is_a_clear_error(few_alerts: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(HotspotsError, match="cannot be written") as error:
        run_hostless_stage(few_alerts, file, shuffles=2, quiet=True)
    assert "--output" in error.value.hint
