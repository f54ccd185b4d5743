"""How often a run under `sampling` was looked at, how often it told of that, and how much of its time it missed."""

from __future__ import annotations

import json
import os
import statistics
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SamplingPace:
    """Of one run.

    Attributes:
        looks_a_second: samples of the whole process a second.
        longest_wait_s: between two messages with new rows.
        missed: the share of the time between the first and the last sample in which nothing was sampled.
    """

    looks_a_second: float
    longest_wait_s: float
    missed: float


def pace_of(run: str) -> SamplingPace:
    """The pace of a run in the store that `HOTSPOTS_STORE` names."""
    folder = Path(os.environ["HOTSPOTS_STORE"]) / "runs" / run
    windows: list[dict[str, Any]] = [
        line["window"] for line in _lines(folder / "raw" / "sampling.jsonl") if "window" in line
    ]
    seconds = sum(window["seconds"] for window in windows)
    began = min(window["began"] for window in windows)
    ended = max(window["began"] + window["seconds"] for window in windows)
    told = [line["t"] for line in _lines(folder / "events.jsonl") if line["type"] == "hotspots"]
    return SamplingPace(
        sum(window["looks"] for window in windows) / seconds,
        max((after - before for before, after in pairwise(told)), default=0.0),
        max(0.0, 1 - seconds / (ended - began)),
    )


def rows_of(paces: list[SamplingPace], what: str) -> list[dict[str, Any]]:
    """The medians of some runs, as rows of a benchmark."""
    figures = (
        ("samples a second", statistics.median(pace.looks_a_second for pace in paces), ">= 100", "{:.1f}"),
        ("longest wait for new rows", statistics.median(pace.longest_wait_s for pace in paces), "<= 1 s", "{:.2f} s"),
        ("time not sampled", 100 * statistics.median(pace.missed for pace in paces), "<= 5 %", "{:.1f} %"),
    )
    return [
        {
            "what": f"{what}, {name}",
            "ours": written.format(value),
            "other": None,
            "ratio": None,
            "interval": None,
            "bound": bound,
        }
        for name, value, bound, written in figures
    ]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
