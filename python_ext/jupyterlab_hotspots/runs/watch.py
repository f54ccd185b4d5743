"""Watches one target: telemetry, live rows, wishes to stop, the time-out, and its end."""

# ruff: noqa: PTH116, PTH118

from __future__ import annotations

import os
import signal
from time import monotonic

from jupyterlab_hotspots.runs import layout, process_tree
from jupyterlab_hotspots.runs.beginning import running
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.runs.ending import known_before, write_end
from jupyterlab_hotspots.runs.event_tail import Tail, parse
from jupyterlab_hotspots.runs.live import LiveReader, number
from jupyterlab_hotspots.runs.outcome import Outcome, of_target
from jupyterlab_hotspots.runs.pace import Pace
from jupyterlab_hotspots.runs.progress import ProgressReader
from jupyterlab_hotspots.runs.stopping import Stopping
from jupyterlab_hotspots.runs.telemetry_events import Telemetry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.runs.event_log import EventLog
    from jupyterlab_hotspots.runs.last_words import LastWords
    from jupyterlab_hotspots.runs.outside import Outside
    from jupyterlab_hotspots.runs.target_process import TargetProcess
    from jupyterlab_hotspots.runs.wakeup import Wakeup

_TICK_S = 0.1
"""How long a word in ``control`` may wait that nobody announced by SIGURG."""
_SOON_S = 0.02
"""How often to look while the agent is expected to say something."""
_STARTING_S = 5.0
_ANSWER_SOON_S = 0.2
_OUTPUT_EVERY_S = 0.5
_STEPS = {"SIGINT": "asked to", "SIGTERM": "told to", "SIGKILL": "killed"}
_LEFTOVER_GRACE_S = 1.0
_OUTSIDE_PATIENCE_S = 6.0
"""How long the process that watches from outside may take to write its end."""
_LINGER_S = 0.25
"""Helpers of a program (a resource tracker, the end of a pipeline) end a moment after it."""


