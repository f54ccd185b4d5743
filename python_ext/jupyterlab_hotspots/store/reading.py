"""What a run directory says about its run, whatever state it is in."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profiles.run_info import RunInfo, Status, TargetInfo
from jupyterlab_hotspots.runs.directory import RunDirectory


class BrokenRunError(HotspotsError):
    """A directory that looks like a run's but cannot be read as one."""

    reason = "broken_run"


# msgspec looks at a struct when it first decodes one, and two threads that do so at once crash the process (0.22):
# every struct that is decoded on several threads is looked at when its module is imported.
msgspec.json.Decoder(RunInfo)


def read_info(directory: RunDirectory) -> RunInfo:
    """What is known about a run: its final information once it has ended, else what was asked for and its state.

    A run nobody watches any more comes as `lost`, also before that is written down.

    Raises:
        NotFound: there is no such run.
        BrokenRunError: what is written there cannot be understood.
    """
    result = directory.result()
    if result is not None:
        try:
            return msgspec.convert(result, RunInfo)
        except msgspec.ValidationError as error:
            raise _broken(directory, str(error)) from error
    return _unfinished(directory)


def _unfinished(directory: RunDirectory) -> RunInfo:
    try:
        request = directory.request()
    except HotspotsError as error:
        if error.reason == "not_found":
            raise
        raise _broken(directory, error.message) from error
    state = directory.state()
    if state == "ended":  # between the two looks
        return read_info(directory)
    supervisor: dict[str, Any] = directory.supervisor() or {}
    target = request.target
    status: Status = state
    return RunInfo(
        id=request.id,
        status=status,
        target=TargetInfo(
            kind=target.kind,
            name=target.name,
            path=target.path,
            module=target.module,
            args=tuple(target.args),
        ),
        profiler=request.profiler,
        created=request.created,
        reason=_LOST if status == "lost" else None,
        started=supervisor.get("started"),
        pid=supervisor.get("target_pid"),
        host=supervisor.get("host"),
        cwd=request.cwd,
        executable=request.python,
        by=request.by,
        group=request.group,
        options=dict(request.options),
    )


_LOST = "The process that watched this run is gone; what had arrived by then is kept."


def _broken(directory: RunDirectory, why: str) -> BrokenRunError:
    return BrokenRunError(
        f"The run in {directory.path} cannot be read: {why}", hint="Delete that directory if it is of no use."
    )
