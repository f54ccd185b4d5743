"""What a run directory says about its run, whatever state it is in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast

import msgspec

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profiles.rows import ProfileWarning
from jupyterlab_hotspots.profiles.run_info import RunInfo, Status
from jupyterlab_hotspots.runs import last_words
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.event_tail import parse


class BrokenRunError(HotspotsError):
    """A directory that looks like a run's but cannot be read as one."""

    reason = "broken_run"


# msgspec looks at a struct when it first decodes one, and two threads that do so at once crash the process (0.22):
# every struct that is decoded on several threads is looked at when its module is imported.
msgspec.json.Decoder(RunInfo)

_LARGEST: Final = (1 << 63) - 1
"""SQLite's integers, which those of the index are."""


def read_info(directory: RunDirectory) -> RunInfo:
    """What is known about a run: its final information once it has ended, else what was asked for and its state.

    A run nobody watches any more comes as `lost`, also before that is written down.

    Raises:
        NotFound: there is no such run.
        BrokenRunError: what is written there cannot be understood.
    """
    result = directory.result()
    if result is None:
        return _unfinished(directory)
    info = _checked(directory, result)
    if not info.has_ended:
        raise broken(directory, f"it ended as {info.status}")
    return info


def read_warnings(directory: RunDirectory) -> list[ProfileWarning]:
    """The warnings a run has given so far, each once; also the one for which the disk had no room."""
    found: list[dict[str, Any]] = []
    tail = directory.tail()
    while lines := tail.read():
        # Most events are long; the few warnings are seen without parsing the others.
        found += [event for line in lines if b'"type":"warning"' in line[:200] and (event := parse(line)) is not None]
    said = (last_words.read(directory.last_words_file) or {}).get("warning")
    if isinstance(said, dict):
        found.append(cast("dict[str, Any]", said))
    warnings: list[ProfileWarning] = []
    for one in found:
        code, message, hint = (str(one.get(name) or "") for name in ("code", "message", "hint"))
        warning = ProfileWarning(code=code, message=message, hint=hint)
        if warning not in warnings:
            warnings.append(warning)
    return warnings


def _unfinished(directory: RunDirectory) -> RunInfo:
    try:
        request = directory.request()
    except HotspotsError as error:
        if error.reason == "not_found":
            raise
        raise broken(directory, error.message) from error
    state = directory.state()
    if state == "ended":  # between the two looks
        return read_info(directory)
    supervisor: dict[str, Any] = directory.supervisor() or {}
    target = request.target
    status: Status = state
    known: dict[str, Any] = {
        "status": status,
        "target": target.as_json(),
        "profiler": request.profiler,
        "created": request.created,
        "reason": _LOST if status == "lost" else None,
        "started": supervisor.get("started"),
        "pid": supervisor.get("target_pid"),
        "host": supervisor.get("host"),
        "cwd": request.cwd,
        "executable": request.python,
        "by": request.by,
        "group": request.group,
        "options": dict(request.options),
    }
    return _checked(directory, known)


def _checked(directory: RunDirectory, said: dict[str, Any]) -> RunInfo:
    """What a run's files say, as they may be damaged or written by the run itself. Its folder's name is its id."""
    try:
        info = msgspec.convert({**said, "id": directory.id}, RunInfo)
        for moment in (info.created, info.started, info.ended):
            if moment is not None:
                datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
        if any(abs(value) > _LARGEST for value in said.values() if isinstance(value, int)):
            raise broken(directory, "it has a number that is too large")
        msgspec.json.encode(info)  # refuses texts that are no Unicode
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise broken(directory, str(error)) from error
    return info


_LOST = "The process that watched this run is gone; what had arrived by then is kept."


def broken(directory: RunDirectory, why: str) -> BrokenRunError:
    """The error for a run directory that cannot be understood."""
    return BrokenRunError(
        f"The run in {directory.path} cannot be read: {why.rstrip('.')}.",
        hint="Delete that directory if it is of no use.",
    )
