"""The telemetry of a run, gathered from its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.event_tail import parse

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table


@dataclass(frozen=True)
class Telemetry:
    """All samples so far.

    Attributes:
        columns: by name, each with one value per sample, None where it was not measured; `t_s` has no gaps.
        limits: what the run may use: cores, memory, GPUs (`telemetry.sampler`); empty before the first sample.
    """

    columns: dict[str, list[Any]]
    limits: dict[str, Any]

    def table(self) -> Table | None:
        """The samples as the profile keeps them; None if there are none."""
        from jupyterlab_hotspots.profiles.columns import columns_of
        from jupyterlab_hotspots.profiles.rows import TelemetryRow
        from jupyterlab_hotspots.profiles.tables import build

        if not self.columns.get("t_s"):
            return None
        known = {column.name for column in columns_of(TelemetryRow)}
        return build(TelemetryRow, {name: column for name, column in self.columns.items() if name in known})


def read_telemetry(directory: RunDirectory) -> Telemetry:
    """The samples in a run's events; events that cannot be understood are passed over."""
    columns: dict[str, list[Any]] = {"t_s": []}
    limits: dict[str, Any] = {}
    tail = directory.tail()
    while lines := tail.read():
        for line in lines:
            # Most of a run's events are live tables, which need not be parsed for this.
            event = parse(line) if b'"type":"telemetry"' in line[:200] else None
            if event is not None:
                append_samples(columns, event.get("columns"))
                if isinstance(event.get("limits"), dict):
                    limits = event["limits"]
    return Telemetry(columns, limits)


def append_samples(columns: dict[str, list[Any]], batch: object) -> None:
    """Add the columns of a telemetry event to those so far; a batch that cannot be understood adds nothing.

    Args:
        columns: by name, equally long, `t_s` among them; what only one side has is None for the samples of the other.
        batch: the event's `columns`.
    """
    if not isinstance(batch, dict):
        return
    batch = cast("dict[str, object]", batch)
    moments = batch.get("t_s")
    if not isinstance(moments, list):
        return
    before, count = len(columns["t_s"]), len(cast("list[object]", moments))
    for name, values in batch.items():
        if isinstance(values, list) and len(cast("list[object]", values)) == count:
            columns.setdefault(name, [None] * before).extend(cast("list[object]", values))
    for values in columns.values():
        values.extend([None] * (before + count - len(values)))
