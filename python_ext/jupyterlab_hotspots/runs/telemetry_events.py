"""Telemetry of a run: samples at their rate, gathered into about two events a second."""

from __future__ import annotations

import os
import sys

from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Event = tuple[str, dict[str, Any]]

EVENT_EVERY_S = 0.5


class Telemetry:
    """The samples of one run. What fails here is said as a warning and never stops the run.

    Args:
        pid: the target, a child of this process.
        started: ``time.monotonic()`` of the run's start.
        hertz: samples a second.

    Attributes:
        due: ``time.monotonic()`` of the next sample.
    """

    def __init__(self, pid: int, *, started: float, hertz: float) -> None:
        self._interval_s = 1.0 / hertz
        self._sampler: TelemetrySampler | None = None
        self._failure: str | None = None
        self._samples: list[dict[str, float | int | None]] = []
        self._limits_said: dict[str, Any] | None = None
        self._event_due = 0.0
        self.due = started
        try:
            self._sampler = TelemetrySampler(pid, started=started, also_children_of=os.getpid())
        except Exception as error:
            self._fail(error)

    def exclude(self, pid: int) -> None:
        """Leave a process of ours and its children out of the tree, though it is a child of this one."""
        if self._sampler is not None:
            self._sampler.exclude(pid)

    def take(self, now: float) -> list[Event]:
        """Take a sample if it is time for one.

        Args:
            now: ``time.monotonic()``.

        Returns:
            The events that are due, as (type, fields).
        """
        if now < self.due:
            return []
        # Missed samples are not made up for: the machine was too busy for them.
        self.due = max(self.due + self._interval_s, now + self._interval_s / 2)
        self._sample()
        # The first sample has no rates yet and is not worth an event of its own.
        if now < self._event_due or (self._limits_said is None and len(self._samples) < 2 and self._failure is None):
            return []
        self._event_due = now + EVENT_EVERY_S
        return self.rest()

    def rest(self) -> list[Event]:
        """The events for all samples not yet sent, due or not."""
        events: list[Event] = []
        if self._failure is not None:
            hint = "The run goes on; its charts end here. Please report this."
            warning = {"code": "telemetry_failed", "message": f"Telemetry failed: {self._failure}.", "hint": hint}
            events.append(("warning", warning))
            self._failure = None
        if self._samples:
            samples, self._samples = self._samples, []
            columns = {name: [sample.get(name) for sample in samples] for name in samples[0]}
            # A column in which no sample has a value is left out: the dear ones most of the time.
            known = {name: column for name, column in columns.items() if any(value is not None for value in column)}
            fields: dict[str, Any] = {"columns": known}
            limits = self.limits()
            if limits != self._limits_said:  # At first, and when GPUs have been found.
                self._limits_said = fields["limits"] = limits
            events.append(("telemetry", fields))
        return events

    def everyone(self) -> list[int] | None:
        """The running processes of the tree, orphans included, as they are now; None if that cannot be had."""
        try:
            return None if self._sampler is None else self._sampler.pids_now()
        except Exception as error:
            self._fail(error)
            return None

    def limits(self) -> dict[str, Any]:
        """What the run may use; empty if that cannot be had."""
        try:
            return {} if self._sampler is None else self._sampler.limits()
        except Exception as error:
            self._fail(error)
            return {}

    def memory_limit_bytes(self) -> int | None:
        """The memory the run may use."""
        return self.limits().get("memory_limit_bytes")

    def peak_bytes(self) -> int:
        """The largest resident memory seen: of the tree in a sample, or of the target by the kernel's account."""
        if self._sampler is None:
            return 0
        return max(self._sampler.peak_rss_bytes(), self._sampler.high_water_mark_bytes() or 0)

    def oom_kills(self) -> int:
        """Processes of the control group that were killed for want of memory meanwhile; 0 where that is not counted."""
        try:
            return 0 if self._sampler is None else self._sampler.oom_kills() or 0
        except Exception as error:
            self._fail(error)
            return 0

    def close(self) -> None:
        """Close the sampler's files."""
        if self._sampler is not None:
            self._sampler.close()

    def _sample(self) -> None:
        if self._sampler is None:
            return
        try:
            self._samples.append(self._sampler.sample())
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
        self._failure = f"{type(error).__name__}: {error}"
        self._sampler = None
