"""Builds functions, lines, tree and time axis from what the watcher wrote, or functions from what the agent did.

The watcher is ours, but it lies where the profiled process can write: nothing in its files is trusted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from jupyterlab_hotspots.errors import NotFound
from jupyterlab_hotspots.profilers.agent_lines import AgentLines, is_number, read_agent_lines
from jupyterlab_hotspots.profilers.path_origins import origin_of
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.raw_columns import RawColumns, bad_raw, read_columns
from jupyterlab_hotspots.profilers.sampling.sampled import Sampled, read_sampled
from jupyterlab_hotspots.profilers.sampling.tables import measurements_of
from jupyterlab_hotspots.profilers.source_lines import SourceLines
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import FunctionRow, ProfileWarning
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.profiles.values import Coded

INSIDE: Final = "inside.columns"
_ENOUGH_SAMPLES: Final = 100
_COVERED: Final = 0.95
_LATE_S: Final = 0.4
_BUSY_MACHINE: Final = 0.1
_SURELY_DEAD_S: Final = 1.5
"""A window that is torn off is shorter."""


def read(raw: Path, context: ReadContext) -> Measurements:
    """The tables of a run; see `protocol.Reader`."""
    said = read_agent_lines(raw)
    warnings = said.warnings
    try:
        inside = _inside(read_columns(raw / INSIDE))
    except NotFound:
        inside = None
    sampled = read_sampled(raw)
    if inside is not None and not sampled.windows:
        return Measurements(functions=inside, warnings=tuple(warnings))
    warnings = (*warnings, *_doubts(sampled, said, context))
    started = said.started
    if started is None and sampled.windows:
        started = min(window.began for window in sampled.windows)
    origin = cache(partial(origin_of, target=context.info.target.path))
    sources = SourceLines(_began(context.info.started))
    return measurements_of(sampled, origin, sources, started=started or 0.0, warnings=warnings)


def _began(started: str | None) -> float:
    """When the target's process was started, in seconds since 1970; 0 if it is not known."""
    return 0.0 if started is None else datetime.fromisoformat(started.replace("Z", "+00:00")).timestamp()


def _inside(columns: RawColumns) -> Any:
    texts = {name: columns.text(f"functions.{name}") for name in ("function", "qualname", "file", "origin")}
    names = ("function", "qualname", "file", "origin", "line", "samples", "own_s", "total_s")
    columns.length(*(f"functions.{name}" for name in names))
    lines = columns.counts("functions.line").astype(np.float64)
    seconds = {name: columns.seconds(f"functions.{name}") for name in ("own_s", "total_s")}
    samples = columns.counts("functions.samples")
    if any((values < 0).any() for values in (samples, *seconds.values())):
        raise bad_raw(columns.path, "it has times below zero")
    return build(
        FunctionRow,
        {
            **{name: Coded(text.codes, text.strings) for name, text in texts.items()},
            "line": np.where(lines > 0, lines, np.nan),
            "samples": samples,
            **seconds,
        },
    )


def _doubts(sampled: Sampled, said: AgentLines, context: ReadContext) -> Iterator[ProfileWarning]:
    """What a reader should know about these figures."""
    count = round(sum(window.looks for window in sampled.windows))
    code_s = context.info.code_s
    ended = said.stopped
    if ended is None and said.started is not None and code_s is not None:
        ended = said.started + code_s
    last = max((window.began + window.seconds for window in sampled.windows), default=said.started)
    unseen_s = 0.0 if sampled.is_whole or ended is None or last is None else ended - last
    if unseen_s > _SURELY_DEAD_S:
        yield ProfileWarning(
            code="watcher_died",
            message=f"Sampling ended by itself {unseen_s:.1f} s before the code did: what ran after that is missing.",
            hint="The sampler's process was killed, or the disk was full. Run it again.",
        )
    elif not sampled.is_whole and sampled.windows:
        yield ProfileWarning(
            code="cut_short",
            message="Sampling ended before the code did: the last samples may be missing.",
            hint="All that was measured before is here; a run that did not end by itself has a reason.",
        )
    if not count and unseen_s > _SURELY_DEAD_S:
        return
    if not count:
        yield ProfileWarning(
            code="no_samples",
            message="Nothing was sampled: the code ended before its first sample.",
            hint="It takes some 50 ms to begin; for code that short choose cprofile.",
        )
        return
    if count < _ENOUGH_SAMPLES:
        # Two standard errors of one half; samples at exponential intervals scatter twice as much as even ones.
        error = 100 * math.sqrt(2 / count)
        yield ProfileWarning(
            code="few_samples",
            message=f"Only {count} samples were taken: shares are within ±{error:.0f} points.",
            hint="Let it run longer, raise the rate (--option rate=500), or choose cprofile.",
        )
    without = _without_cpu(sampled)
    if without > _BUSY_MACHINE:
        yield ProfileWarning(
            code="no_cpu",
            message=f"For {100 * without:.0f} % of the time the code was ready to run but had no CPU.",
            hint="Other programs or the container's limit had it: times are longer than on a quiet machine.",
        )
    began = said.started
    first = min(window.began for window in sampled.windows)
    if is_number(began) and first - began > _LATE_S:
        yield ProfileWarning(
            code="began_late",
            message=f"The first sample was taken {first - began:.1f} s after the code had started.",
            hint="What ran before that is not in the tables.",
        )
    if unseen_s > _SURELY_DEAD_S:
        ended = last
    if is_number(ended) and ended - first > 1.0:
        seen = sum(max(0.0, min(ended, window.began + window.seconds) - window.began) for window in sampled.windows)
        if seen < _COVERED * (ended - first):
            yield ProfileWarning(
                code="gaps",
                message=f"For {100 * (1 - seen / (ended - first)):.0f} % of the time nothing was sampled.",
                hint="The machine was too busy for the sampler; what ran meanwhile is not in the tables.",
            )


def _without_cpu(sampled: Sampled) -> float:
    """The share of the main thread's time in which it could have run, but did not."""
    threads = (thread for window in sampled.windows for thread in window.threads if thread.main)
    pieces = [piece for thread in threads for piece in thread.pieces]
    seconds = sum(seconds for _, seconds, *_ in pieces)
    ready = sum(active - ran for _, _, active, ran in pieces if active is not None and ran is not None)
    return ready / seconds if seconds else 0.0
