"""From the body of `POST runs` to a request the run directory keeps."""

from __future__ import annotations

import os
from pathlib import Path

import jupyterlab_hotspots
from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.runs.ulid import new_id
from jupyterlab_hotspots.server.messages import RunBody, TargetBody
from jupyterlab_hotspots.targets.module import module_target
from jupyterlab_hotspots.targets.process import process_target
from jupyterlab_hotspots.targets.python import find_python
from jupyterlab_hotspots.targets.script import script_target
from jupyterlab_hotspots.targets.target import Target


def requests_of(body: RunBody, *, root: Path, telemetry_hz: float) -> list[RunRequest]:
    """The requests, checked: one for each profiler, as a group if there are several.

    Args:
        body: relative paths in it are relative to `root`, and stay within it.
        root: the server's root folder.

    Raises:
        NotFound: the script does not exist.
        BadRequest: the target cannot be run, or there is no such profiler, interpreter or folder.
    """
    target = _target(body.target, root)
    folder = root if target.path is None else Path(target.path).parent
    profilers = registry.several(body.profiler)
    group = new_id() if len(profilers) > 1 else None
    return [
        RunRequest(
            target=target,
            profiler=profiler.name,
            options=registry.options_among(profilers, profiler, body.options),
            cwd=str(folder if body.cwd is None else within(root, body.cwd)),
            python=find_python(body.python, root),
            env=body.env,
            timeout_s=body.timeout_s,
            telemetry_hz=telemetry_hz,
            by="lab",
            queued=True,
            group=group,
            version=jupyterlab_hotspots.__version__,
        )
        for profiler in profilers
    ]


def within(root: Path, path: str) -> Path:
    """An absolute path as it is; a relative one within the root.

    The lab writes its own root as `/`, and so do people: that, and what is there below the root only, is meant so.

    Raises:
        BadRequest: it leads out of the root.
    """
    given = os.path.expanduser(path)  # noqa: PTH111  (no error for a user who is not there)
    inner = given.lstrip("/")
    if given.startswith("/") and (not inner or (not os.path.lexists(given) and os.path.exists(root / inner))):  # noqa: PTH110  (no error where looking is denied)
        given = inner
    found = Path(os.path.abspath(root / given))  # noqa: PTH100  (links stay as they are)
    if not Path(given).is_absolute() and not found.is_relative_to(root):
        raise BadRequest(
            f"The path {path} leads out of the server's root folder.", hint="Give an absolute path.", reason="bad_path"
        )
    return found


def _target(target: TargetBody, root: Path) -> Target:
    if target.kind == "script":
        if not target.path:
            raise BadRequest("No script was named.", hint="Choose a Python file.", reason="bad_target")
        return script_target(within(root, target.path), target.args)
    if target.kind == "module":
        return module_target(target.module or "", target.args)
    if target.kind == "process":
        if target.pid is None:
            raise BadRequest("No process was named.", hint="Give its id.", reason="bad_target")
        return process_target(target.pid)
    raise BadRequest(
        f"Targets of the kind {target.kind} cannot be run from here yet.",
        hint="Choose a script, a module or a process.",
        reason="bad_target",
    )
