"""How far a long loop has come: told to Hotspots where it watches, else a bar in a terminal or plain lines in a log."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")

LINES_PER_LOOP = 10
LONGEST_SILENCE_S = 30.0
BAR_REFRESH_S = 0.1

TOLD_BY = "HOTSPOTS_PROGRESS"
"""Hotspots names a file in this variable; a program that appends lines `{"done", "total", "label"}` gets a bar."""


def with_progress(items: Iterable[Item], total: int, verb: str, *, quiet: bool = False) -> Generator[Item, None, None]:
    """Pass the items through and say how many of `total` are done, as in ``read 300 of 1000, 64.1 alerts/s``.

    Close the generator when the loop may end early, so that a bar gives the terminal back.
    """
    if os.environ.get(TOLD_BY):
        return _telling(items, total, os.environ[TOLD_BY])
    if quiet:
        return _silently(items)
    if sys.stderr.isatty():
        return _with_bar(items, total, verb)
    return _with_lines(items, total, verb)


def alerts_per_second(alerts: int, seconds: float) -> str:
    """A rate as every message of this room writes it."""
    return f"{alerts / max(seconds, 1e-9):.1f} alerts/s"


def _silently(items: Iterable[Item]) -> Generator[Item, None, None]:
    yield from items


def _telling(items: Iterable[Item], total: int, path: str) -> Generator[Item, None, None]:
    try:
        told = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        yield from items
        return
    try:
        started = said = time.monotonic()
        for done, item in enumerate(items, start=1):
            yield item
            now = time.monotonic()
            if now - said > BAR_REFRESH_S or done == total:
                said = now
                label = alerts_per_second(done, now - started)
                os.write(told, json.dumps({"done": done, "total": total, "label": label}).encode() + b"\n")
    finally:
        os.close(told)


def _with_lines(items: Iterable[Item], total: int, verb: str) -> Generator[Item, None, None]:
    started = said = time.monotonic()
    for done, item in enumerate(items, start=1):
        # Control comes back here when the consumer is done with the item, which is when it counts.
        yield item
        now = time.monotonic()
        if done * LINES_PER_LOOP // total > (done - 1) * LINES_PER_LOOP // total or now - said > LONGEST_SILENCE_S:
            said = now
            print(f"{verb} {done} of {total}, {alerts_per_second(done, now - started)}", file=sys.stderr, flush=True)


def _with_bar(items: Iterable[Item], total: int, verb: str) -> Generator[Item, None, None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    # rich's own refresh thread would appear in the profile of whoever profiles this script.
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False) as bar:
        task = bar.add_task(verb, total=total, rate="")
        started = drawn = time.monotonic()
        for done, item in enumerate(items, start=1):
            yield item
            now = time.monotonic()
            if now - drawn > BAR_REFRESH_S or done == total:
                drawn = now
                bar.update(task, completed=done, rate=alerts_per_second(done, now - started), refresh=True)
