"""Makes a run directory and starts its supervisor."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from jupyterlab_hotspots.errors import BadRequest, Conflict, Unavailable
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.runs import lock
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.own_module import command_of
from jupyterlab_hotspots.runs.process_tree import start_mark
from jupyterlab_hotspots.runs.request import RunRequest

_supervisors: dict[int, subprocess.Popen[bytes]] = {}


def create(store_root: str | os.PathLike[str], request: RunRequest) -> RunDirectory:
    """Make the directory of a new run; it is not started by that.

    Raises:
        BadRequest: the request names a profiler, folder or interpreter that does not exist.
        Unavailable: the directory cannot be made.
    """
    described = registry.description(request.profiler)
    if request.target.kind not in described.targets:
        able = [one.name for one in registry.descriptions() if request.target.kind in one.targets]
        raise BadRequest(
            f"The profiler {described.name} cannot watch a {request.target.kind}.",
            hint=f"Choose {' or '.join(able)}.",
            reason="bad_profiler",
        )
    if not os.path.isdir(request.cwd):  # noqa: PTH112  (no error for a name that is too long)
        raise BadRequest(
            f"There is no folder {request.cwd} to work in.", hint="Choose another working directory.", reason="bad_cwd"
        )
    if not os.access(request.python, os.X_OK):
        raise BadRequest(
            f"{request.python} is not a program that may be executed.",
            hint="Choose a Python interpreter.",
            reason="python_not_found",
        )
    run = RunDirectory.in_store(store_root, request.id)
    try:
        run.make(_told_apart(request))
    except OSError as error:
        raise Unavailable(
            f"The run's folder {run.path} cannot be made: {error.strerror}.",
            hint="Check the disk and the folder of the history (HOTSPOTS_STORE).",
            reason="store_unusable",
        ) from error
    return run


def _told_apart(request: RunRequest) -> RunRequest:
    """With what tells a target process from another one that has its id by the time the run begins."""
    target = request.target
    if target.pid is None or target.started is not None:
        return request
    return replace(request, target=replace(target, started=start_mark(target.pid)))


def start(run: RunDirectory, stdin: int | None = None) -> int:
    """Start the supervisor of a run, which starts the target.

    The supervisor has a session of its own: it outlives its caller, and the terminal. The run is locked before this
    returns, so it is started once, whoever else tries.

    Args:
        run: a run that has not been started.
        stdin: descriptor of what the target shall read as standard input; None for nothing (``/dev/null``). It must not
            be a terminal: the target has another session, and would not get to read it.

    Returns:
        The supervisor's process id.

    Raises:
        NotFound: there is no such run.
        Conflict: it has been started already.
        Unavailable: no process can be made, or the store's file system has no locks.
    """
    reap()
    run.request_document()
    try:
        held = lock.acquire(run.lock_file)
    except OSError as error:
        raise Unavailable(
            f"The run cannot be locked: {error.strerror}.",
            hint="Put the history on a file system with locks (HOTSPOTS_STORE names its folder).",
            reason="store_unusable",
        ) from error
    if held is None:
        raise Conflict(f"The run {run.id} has been started already.", hint="Follow it instead.")
    try:
        if run.supervisor_log.exists() or run.events_file.exists() or run.result_file.exists():
            raise Conflict(f"The run {run.id} has been started before.", hint="Make a new run of the same request.")
        return _spawn(run, held, stdin)
    finally:
        os.close(held)


def reap() -> None:
    """Wait for the supervisors this process has started and that have ended; long-lived callers do so now and then."""
    for pid, process in list(_supervisors.items()):
        if process.poll() is not None:
            del _supervisors[pid]


def _spawn(run: RunDirectory, held: int, stdin: int | None) -> int:
    if not sys.executable:
        raise Unavailable("This Python does not know its own program.", hint="Use the command line: jupyter hotspots.")
    try:
        with run.supervisor_log.open("ab") as log:
            process = subprocess.Popen(
                command_of("runs.supervisor", str(run.path), str(held)),
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=log,
                stderr=log,
                pass_fds=(held,),
                start_new_session=True,
            )
    except OSError as error:
        raise Unavailable(
            f"The run cannot be started: {error.strerror}.", hint="The machine may be out of memory, disk or processes."
        ) from error
    _supervisors[process.pid] = process
    return process.pid