class Watch:
    """One run, from the moment its target has been started to its end.

    Args:
        folder: the run directory, locked by this process.
        request: ``run.json``.
        target: the process, just started.
        wakeup: this process' signals.
        events: the run's events, begun.
        last_words: the room reserved for its end.
        outside: the process that watches the target from outside, for profilers of that kind.
        is_subreaper: whether descendants of the target whose parent ends become ours.
    """

    def __init__(
        self,
        folder: str,
        request: dict[str, Any],
        target: TargetProcess,
        wakeup: Wakeup,
        events: EventLog,
        last_words: LastWords,
        outside: Outside | None = None,
        *,
        is_subreaper: bool = False,
    ) -> None:
        self._folder = folder
        self._request = request
        self._target = target
        self._wakeup = wakeup
        self._events = events
        self._last_words = last_words
        self._is_subreaper = is_subreaper
        self._childless = False
        self._live = LiveReader(self._at(layout.RAW, layout.LIVE), started=target.started)
        self._control = Tail(self._at(layout.CONTROL))
        self._progress = ProgressReader(self._at(layout.PROGRESS))
        grace = request.get("grace_s") or (5.0, 5.0)
        self._stopping = Stopping(target.pid, (float(grace[0]), float(grace[1])), self._everyone)
        self._pace: Pace | None = None
        timeout_s = request.get("timeout_s")
        self._timeout_at = None if timeout_s is None else target.started + timeout_s
        self._budget: dict[str, Any] = {}
        self._budget_at: float | None = None
        self._take_budget(request.get("budget"))
        self._signal_said: str | None = None
        self._output_due = 0.0
        self._output_said = (0, 0)
        self._telemetry = Telemetry(target.pid, started=target.started, hertz=request.get("telemetry_hz") or 10.0)
        self._outside = outside
        if outside is not None:
            self._telemetry.exclude(outside.pid)

    def look_at_code_from(self, moment: float) -> None:
        """The code runs already, without an agent that would say so; `moment` is of ``time.monotonic()``."""
        self._live.code_started = moment

    def run(self) -> None:
        """Watch until the end is written."""
        try:
            while not self._target_has_ended():
                now = monotonic()
                self._look_for_wishes(now)
                self._read_live()
                self._ask_for_snapshot(now)
                self._take_telemetry(now)
                self._look_at_output(now)
                self._look_at_progress(now)
                self._wakeup.sleep(self._until_next(monotonic()))
            self._end()
        except BaseException:
            # A fault of ours: the run is lost, but nothing of it may go on unwatched.
            process_tree.send(self._everyone(), signal.SIGKILL)
            raise

    def _at(self, *names: str) -> str:
        return os.path.join(self._folder, *names)

    def _say_running(self, reason: str) -> None:
        self._events.append("status", running(self._target, reason))

    def _everyone(self) -> list[int]:
        """The running processes of the tree, wherever in it; the target among them until it has been waited for."""
        if self._childless:
            return []
        everyone = self._telemetry.everyone()
        if everyone is None:
            everyone = process_tree.carrying(self._request["id"])
        return everyone if self._target.status is not None else list({self._target.pid, *everyone})

    def _everyone_for_sure(self) -> list[int]:
        """As `_everyone`, with those that slipped away before this process became the one orphans are given to."""
        return list({*self._everyone(), *process_tree.carrying(self._request["id"])})

    # --- what happens while it runs -------------------------------------------------------------------------------

    def _target_has_ended(self) -> bool:
        self._reap()
        return self._target.status is not None

    def _reap(self) -> None:
        """Wait for the children that have ended: the target, and orphans of its tree that became ours."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                # A subreaper without children has no descendants at all; others may have lost sight of some.
                self._childless = self._is_subreaper
                return
            if pid == 0:
                return
            if pid == self._target.pid:
                self._target.has_ended(status, (usage.ru_utime, usage.ru_stime, usage.ru_maxrss))

    def _look_for_wishes(self, now: float) -> None:
        wishes, self._wakeup.wishes = self._wakeup.wishes, 0
        if self._control.grown():
            for line in self._control.read():
                wishes += line + b"\n" == layout.CANCEL
                if line.startswith(layout.BUDGET):
                    self._take_budget(parse(line[len(layout.BUDGET) :]))
        for _ in range(wishes):
            self._wish_to_stop(now, "cancelled", "It was stopped on request.")
        if self._timeout_at is not None and now >= self._timeout_at and self._stopping.code is None:
            self._wish_to_stop(now, "timed_out", f"It timed out after {self._request['timeout_s']:g} s.")
        if self._budget_at is not None and now >= self._budget_at and self._stopping.code is None:
            from jupyterlab_hotspots.runs.budget import overrun

            self._wish_to_stop(now, "over_budget", overrun(self._budget, self._request["profiler"]))
        name = self._stopping.step(now)
        if name is not None and name != self._signal_said:
            self._signal_said = name
            self._say_running(f"Stopping: {_STEPS[name]}, by {name}.")

    def _wish_to_stop(self, now: float, code: str, reason: str) -> None:
        self._stopping.begin(now, code, reason)

    def _take_budget(self, budget: dict[str, Any] | None) -> None:
        limit_s = None if budget is None else number(budget.get("limit_s"))
        if budget is not None and limit_s is not None and limit_s > 0:
            self._budget = budget
            self._budget_at = self._target.started + limit_s

    def _read_live(self) -> None:
        for kind, fields, t in self._live.read():
            self._events.append(kind, fields, t=t)
        if self._outside is not None:
            for kind, fields, t in self._outside.read(self._live.code_started):
                self._events.append(kind, fields, t=t)
        if self._pace is None and self._live.code_started is not None:
            self._pace = Pace(self._live.code_started)
        for when, cost_s in self._live.answers:
            if self._pace is not None:
                self._pace.answered(when, cost_s)

    def _ask_for_snapshot(self, now: float) -> None:
        number = self._live.signal
        if self._pace is None or number is None or self._live.stopped is not None or now < self._pace.due:
            return
        if self._outside is not None and not self._outside.is_denied:
            self._pace.due = now + _TICK_S
            return
        self._pace.asked(now)
        try:
            os.kill(self._target.pid, number)
        except OSError:
            pass

    def _take_telemetry(self, now: float) -> None:
        for kind, fields in self._telemetry.take(now):
            self._events.append(kind, fields)

    def _look_at_output(self, now: float, *, at_once: bool = False) -> None:
        if now < self._output_due and not at_once:
            return
        sizes = (_size(self._at(layout.STDOUT)), _size(self._at(layout.STDERR)))
        if sizes != self._output_said:
            self._output_said = sizes
            self._output_due = now + _OUTPUT_EVERY_S
            self._events.append("output", {"stdout": sizes[0], "stderr": sizes[1]})

    def _look_at_progress(self, now: float, *, at_once: bool = False) -> None:
        progress = self._progress.read(now, at_once=at_once)
        if progress is not None:
            self._events.append("progress", progress)

    def _until_next(self, now: float) -> float:
        times = [now + _TICK_S, self._telemetry.due]
        if self._stopping.code is None:
            times += [at for at in (self._timeout_at, self._budget_at) if at is not None]
        if self._stopping.due is not None:
            times.append(self._stopping.due)
        if self._pace is None:
            if now - self._target.started < _STARTING_S:
                times.append(now + _SOON_S)
        elif self._live.stopped is None and self._live.signal is not None:
            times.append(self._pace.due)
            if self._pace.waiting and now < self._pace.asked_at + _ANSWER_SOON_S:
                times.append(now + _SOON_S)
        return min(times) - now

    # --- how it ends ----------------------------------------------------------------------------------------------

    def _end(self) -> None:
        ended = self._target.ended or monotonic()
        ended_time = self._target.started_time + ended - self._target.started
        self._wait_for_outside()
        self._read_live()
        if self._stopping.code is None:
            self._say_who_is_left()
        else:
            self._end_who_is_left()
        for kind, fields in self._telemetry.rest():
            self._events.append(kind, fields)
        self._look_at_output(ended, at_once=True)
        self._look_at_progress(ended, at_once=True)
        peak_bytes = max(self._target.max_rss_bytes or 0, self._telemetry.peak_bytes())
        memory = (peak_bytes, self._telemetry.memory_limit_bytes()) if self._telemetry.oom_kills() else None
        outcome = self._outcome(memory)
        if memory is not None and outcome.reason_code != "out_of_memory":
            self._warn_of_killed_child()
        info = self._info(outcome, ended, ended_time, peak_bytes)
        write_end(self._folder, self._events, info, self._last_words, None)
        self._events.close()
        self._telemetry.close()

    def _outcome(self, memory: tuple[int, int | None] | None) -> Outcome:
        return of_target(
            self._target,
            self._live.stopped,
            began=self._live.code_started is not None,
            stop_code=self._stopping.code,
            stop_reason=self._stopping.reason,
            memory=memory,
        )

    def _wait_for_outside(self) -> None:
        give_up = monotonic() + _OUTSIDE_PATIENCE_S
        while self._outside is not None and not self._outside.has_ended:
            if monotonic() >= give_up:
                self._outside.kill()
            self._wakeup.sleep(_SOON_S / 4)
            self._reap()

    def _say_who_is_left(self) -> None:
        """As after ``python script.py``, what a script left in the background goes on; it is only no longer watched."""
        give_up = monotonic() + _LINGER_S
        while (left := self._everyone()) and monotonic() < give_up:
            self._wakeup.sleep(_SOON_S)
            self._reap()
        if left:
            names = ", ".join(f"{process_tree.name(pid) or '?'} ({pid})" for pid in left[:5])
            more = f" and {len(left) - 5} more" if len(left) > 5 else ""
            self._events.append(
                "warning",
                {
                    "code": "children_left",
                    "message": f"Processes it started go on, no longer watched: {names}{more}.",
                    "hint": "Have the script wait for its children if they shall be measured, or end them by hand.",
                    "pids": left,
                },
            )

    def _end_who_is_left(self) -> None:
        """Nothing survives a stop: not who ignores signals, left the group or made itself a daemon."""
        grace_s = min(self._stopping.grace_left_s(), _LEFTOVER_GRACE_S)
        left = process_tree.end_all(self._everyone_for_sure, self._reap, grace_s=grace_s)
        if left:
            self._events.append(
                "warning",
                {
                    "code": "children_left",
                    "message": f"Processes it started could not be ended: {', '.join(map(str, left))}.",
                    "hint": "They belong to another user, or wait for a disk; end them by hand.",
                    "pids": left,
                },
            )

    def _warn_of_killed_child(self) -> None:
        warning = {
            "code": "out_of_memory",
            "message": "A process was killed for want of memory while this ran; it may have been a child of this run.",
            "hint": "Use fewer worker processes, smaller pieces, or a machine with more memory.",
        }
        self._events.append("warning", warning)

    def _info(self, outcome: Outcome, ended: float, ended_time: float, peak_bytes: int) -> dict[str, Any]:
        live, target = self._live, self._target
        stopped = live.stopped or {}
        code_ended = stopped.get("t", ended)
        import_s = number(stopped.get("import_s"))
        limits = self._telemetry.limits()
        fields: dict[str, Any] = {
            **known_before(self._request),
            **outcome.as_json(),
            "started": iso_utc(target.started_time),
            "ended": iso_utc(ended_time),
            "wall_s": round(ended - target.started, 6),
            "code_s": None if live.code_started is None else _code_s(code_ended - live.code_started, import_s),
            "startup_s": None if live.code_started is None else round(live.code_started - target.started, 6),
            "import_s": import_s,
            "cpu_s": None if target.cpu_s is None else round(target.cpu_s, 6),
            "peak_rss_bytes": peak_bytes or None,
            "exit_code": target.exit_code,
            "signal": target.signal,
            **live.interpreter,
            "cpus": limits.get("cpu_limit_cores") or limits.get("host_cores"),
            "memory_bytes": limits.get("memory_limit_bytes"),
            "pid": target.pid,
        }
        return {name: value for name, value in fields.items() if value is not None}


def _code_s(since_start_s: float, import_s: float | None) -> float:
    """The code's own time: imports are told apart from it, where the profiler knows them."""
    return round(max(0.0, since_start_s - (import_s or 0.0)), 6)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
