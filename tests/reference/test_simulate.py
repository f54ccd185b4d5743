"""Simulated alerts stand in for the real ones: schema, proportions, nulls, and the same bytes for the same seed."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.reference.simulate import simulate_alerts, simulated_kinds
from jupyterlab_hotspots.reference.stage import run_hostless_stage
from jupyterlab_hotspots.reference.stamps import read_stamp


@pytest.fixture(scope="module")
def rows(simulated_file: Path) -> list[dict[str, Any]]:
    return pq.read_table(simulated_file).to_pylist()


def test_the_schema_is_that_of_the_real_alerts(simulated_file: Path, shared_folder: Path) -> None:
    assert pq.read_schema(simulated_file).equals(pq.read_schema(shared_folder / "data" / "alerts_320.parquet"))


@pytest.mark.parametrize(("alerts", "rare"), [(1000, 15), (320, 5), (20, 1), (19, 0), (1, 0)])
def test_the_rare_kinds_are_there_in_number(alerts: int, rare: int) -> None:
    kinds = Counter(simulated_kinds(alerts, seed=0))
    assert (kinds["wrong size"], kinds["candidate"], kinds.total()) == (rare, rare, alerts)


@pytest.mark.parametrize("seed", [11, 12])
def test_the_pipeline_finds_what_was_simulated(seed: int, tmp_path: Path) -> None:
    made = simulate_alerts(tmp_path / "alerts.parquet", 400, seed)
    found = run_hostless_stage(tmp_path / "alerts.parquet", tmp_path, shuffles=2, quiet=True)
    assert (made.wrong_sized, made.candidates) == (6, 6)
    assert (found.read, found.full_size, found.candidates) == (400, 394, 6)


def test_sources_are_clipped_and_some_stamps_have_holes(rows: list[dict[str, Any]]) -> None:
    from jupyterlab_hotspots.reference.hostless import clip
    from jupyterlab_hotspots.reference.stage import expected_warnings_ignored

    images = [read_stamp(row["cutoutScience"]) for row in rows]
    with expected_warnings_ignored():
        masked = [np.ma.count_masked(clip(image)) for image in images]
    # The real alerts: 32 to 336 masked pixels between the 10th and the 90th percentile, 14 % with NaN.
    assert 50 < np.median(masked) < 500
    assert 0.08 < np.mean([np.isnan(image).any() for image in images]) < 0.22


def test_a_hole_is_in_both_stamps(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        science, template = read_stamp(row["cutoutScience"]), read_stamp(row["cutoutTemplate"])
        np.testing.assert_array_equal(np.isnan(science), np.isnan(template))


def test_magnitudes_are_null_where_nothing_was_detected(rows: list[dict[str, Any]]) -> None:
    magnitudes = [magnitude for row in rows for magnitude in row["cmagpsf"]]
    assert 0.6 < magnitudes.count(None) / len(magnitudes) < 0.68
    assert all(12 < magnitude < 24 for magnitude in magnitudes if magnitude is not None)


def test_alert_numbers_differ_and_some_objects_come_twice(rows: list[dict[str, Any]]) -> None:
    assert len({row["candid"] for row in rows}) == 200
    places: dict[str, set[tuple[float, float]]] = {}
    for row in rows:
        places.setdefault(row["objectId"], set()).add((row["ra"], row["dec"]))
    assert 150 < len(places) < 200
    assert all(len(place) == 1 for place in places.values())


def test_the_checksum_is_that_of_both_stamps(rows: list[dict[str, Any]]) -> None:
    for row in rows[:5]:
        assert row["sha1"] == hashlib.sha1(row["cutoutScience"] + row["cutoutTemplate"]).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(simulated_file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.parquet", tmp_path / "other.parquet"
    simulate_alerts(again, 200, seed=3)
    simulate_alerts(other, 200, seed=4)
    assert again.read_bytes() == simulated_file.read_bytes()
    stamps = [set(pq.read_table(file)["cutoutScience"].to_pylist()) for file in (again, other)]
    assert not stamps[0] & stamps[1]


def test_a_large_file_is_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyterlab_hotspots.reference.simulate.ROWS_HELD", 10)
    simulate_alerts(tmp_path / "alerts.parquet", 25)
    assert pq.ParquetFile(tmp_path / "alerts.parquet").metadata.num_row_groups == 3


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(HotspotsError, match="cannot be written"):
        simulate_alerts(tmp_path, 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(HotspotsError, match="cannot be written"):
        simulate_alerts(tmp_path / "file" / "alerts.parquet", 1)


def test_the_folder_is_made(tmp_path: Path) -> None:
    simulate_alerts(tmp_path / "new" / "alerts.parquet", 1)
    assert isinstance(pq.read_table(tmp_path / "new" / "alerts.parquet"), pa.Table)
