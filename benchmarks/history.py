"""How long the history takes to show its first page, with 100,000 runs in it.

Each query is what the panel or the command line asks; it includes decoding the rows. The index is made afresh, of runs
as people make them: some dozen scripts, changing arguments.

    python benchmarks/history.py [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.runs.ulid import new_id
from jupyterlab_hotspots.store.index import Index
from jupyterlab_hotspots.store.summary import RunSummary, TargetSummary

RUNS: Final = 100_000
QUICK_RUNS: Final = 10_000
REPETITIONS: Final = 60
BOUND: Final = "<= 50 ms"
BATCH: Final = 2000
WORDS: Final = [
    *("train", "model", "evaluate", "pipeline", "alerts", "stamps", "hostless", "spectrum", "night", "batch"),
    *("clean", "merge", "export", "figure", "table", "reduce", "notebook", "survey", "fit", "plot"),
]
QUERIES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("no filter", {}),
    ("status failed", {"statuses": ["failed"]}),
    ("a word that every seventh run has", {"text": "stamps"}),
    ("a word and a status", {"text": "stamps", "statuses": ["failed"]}),
    ("two words", {"text": "stamps survey"}),
    ("a word that every run has", {"text": "projects"}),
    ("a word that few runs have", {"text": "night_0042"}),
    ("a word that no run has", {"text": "xylophone"}),
    ("two letters that every run has", {"text": "py"}),
    ("two letters that no run has", {"text": "zq"}),
    ("one letter that every run has", {"text": "p"}),
    ("one letter that no run has", {"text": "z"}),
    ("a status as a word", {"text": "succeeded"}),
)


def summaries(count: int, seed: int = 1) -> Iterator[RunSummary]:
    """Runs of one to a hundred words of arguments, over some years."""
    choose = random.Random(seed)
    for number in range(count):
        name = "_".join(choose.sample(WORDS, 2)) + ".py"
        path = f"/home/user/projects/survey-2026/{choose.choice(WORDS)}/src/{name}"
        status = choose.choices(("succeeded", "failed", "cancelled", "lost"), (80, 15, 4, 1))[0]
        night = f"data/night_{choose.randrange(3000):04d}.parquet"
        args = ["--alerts", night, "--seed", str(number), "--output", f"results/run-{number}"]
        yield RunSummary(
            id=_id_at(1_700_000_000_000 + number * 600_000),
            status=status,
            reason=None if status == "succeeded" else "It exited with status 1.",
            target=TargetSummary(kind="script", name=name, path=path, module=None, args=args),
            profiler="cprofile",
            cwd="/home/user/projects/survey-2026",
            created="2026-11-21T09:00:00.000Z",
            started="2026-11-21T09:00:00.100Z",
            ended="2026-11-21T09:00:15.000Z",
            wall_s=14.9,
            cpu_s=14.2,
            peak_rss_bytes=200_000_000,
            exit_code=0 if status == "succeeded" else 1,
            signal=None,
            by="lab",
            group=None,
        )


def _id_at(milliseconds: int) -> str:
    """A new id as it would have been made at another time."""
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(digits[milliseconds >> shift & 31] for shift in range(45, -1, -5)) + new_id()[10:]


def milliseconds(work: Callable[[], object], repetitions: int) -> tuple[list[float], list[float]]:
    """How long each repetition took, by the wall and in CPU."""
    wall: list[float] = []
    cpu: list[float] = []
    for _ in range(repetitions):
        start = time.perf_counter(), time.process_time()
        work()
        wall.append(1e3 * (time.perf_counter() - start[0]))
        cpu.append(1e3 * (time.process_time() - start[1]))
    return wall, cpu


def measure(count: int, repetitions: int) -> list[dict[str, Any]]:
    """One row for each query and percentile, in milliseconds."""
    rows: list[dict[str, Any]] = []

    def add(what: str, value: float, bound: str | None) -> None:
        rows.append(
            {"what": what, "ours": round(value, 2), "other": None, "ratio": None, "interval": None, "bound": bound}
        )

    with tempfile.TemporaryDirectory() as folder:

        def fill() -> None:
            runs = list(summaries(count))
            start = time.perf_counter()
            for first in range(0, count, BATCH):
                index.upsert(runs[first : first + BATCH])
            add(f"filling the index with {count:,} runs, s", time.perf_counter() - start, None)

        index = Index(Path(folder), fill)
        index.revision()
        add("its size per run, bytes", index.file.stat().st_size / count, None)
        for name, query in QUERIES:
            wall, cpu = milliseconds(lambda query=query: index.page(limit=100, **query), repetitions)
            add(f"{name}: p50, ms", statistics.median(wall), None)
            add(f"{name}: p95, ms", statistics.quantiles(wall, n=20)[18], BOUND)
            add(f"{name}: p95 of CPU, ms", statistics.quantiles(cpu, n=20)[18], None)
        index.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_RUNS:,} runs instead of {RUNS:,}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    count = QUICK_RUNS if options.quick else RUNS
    rows = measure(count, REPETITIONS // 3 if options.quick else REPETITIONS)
    result = {
        "name": f"First page of a history of {count:,} runs",
        "method": f"{REPETITIONS} repetitions of each query in one process, the file in the page cache; rows decoded.",
        "rows": rows,
    }
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for row in rows:
        print(f"{row['what']:<55} {row['ours']:>10}  {row['bound'] or ''}")


if __name__ == "__main__":
    main()
