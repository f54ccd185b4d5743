"""Reads `raw/live.jsonl`, what the agent said while the target ran; `agent/journal.py` writes it.

It comes from the profiled process: a line that is not as the contract says is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard, cast

from jupyterlab_hotspots.profiles.rows import ProfileWarning

LIVE = "live.jsonl"
_LARGEST: Final = 1e15
"""No time or count of a run is as large; JSON has whole numbers that are too large for a float."""


@dataclass
class AgentLines:
    """What was said in one run. Times are seconds of the machine's monotonic clock.

    Attributes:
        started: when the first line of the code ran; None if it never did.
        stopped: when the code ended; None if the agent could not tell any more.
        told: when the last live rows were read; None if there are none.
        rows: id of a row → its newest values, for each live table.
        warnings: the agent's, in their order.
    """

    started: float | None = None
    stopped: float | None = None
    told: float | None = None
    rows: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict[str, dict[int, dict[str, Any]]])
    warnings: list[ProfileWarning] = field(default_factory=list[ProfileWarning])


def read_agent_lines(raw: Path) -> AgentLines:
    """Everything the agent said in a run; nothing at all if there is no such file."""
    found = AgentLines()
    for line in _lines(raw / LIVE):
        moment = line.get("t")
        if not is_number(moment):
            continue
        kind = line.get("type")
        if kind == "started":
            found.started = moment
        elif kind == "stopped":
            found.stopped = moment
        elif kind == "warning":
            code, message, hint = (str(line.get(name) or "") for name in ("code", "message", "hint"))
            found.warnings.append(ProfileWarning(code=code, message=message, hint=hint))
        elif kind == "hotspots" and _take_rows(line, found):
            found.told = moment
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():  # reading a pipe would wait for its writer
        return
    try:
        data = path.read_bytes()
    except OSError:
        return
    # What follows the last line break is a line that a crash has torn.
    for text in data.split(b"\n")[:-1]:
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict):
            yield cast("dict[str, Any]", line)


def _take_rows(line: dict[str, Any], found: AgentLines) -> bool:
    table = line.get("table")
    if not isinstance(table, str):
        return False
    rows = found.rows.setdefault(table, {})
    for part in ("define", "update"):
        columns = line.get(part)
        if not isinstance(columns, dict):
            continue
        named = {str(name): values for name, values in cast("dict[object, object]", columns).items()}
        lists = {name: cast("list[Any]", values) for name, values in named.items() if isinstance(values, list)}
        ids = lists.pop("id", [])
        if len(lists) + 1 != len(named) or any(len(values) != len(ids) for values in lists.values()):
            continue
        for place, row_id in enumerate(ids):
            if isinstance(row_id, int) and not isinstance(row_id, bool) and row_id >= 0:
                rows.setdefault(row_id, {}).update({name: values[place] for name, values in lists.items()})
    return True


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number that a run can have."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST
