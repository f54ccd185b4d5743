"""Starts queued runs, a few at a time, in the order they were asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable

from jupyterlab_hotspots.errors import Conflict, HotspotsError, NotFound
from jupyterlab_hotspots.runs import launch, lock
from jupyterlab_hotspots.runs.directory import RunDirectory, State
from jupyterlab_hotspots.runs.ending import end_unstarted
from jupyterlab_hotspots.runs.outcome import Outcome


def advance(
    unfinished: Iterable[RunDirectory], limit: int, start: Callable[[RunDirectory], int] = launch.start
) -> list[RunDirectory]:
    """Start the oldest queued runs while fewer than ``limit`` are running.

    Whoever keeps the list of runs calls this when one was added or has ended. Several servers may do so on one store:
    a run that another one starts meanwhile counts as running, and none is started twice. A run that cannot be started
    ends as failed and says why.

    Args:
        unfinished: the runs of the store that may be running or queued, in any order.
        limit: how many may run at once; runs started by the command line count, but are never held up.
        start: starts one.

    Returns:
        The runs started by this call, the oldest first.
    """
    states = [(run, _state(run)) for run in unfinished if run.exists()]
    running = sum(state == "running" for _, state in states)
    groups = {_group(run) for run, state in states if state == "running"}
    started: list[RunDirectory] = []
    for run in sorted((run for run, state in states if state == "queued"), key=lambda run: run.id):
        if running >= limit:
            break
        try:
            request = run.request_document()
            if not request.get("queued"):
                continue  # Whoever made it starts it, this very moment.
            group = request.get("group")
            if group is not None and group in groups:
                continue  # The runs of a group are compared: side by side they would slow each other down.
            start(run)
            groups.add(group)
            started.append(run)
        except Conflict:
            pass
        except NotFound:
            continue  # It was deleted meanwhile.
        except HotspotsError as error:
            _give_up(run, error)
            continue
        running += 1
    return started


def _state(run: RunDirectory) -> State | None:
    """Its state; None where it cannot be told, or the run was deleted meanwhile: the others go on."""
    try:
        return run.state()
    except (HotspotsError, OSError):
        return None


def _group(run: RunDirectory) -> object:
    try:
        return run.request_document().get("group")
    except (HotspotsError, OSError):
        return None


def _give_up(run: RunDirectory, error: HotspotsError) -> None:
    with contextlib.suppress(OSError):  # It was deleted meanwhile, or the disk is full: the others go on.
        held = lock.acquire(run.lock_file)
        if held is None:
            return
        try:
            if not run.events_file.exists():
                end_unstarted(str(run.path), run.request_document(), Outcome("failed", "cannot_start", str(error)))
        finally:
            os.close(held)
