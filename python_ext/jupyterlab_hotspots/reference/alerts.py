"""Alerts in Parquet: the columns of the survey's public stream, read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from jupyterlab_hotspots.errors import BadRequest, NotFound
from jupyterlab_hotspots.reference.options import SIMULATE_HINT

pa: Any = pyarrow  # it ships no types
pq: Any = pyarrow.parquet

ALERT_SCHEMA = pa.schema(
    [
        ("objectId", pa.string()),
        ("candid", pa.int64()),
        ("jd", pa.float64()),
        ("ra", pa.float64()),
        ("dec", pa.float64()),
        ("fid", pa.int64()),
        ("cmagpsf", pa.list_(pa.field("element", pa.float64()))),
        ("cutoutScience", pa.binary()),
        ("cutoutTemplate", pa.binary()),
        ("source", pa.string()),
        ("sha1", pa.string()),
    ]
)
"""Object name, alert number, Julian day, position in degrees, filter (1 g, 2 r), magnitudes of the object's history,
the two stamps, and where the row comes from: `sha1` is that of both stamps, science first."""

STAGE_COLUMNS = ("objectId", "candid", "cutoutScience", "cutoutTemplate")
"""What the hostless stage reads; a file needs no more."""

_IS_TEXT = (pa.types.is_string, pa.types.is_large_string)
_IS_BYTES = (pa.types.is_binary, pa.types.is_large_binary)
_FITTING_TYPES = {
    "objectId": _IS_TEXT,
    "candid": (pa.types.is_signed_integer,),
    "cutoutScience": _IS_BYTES,
    "cutoutTemplate": _IS_BYTES,
}


@dataclass(frozen=True)
class Alert:
    """One alert as the hostless stage sees it: its names and its two stamps (gzip-compressed FITS files)."""

    object_id: str | None
    candid: int | None
    science_stamp: bytes | None
    template_stamp: bytes | None


class AlertFile:
    """A Parquet file of alerts that was found fit to read. Close it, or use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        """Open a file and check its columns.

        Raises:
            NotFound: there is no such file.
            BadRequest: it is a folder or unreadable, not Parquet, lacks a column, or has no rows.
        """
        self.path = path
        self._parquet = _open_parquet(path)
        try:
            _check_columns(path, self._parquet.schema_arrow)
            self.count: int = self._parquet.metadata.num_rows
            if self.count == 0:
                raise BadRequest(f"The file of alerts {path} has no rows.", hint=f"Name another, or {SIMULATE_HINT}")
        except BaseException:
            self._parquet.close()
            raise

    def __enter__(self) -> AlertFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._parquet.close()

    def alerts(self, batch_rows: int = 128) -> Iterator[Alert]:
        """Every alert in the order of the file, holding one batch in memory (about 25 kB a row).

        Raises:
            BadRequest: the file turns out to be damaged; the alerts before that point were given.
        """
        done = 0
        try:
            for batch in self._parquet.iter_batches(batch_rows, columns=list(STAGE_COLUMNS)):
                columns = [batch.column(name).to_pylist() for name in STAGE_COLUMNS]
                for row in zip(*columns, strict=True):
                    yield Alert(*row)
                done += batch.num_rows
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise BadRequest(
                f"The file of alerts {self.path} is damaged after row {done} ({_first_line(error)}).",
                hint="Fetch or make it again, or stop before that row with --limit.",
            ) from error


def _open_parquet(path: Path) -> Any:
    if path.is_dir():
        raise BadRequest(f"{path} is a folder, not a file of alerts.", hint="Name one Parquet file.")
    try:
        return pq.ParquetFile(path)
    except FileNotFoundError as error:
        raise NotFound(
            f"The file of alerts {path} does not exist.", hint=f"Check the name, or {SIMULATE_HINT}"
        ) from error
    except pa.ArrowInvalid as error:
        raise BadRequest(
            f"{path} is not a Parquet file ({_first_line(error)}).", hint=f"Name another, or {SIMULATE_HINT}"
        ) from error
    except OSError as error:
        raise BadRequest(
            f"The file of alerts {path} cannot be read ({_first_line(error)}).",
            hint="Check that it is whole and that you may read it.",
        ) from error


def _check_columns(path: Path, schema: Any) -> None:
    missing = [name for name in STAGE_COLUMNS if name not in schema.names]
    if missing:
        raise BadRequest(
            f"The file of alerts {path} has no column {', '.join(missing)}.",
            hint=f"The columns needed are {', '.join(STAGE_COLUMNS)}; to see a fitting file, {SIMULATE_HINT}",
        )
    for name, fits in _FITTING_TYPES.items():
        kind = schema.field(name).type
        if not any(fit(kind) for fit in fits):
            raise BadRequest(
                f"The column {name} of {path} holds {kind} where {ALERT_SCHEMA.field(name).type} is needed.",
                hint=f"Convert the column; to see a fitting file, {SIMULATE_HINT}",
            )


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0].rstrip(".")
