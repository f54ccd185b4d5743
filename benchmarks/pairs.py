"""Two ways of doing the same, compared by running them in turns: the statistics all benchmarks share.

A machine's speed drifts (frequency, neighbours), so one long series of each says little. Runs are taken in pairs, one
directly after the other, in alternating order; each pair gives a ratio, and what drifts slowly falls out of it. The
figure is the median of the ratios, and its interval is the one of the sign test: between the order statistics that
enclose the true median with at least the wanted probability, whatever the distribution (W. J. Conover, "Practical
Nonparametric Statistics", 3rd ed., section 3.2; the ranks are quantiles of the binomial distribution with p = 1/2).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import binom

PAIRS = 11
"""The fewest pairs that a committed figure rests on."""


@dataclass(frozen=True)
class Spent:
    """What one run took: seconds of wall time, and of CPU time of the process and the children it waited for."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Ratio:
    """The median of paired ratios with its interval, and the medians of both sides."""

    ours: float
    other: float
    ratio: float
    interval: tuple[float, float]

    def row(self, what: str, unit: str = "s", bound: float | None = None) -> dict[str, object]:
        """A row of `--json`, as `run_all.py` describes them."""
        return {
            "what": what,
            "ours": f"{self.ours:.3f} {unit}",
            "other": f"{self.other:.3f} {unit}",
            "ratio": round(self.ratio, 4),
            "interval": [round(end, 4) for end in self.interval],
            "bound": None if bound is None else f"<= {bound}",
        }


def median_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """An interval that holds the median of where the values come from with at least that probability.

    With so few values that no interval does (fewer than 6 for 95 %), it is the whole range.
    """
    ordered = sorted(values)
    count = len(ordered)
    # Fewer values than this lie on one side of the median by chance with at most half of what remains.
    rank = max(1, int(binom.ppf((1 - confidence) / 2, count, 0.5)))  # pyright: ignore[reportUnknownMemberType]
    return ordered[rank - 1], ordered[count - rank]


def paired_ratio(ours: Sequence[float], others: Sequence[float], confidence: float = 0.95) -> Ratio:
    """The median of `ours[i] / others[i]`, where the runs i were made one directly after the other."""
    ratios = [our / other for our, other in zip(ours, others, strict=True)]
    return Ratio(
        statistics.median(ours),
        statistics.median(others),
        statistics.median(ratios),
        median_interval(ratios, confidence),
    )


def in_turns(
    ours: Callable[[], Spent], other: Callable[[], Spent], pairs: int = PAIRS, warm_up: int = 1
) -> tuple[list[Spent], list[Spent]]:
    """Runs both in pairs, the order alternating, after `warm_up` pairs that do not count."""
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    for number in range(-warm_up, pairs):
        order = (0, 1) if number % 2 else (1, 0)
        pair: dict[int, Spent] = {side: (ours, other)[side]() for side in order}
        if number >= 0:
            for side in order:
                spent[side].append(pair[side])
    return spent


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    meanwhile: Callable[[subprocess.Popen[bytes]], None] | None = None,
) -> Spent:
    """Runs a command to its end; its output is dropped.

    Args:
        meanwhile: called with the running process; it may wait for its end, but not take its exit status.

    Raises:
        RuntimeError: it failed.
    """
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [os.fspath(word) for word in command],
            cwd=cwd,
            env=None if env is None else {**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        if meanwhile is not None:
            meanwhile(process)
        # wait4 gives the times of this one child alone, however many others there are.
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace")
            raise RuntimeError(f"{command} ended with {process.returncode}: {said}")
    return Spent(wall_s, usage.ru_utime + usage.ru_stime)
