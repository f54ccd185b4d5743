"""The hostless stage over a whole file: alerts in, a results table of one row per alert out, in the same order."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
from astropy.utils.exceptions import AstropyWarning

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.reference.alerts import Alert, AlertFile
from jupyterlab_hotspots.reference.hostless import HostlessResult, find_hostless
from jupyterlab_hotspots.reference.progress import alerts_per_second, with_progress
from jupyterlab_hotspots.reference.stamps import UnreadableStampError
from jupyterlab_hotspots.reference.whole_file import writing_whole_file

pa: Any = pyarrow  # it ships no types

RESULTS_NAME = "hostless.parquet"

RESULTS_SCHEMA = pa.schema(
    [
        ("objectId", pa.string()),
        ("candid", pa.int64()),
        ("hostless_science", pa.float64()),
        ("hostless_template", pa.float64()),
        ("full_size", pa.bool_()),
        ("candidate", pa.bool_()),
        ("problem", pa.string()),
    ]
)
"""One row per alert: its names, the two statistics (-99 without analysis), the flags, and why a stamp is unreadable."""

ROWS_HELD = 1000


@dataclass
class StageSummary:
    """What the stage went through; `problems` counts the unreadable alerts by reason."""

    read: int = 0
    full_size: int = 0
    candidates: int = 0
    problems: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0

    def add(self, result: HostlessResult) -> None:
        self.read += 1
        self.full_size += result.full_size
        self.candidates += result.candidate
        if result.problem is not None:
            self.problems[result.problem] += 1

    def __str__(self) -> str:
        rate = alerts_per_second(self.read, self.seconds)
        return f"read {self.read}, full size {self.full_size}, candidates {self.candidates}, {rate}"


def run_hostless_stage(
    alerts: Path,
    output: Path,
    *,
    shuffles: int = 200,
    seed: int = 0,
    limit: int | None = None,
    batch_rows: int = 128,
    quiet: bool = False,
) -> StageSummary:
    """Run the stage on a file of alerts and write ``hostless.parquet`` into a folder.

    Args:
        alerts: Parquet file with the columns of `alerts.STAGE_COLUMNS`.
        output: folder of the results, made if need be; an older table in it is replaced once the new one is whole.
        shuffles: shuffled copies a candidate's images are compared with, at least 2.
        seed: of the random numbers, 0 or more.
        limit: read only so many alerts from the start.
        batch_rows: rows read at a time; it changes no result.
        quiet: say nothing on the way.

    Raises:
        HotspotsError: the alerts cannot be read, or the results cannot be written.
    """
    summary = StageSummary()
    results_file = output / RESULTS_NAME
    with AlertFile(alerts) as file:
        if results_file.resolve() == alerts.resolve():
            raise BadRequest(
                f"The results would replace the file of alerts {alerts}.", hint="Name another folder with --output."
            )
        total = file.count if limit is None else min(limit, file.count)
        schema = RESULTS_SCHEMA.with_metadata({"alerts": alerts.name, "shuffles": str(shuffles), "seed": str(seed)})
        started = time.perf_counter()
        with (
            writing_whole_file(results_file, schema) as writer,
            closing(with_progress(islice(file.alerts(batch_rows), total), total, "read", quiet=quiet)) as alerts_read,
            expected_warnings_ignored(),
        ):
            rows: list[dict[str, Any]] = []
            for alert in alerts_read:
                try:
                    result = find_hostless(alert, shuffles, seed)
                except UnreadableStampError as error:
                    result = HostlessResult(problem=error.reason)
                summary.add(result)
                rows.append(as_row(alert, result))
                if len(rows) == ROWS_HELD:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows.clear()
            writer.write_table(pa.Table.from_pylist(rows, schema))
        summary.seconds = time.perf_counter() - started
    return summary


def as_row(alert: Alert, result: HostlessResult) -> dict[str, Any]:
    """One row of the results table."""
    return {
        "objectId": alert.object_id,
        "candid": alert.candid,
        "hostless_science": result.science,
        "hostless_template": result.template,
        "full_size": result.full_size,
        "candidate": result.candidate,
        "problem": result.problem,
    }


@contextmanager
def expected_warnings_ignored() -> Generator[None, None, None]:
    """Say nothing of what every night's stream provokes.

    That is careless FITS headers, NaN pixels, and overflow in single precision where a template holds the
    detector's "no value" (-3.4e38).
    """
    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", AstropyWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
