"""Watches a process that was there before the run: it is looked at, never stopped, and goes on when the run ends."""

from __future__ import annotations

from time import monotonic, time

from jupyterlab_hotspots.runs.beginning import begin
from jupyterlab_hotspots.runs.outcome import Outcome
from jupyterlab_hotspots.runs.outside import Outside
from jupyterlab_hotspots.runs.process_tree import is_running, start_mark
from jupyterlab_hotspots.runs.target_process import TargetProcess
from jupyterlab_hotspots.runs.watch import Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.runs.wakeup import Wakeup


class AttachedProcess(TargetProcess):
    """A process of somebody else's, which we have not started.

    Attributes:
        pid: its process id.
        started: ``time.monotonic()`` when we began to look.
        started_time: the same as seconds since 1970.
        status: 0 once it has ended; how, only its parent knows.
        ended: ``time.monotonic()`` when its end was noticed; None while it runs.
    """

    def __init__(self, pid: int) -> None:  # pyright: ignore[reportMissingSuperCall]  (which would start one)
        self.pid = pid
        self.cpu_s = self.max_rss_bytes = None
        self.started, self.started_time = monotonic(), time()
        self.status = self.ended = None
        self._mark = start_mark(pid)

    def look(self) -> None:
        """Notice that it has ended; another process of the same id is another one."""
        if self.status is None and (
            self._mark is None or start_mark(self.pid) != self._mark or not is_running(self.pid)
        ):
            self.status = 0
            self.ended = monotonic()

    @property
    def exit_code(self) -> int | None:
        """Not known."""
        return None


class AttachedWatch(Watch):
    """One run that only looks."""

    _stopped_because: str | None = None

    def _target_has_ended(self) -> bool:
        self._reap()
        watcher_is_gone = self._outside is not None and self._outside.has_ended
        return self._target.status is not None or self._stopped_because is not None or watcher_is_gone

    def _reap(self) -> None:
        super()._reap()
        if isinstance(self._target, AttachedProcess):
            self._target.look()

    def _wish_to_stop(self, now: float, code: str, reason: str) -> None:
        is_over = code == "timed_out"
        asked = "It was looked at for as long as was asked for" if is_over else "Looking was ended on request"
        self._stopped_because = self._stopped_because or f"{asked}; it goes on."

    def _everyone(self) -> list[int]:
        """Nobody: none of them is ours to stop."""
        return []

    def _wait_for_outside(self) -> None:
        if self._outside is not None:
            self._outside.stop()
        super()._wait_for_outside()

    def _say_who_is_left(self) -> None:
        """They are not left, they were there before."""

    def _outcome(self, memory: tuple[int, int | None] | None) -> Outcome:
        if self._outside is not None and self._outside.is_denied:
            return Outcome("failed", "cannot_start", f"The process {self._target.pid} cannot be looked into.")
        if self._stopped_because is None and self._target.status is None:
            return Outcome("failed", "agent_failed", "Sampling ended by itself; the process goes on.")
        return Outcome("succeeded", None, self._stopped_because or "The process ended.")


def is_meant(asked: dict[str, Any]) -> bool:
    """Whether the process of a target is still the one that was there when it was asked for."""
    return asked.get("started") is None or start_mark(int(asked["pid"])) == asked["started"]


def watch(folder: str, request: dict[str, Any], wakeup: Wakeup) -> None:
    """Watch the process that a request names, to its end or until nobody wants to any more."""
    target = AttachedProcess(int(request["target"]["pid"]))
    outside = Outside(folder, request, target.pid, started=target.started, attached=True)
    events, last_words = begin(folder, request["id"], target, is_ours=False)
    run = AttachedWatch(folder, request, target, wakeup, events, last_words, outside)
    run.look_at_code_from(target.started)
    run.run()
