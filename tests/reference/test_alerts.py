"""A file of alerts is read in order, and a file that is none is refused in two sentences."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.reference.alerts import ALERT_SCHEMA, STAGE_COLUMNS, AlertFile


@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
def test_every_alert_comes_in_the_order_of_the_file(simulated_file: Path, batch_rows: int) -> None:
    expected = pq.read_table(simulated_file)["candid"].to_pylist()
    with AlertFile(simulated_file) as file:
        assert file.count == len(expected)
        assert [alert.candid for alert in file.alerts(batch_rows)] == expected


def test_the_columns_of_the_stage_are_enough(few_alerts: Path, tmp_path: Path) -> None:
    narrow = tmp_path / "narrow.parquet"
    pq.write_table(pq.read_table(few_alerts, columns=list(STAGE_COLUMNS)), narrow)
    with AlertFile(narrow) as file:
        assert len(list(file.alerts())) == 6


def _missing(path: Path) -> None:
    pass


def _folder(path: Path) -> None:
    path.mkdir()


def _text(path: Path) -> None:
    path.write_text("objectId,candid\n")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _no_rows(path: Path) -> None:
    pq.write_table(ALERT_SCHEMA.empty_table(), path)


def _no_stamps(path: Path) -> None:
    pq.write_table(pa.table({"objectId": ["a"], "candid": [1], "cutoutScience": [b""]}), path)


def _stamps_of_another_type(path: Path) -> None:
    stamp = [{"fileName": "a.fits", "stampData": b""}]
    pq.write_table(pa.table({"objectId": ["a"], "candid": [1], "cutoutScience": stamp, "cutoutTemplate": stamp}), path)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (_missing, "does not exist"),
        (_folder, "is a folder"),
        (_text, "is not a Parquet file"),
        (_empty, "is not a Parquet file"),
        (_no_rows, "has no rows"),
        (_no_stamps, "has no column cutoutTemplate"),
        (_stamps_of_another_type, "The column cutoutScience"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_clear_error(make: object, what: str, tmp_path: Path) -> None:
    path = tmp_path / "alerts.parquet"
    make(path)  # type: ignore[operator]
    with pytest.raises(HotspotsError) as error:
        AlertFile(path)
    assert what in error.value.message
    assert str(path) in error.value.message
    assert error.value.hint.endswith(".")


def test_a_file_damaged_in_the_middle_says_how_far_it_was_good(simulated_file: Path, tmp_path: Path) -> None:
    grouped = tmp_path / "grouped.parquet"
    pq.write_table(pq.read_table(simulated_file), grouped, row_group_size=50, compression="zstd")
    column = pq.ParquetFile(grouped).metadata.row_group(2).column(ALERT_SCHEMA.names.index("cutoutScience"))
    raw = bytearray(grouped.read_bytes())
    start = column.dictionary_page_offset or column.data_page_offset
    raw[start : start + 2000] = b"\xff" * 2000
    grouped.write_bytes(raw)
    good = 0
    with AlertFile(grouped) as file, pytest.raises(HotspotsError) as error:
        for _ in file.alerts(batch_rows=50):
            good += 1
    assert good == 100
    assert "damaged after row 100" in error.value.message
