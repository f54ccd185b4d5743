"""The process beside each run: ``python -m jupyterlab_hotspots.runs.supervisor RUN_DIRECTORY [LOCK_DESCRIPTOR]``.

It takes the run's lock, starts the target, and only then imports what it needs to watch it: the target's interpreter
starts meanwhile, and the user waits for that one only.
"""

from __future__ import annotations

import os
import signal
import sys

from jupyterlab_hotspots.runs import layout, lock, process_tree
from jupyterlab_hotspots.runs.files import read_json, write_json
from jupyterlab_hotspots.runs.target_process import CannotStartError, TargetProcess
from jupyterlab_hotspots.runs.wakeup import Wakeup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from jupyterlab_hotspots.runs.outside import Outside

LIVE_ROWS = 200
"""Rows of a live table; a panel shows fewer."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Watch one run from its start to its end.

    Args:
        arguments: the run directory, and, where the caller has locked it already, the lock's descriptor.

    Returns:
        0 if the run has ended (however), 1 if another supervisor has it.
    """
    words = sys.argv[1:] if arguments is None else arguments
    folder = os.path.abspath(words[0])
    if len(words) > 1:
        held = int(words[1])
        os.set_inheritable(held, False)  # The target must not keep the lock when we are gone.
    elif lock.acquire(os.path.join(folder, layout.LOCK)) is None:
        sys.stderr.write("another supervisor watches this run\n")
        return 1
    if os.path.exists(os.path.join(folder, layout.EVENTS)) or os.path.exists(os.path.join(folder, layout.RESULT)):
        sys.stderr.write("this run has been started before\n")
        return 1
    os.chdir("/")  # Nobody's folder or disk shall be kept busy by us.
    wakeup = Wakeup()
    request = read_json(os.path.join(folder, layout.REQUEST)) or {}
    if _is_cancelled(folder):
        return _end_before_start(folder, request, "cancelled", "cancelled", "It was cancelled before it began.")
    asked: dict[str, Any] = request.get("target") or {}
    if asked.get("kind") == "process":
        from jupyterlab_hotspots.runs import attached

        if not attached.is_meant(asked):
            gone = f"The process {asked.get('pid')} has ended since it was asked for."
            return _end_before_start(folder, request, "failed", "cannot_start", gone)
        os.mkdir(os.path.join(folder, layout.RAW))
        attached.watch(folder, request, wakeup)
        return 0
    # Before there is a target: one that ends at once may leave children behind.
    is_subreaper = process_tree.become_subreaper()
    try:
        target = _start(folder, request)
    except CannotStartError as error:
        return _end_before_start(folder, request, "failed", "cannot_start", _in_words(error, request))
    except (OSError, KeyError, TypeError, ValueError) as error:
        return _end_before_start(folder, request, "failed", "cannot_start", _what_is_wrong(folder, error))
    _leave_standard_input()

    from jupyterlab_hotspots.runs.beginning import begin

    try:
        outside = _start_outside(folder, request, target)
        events, last_words = begin(folder, request["id"], target)

        from jupyterlab_hotspots.runs.watch import Watch

        watch = Watch(folder, request, target, wakeup, events, last_words, outside, is_subreaper=is_subreaper)
    except BaseException:
        os.killpg(target.pid, signal.SIGKILL)  # Nothing may run that nobody watches.
        raise
    watch.run()
    return 0


def _start(folder: str, request: dict[str, Any]) -> TargetProcess:
    raw = os.path.join(folder, layout.RAW)
    agent_file = os.path.join(folder, layout.AGENT)
    profiler = os.path.join(_PACKAGE, "profilers", request["profiler"])
    collector = os.path.join(profiler, "collector.py")
    os.mkdir(raw)
    agent: dict[str, Any] = {
        "folder": raw,
        # A profiler that watches from outside, or runs the target itself, has none.
        "collector": collector if os.path.exists(collector) else None,
        "options": request.get("options") or {},
        "target": request["target"],
        "live": True,
        "parent": os.getpid(),
        "limit": LIVE_ROWS,
    }
    if os.path.exists(os.path.join(profiler, "command.py")):
        from importlib import import_module

        command = import_module(f"jupyterlab_hotspots.profilers.{request['profiler']}.command").command(request, raw)
    else:
        write_json(agent_file, agent)
        command = [request["python"], os.path.join(_PACKAGE, "agent", "launch.py"), agent_file]
    return TargetProcess(
        command,
        cwd=request["cwd"],
        env={
            **os.environ,
            **(request.get("env") or {}),
            layout.RUN_VARIABLE: request["id"],
            layout.PROGRESS_VARIABLE: os.path.join(folder, layout.PROGRESS),
        },
        stdout=os.path.join(folder, layout.STDOUT),
        stderr=os.path.join(folder, layout.STDERR),
    )


def _start_outside(folder: str, request: dict[str, Any], target: TargetProcess) -> Outside | None:
    """The process that watches from outside, for a profiler of that kind: it needs as long to begin as the target."""
    if not os.path.exists(os.path.join(_PACKAGE, "profilers", request["profiler"], "watcher.py")):
        return None
    from jupyterlab_hotspots.runs.outside import Outside

    return Outside(folder, request, target.pid, started=target.started)


def _is_cancelled(folder: str) -> bool:
    try:
        with open(os.path.join(folder, layout.CONTROL), "rb") as file:
            return layout.CANCEL in file.read()
    except OSError:
        return False


def _leave_standard_input() -> None:
    """Whoever feeds the target's standard input must notice when the target does not read it any more."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _end_before_start(folder: str, request: dict[str, Any], status: str, code: str, reason: str) -> int:
    from jupyterlab_hotspots.runs.ending import end_unstarted
    from jupyterlab_hotspots.runs.outcome import Outcome

    end_unstarted(folder, request, Outcome(status, code, reason))
    return 0


def _in_words(error: CannotStartError, request: dict[str, Any]) -> str:
    path = request["cwd"] if error.what == "folder" else request["python"]
    what = "The working directory" if error.what == "folder" else "The Python interpreter"
    return f"{what} {path} cannot be used: {os.strerror(error.number)}."


def _what_is_wrong(folder: str, error: Exception) -> str:
    from jupyterlab_hotspots.errors import HotspotsError
    from jupyterlab_hotspots.runs.directory import RunDirectory

    try:
        RunDirectory(folder).request()
    except HotspotsError as complaint:
        return str(complaint)
    return f"It could not be started: {error}."


if __name__ == "__main__":
    sys.exit(main())
