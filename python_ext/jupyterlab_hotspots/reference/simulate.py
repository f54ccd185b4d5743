"""A seeded simulator: alerts of the survey's schema and proportions, so that the pipeline runs anywhere."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow

from jupyterlab_hotspots.reference.alerts import ALERT_SCHEMA
from jupyterlab_hotspots.reference.progress import alerts_per_second, with_progress
from jupyterlab_hotspots.reference.simulated_sky import Kind, simulate_stamps
from jupyterlab_hotspots.reference.stamps import write_stamp
from jupyterlab_hotspots.reference.whole_file import writing_whole_file

pa: Any = pyarrow  # it ships no types

RARE_SHARE = 0.015
"""Share of wrong-sized stamps, and of candidates."""

FEWEST_WITH_RARE = 20
"""From this many alerts on, there is at least one of each rare kind."""

OBJECTS_PER_ALERT = 0.92
NULL_MAGNITUDE_SHARE = 0.64
SOUTHERN_LIMIT_DEGREES = -30.0
FIRST_DAY, LAST_DAY = 2458729.0, 2461122.0
CANDID_DAY_ZERO = 2457754.5
"""Alert numbers begin with the days since this Julian day (2017-01-01), to the millionth."""

ROWS_HELD = 1000


@dataclass(frozen=True)
class SimulationSummary:
    """What was made, and where."""

    alerts: int
    wrong_sized: int
    candidates: int
    seed: int
    output: Path
    seconds: float

    def __str__(self) -> str:
        return (
            f"made {self.alerts}, wrong-sized {self.wrong_sized}, candidates {self.candidates}, seed {self.seed}, "
            f"{alerts_per_second(self.alerts, self.seconds)}: {self.output}"
        )


def simulate_alerts(output: Path, alerts: int, seed: int = 0, *, quiet: bool = True) -> SimulationSummary:
    """Write a Parquet file of simulated alerts in the schema of `alerts.ALERT_SCHEMA`.

    The same number and seed give the same bytes, as long as NumPy, pyarrow and zlib are the same.

    Args:
        output: the file; an older one is replaced once the new one is whole.
        alerts: how many, 1 or more. 1.5 % of them have wrong-sized stamps and 1.5 % are candidates.
        seed: 0 or more.
        quiet: say nothing on the way.

    Raises:
        Unavailable: the file cannot be written.
    """
    started = time.perf_counter()
    kinds = simulated_kinds(alerts, seed)
    with (
        writing_whole_file(output, ALERT_SCHEMA) as writer,
        closing(with_progress(simulated_rows(kinds, seed), alerts, "made", quiet=quiet)) as rows,
    ):
        for chunk in _chunks(rows, ROWS_HELD):
            writer.write_table(pa.Table.from_pylist(chunk, ALERT_SCHEMA))
    seconds = time.perf_counter() - started
    return SimulationSummary(alerts, kinds.count("wrong size"), kinds.count("candidate"), seed, output, seconds)


def simulated_kinds(alerts: int, seed: int) -> list[Kind]:
    """What each alert is to be, the rare kinds in exact number and anywhere in the file."""
    rare = int(RARE_SHARE * alerts + 0.5)
    if alerts >= FEWEST_WITH_RARE:
        rare = max(rare, 1)
    counts: dict[Kind, int] = {"wrong size": rare, "candidate": rare, "ordinary": alerts - 2 * rare}
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    order = np.random.default_rng([seed, 0, alerts]).permutation(alerts)
    return [kinds[place] for place in order]


def simulated_rows(kinds: list[Kind], seed: int) -> Iterator[dict[str, Any]]:
    """One row of the table for each kind in turn."""
    objects = int(OBJECTS_PER_ALERT * len(kinds)) or 1
    for number, kind in enumerate(kinds):
        random = np.random.default_rng([seed, 2, number])
        day = random.uniform(FIRST_DAY, LAST_DAY)
        science, template = (write_stamp(image) for image in simulate_stamps(kind, random))
        yield {
            **_sky_object(number % objects, seed),
            "candid": int((day - CANDID_DAY_ZERO) * 1_000_000) * 1_000_000_000 + number,
            "jd": day,
            "fid": int(random.choice([1, 2], p=[0.39, 0.61])),
            "cmagpsf": _magnitudes(random),
            "cutoutScience": science,
            "cutoutTemplate": template,
            "source": f"simulated, seed {seed}",
            "sha1": hashlib.sha1(science + template, usedforsecurity=False).hexdigest(),
        }


def _sky_object(number: int, seed: int) -> dict[str, Any]:
    """The name and place that all alerts of one object share."""
    random = np.random.default_rng([seed, 1, number])
    letters = "".join(chr(ord("a") + letter) for letter in random.integers(26, size=7))
    sine_of_dec = random.uniform(math.sin(math.radians(SOUTHERN_LIMIT_DEGREES)), 1.0)
    return {
        "objectId": f"ZTF{random.integers(18, 27)}{letters}",
        "ra": random.uniform(0, 360),
        "dec": math.degrees(math.asin(sine_of_dec)),
    }


def _magnitudes(random: np.random.Generator) -> list[float | None]:
    """The object's history; nights without a detection are null."""
    nights = min(1 + int(random.lognormal(math.log(17), 0.55)), 90)
    magnitudes = (random.uniform(16, 20) + random.normal(0, 0.2, size=nights)).astype(np.float32)
    undetected = random.random(nights) < NULL_MAGNITUDE_SHARE
    return [None if null else float(magnitude) for magnitude, null in zip(magnitudes, undetected, strict=True)]


def _chunks(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk
