"""The table of columns keeps its promises to documentation, schema and charts."""

from __future__ import annotations

from jupyterlab_hotspots.telemetry.columns import COLUMNS

UNITS = {
    "_s": {"s"},
    "_bytes": {"bytes"},
    "_bytes_per_s": {"bytes/s"},
    "_percent": {"percent of one core", "percent of all cores", "percent of one GPU"},
}


def test_every_column_is_named_once_and_described_in_sentences() -> None:
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert all(column.description.endswith(".") for column in COLUMNS)


def test_a_name_tells_the_unit() -> None:
    for column in COLUMNS:
        ending = max((ending for ending in UNITS if column.name.endswith(ending)), key=len, default=None)
        assert column.unit in (UNITS[ending] if ending else {"count"}), column.name
