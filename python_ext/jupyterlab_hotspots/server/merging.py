"""Makes a long backlog of events short: for clients that come late or are slow.

Telemetry is joined, live tables keep their newest values; everything else passes unchanged. A joined event stands where
the last of its parts stood and carries that one's number, so numbers still rise and resuming still works.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from jupyterlab_hotspots.runs.event_tail import parse
from jupyterlab_hotspots.runs.live_tables import LiveTable
from jupyterlab_hotspots.store.telemetry import append_samples

LONG: Final = 100
"""Up to this many events are passed on one by one."""


def merged(lines: list[bytes]) -> list[bytes]:
    """The same events, fewer; see above."""
    if len(lines) <= LONG:
        return lines
    events = [parse(line) for line in lines]
    last: dict[str, int] = {}
    joined: dict[str, list[dict[str, Any]]] = {}
    for place, event in enumerate(events):
        key = _key(event)
        if event is not None and key is not None:
            last[key] = place
            joined.setdefault(key, []).append(event)
    result: list[bytes] = []
    for place, (line, event) in enumerate(zip(lines, events, strict=True)):
        key = _key(event)
        if key is None:
            result.append(line)
        elif last[key] == place:
            parts = joined[key]
            whole = _telemetry(parts) if key == "telemetry" else _table(parts)
            result.append(line if len(parts) == 1 else msgspec.json.encode(whole))
    return result


def _key(event: dict[str, Any] | None) -> str | None:
    if event is None:
        return None
    if event.get("type") == "telemetry":
        return "telemetry"
    return f"hotspots {event.get('table')}" if event.get("type") == "hotspots" else None


def _telemetry(parts: list[dict[str, Any]]) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {"t_s": []}
    whole = dict(parts[-1])
    for part in parts:
        append_samples(columns, part.get("columns"))
        if "limits" in part:
            whole["limits"] = part["limits"]
    whole["columns"] = columns
    return whole


def _table(parts: list[dict[str, Any]]) -> dict[str, Any]:
    defined, updated = LiveTable(), LiveTable()
    for part in parts:
        defined.apply({"define": part.get("define")})
        updated.apply({"update": part.get("update")})
    return {**parts[-1], "define": _columns(defined), "update": _columns(updated)}


def _columns(table: LiveTable) -> dict[str, list[Any]]:
    return table.columns() if len(table) else {}
