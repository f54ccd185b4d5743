"""The names of the columns keep their promises to the reader of a chart or a table."""

from __future__ import annotations

from jupyterlab_hotspots.profiles.columns import columns_of
from jupyterlab_hotspots.profiles.rows import TelemetryRow
from jupyterlab_hotspots.telemetry.columns import DEAR, NAMES

UNITS = {"_s": "s", "_bytes": "bytes", "_bytes_per_s": "bytes/s", "_percent": "percent"}


def test_every_column_is_named_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert set(NAMES) > DEAR


def test_a_name_tells_the_unit() -> None:
    for column in columns_of(TelemetryRow):
        ending = max((ending for ending in UNITS if column.name.endswith(ending)), key=len, default=None)
        assert column.unit == (UNITS[ending] if ending else "count"), column.name
