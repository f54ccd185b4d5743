from __future__ import annotations

import json
from typing import Any

from jupyterlab_hotspots.server.merging import LONG, merged


def lines(*events: dict[str, Any]) -> list[bytes]:
    return [
        json.dumps({"run": "R", "seq": seq, "t": seq / 10, **event}).encode() for seq, event in enumerate(events, 1)
    ]


def status(reason: str) -> dict[str, Any]:
    return {"type": "status", "status": "running", "reason": reason}


def rows(define: dict[str, Any], update: dict[str, Any], table: str = "functions") -> dict[str, Any]:
    return {"type": "hotspots", "table": table, "define": define, "update": update, "elapsed_s": 1, "complete": False}


def test_a_short_backlog_is_passed_on_as_it_is() -> None:
    given = lines(*(rows({}, {"id": [1], "calls": [number]}) for number in range(LONG)))
    assert merged(given) is given


def test_a_long_one_keeps_the_newest_of_every_row_and_every_sample() -> None:
    given: list[dict[str, Any]] = [status("begin")]
    given.append(rows({"id": [1, 2], "function": ["f", "g"]}, {"id": [1, 2], "calls": [1, 1]}))
    given.append({"type": "telemetry", "columns": {"t_s": [0.0], "rss_bytes": [5]}, "limits": {"host_cores": 2}})
    given.append({"type": "telemetry", "columns": {"t_s": [0.1, 0.2], "uss_bytes": [None, 3]}})
    given += [rows({}, {"id": [2], "calls": [number]}) for number in range(2, LONG + 2)]
    given.append(rows({"id": [3], "function": ["h"]}, {"id": [3], "calls": [7]}))
    given.append(rows({"id": [1], "file": ["a.py"]}, {"id": [1], "hits": [4]}, table="lines"))
    given.append({"type": "warning", "code": "x", "message": "y", "hint": ""})
    given.append(status("end"))
    result = [json.loads(line) for line in merged(lines(*given))]
    assert [event["type"] for event in result] == ["status", "telemetry", "hotspots", "hotspots", "warning", "status"]
    assert [event["seq"] for event in result] == [1, 4, len(given) - 3, len(given) - 2, len(given) - 1, len(given)]
    assert result[1]["columns"] == {"t_s": [0.0, 0.1, 0.2], "rss_bytes": [5, None, None], "uss_bytes": [None, None, 3]}
    assert result[1]["limits"] == {"host_cores": 2}
    assert result[2]["define"] == {"id": [1, 2, 3], "function": ["f", "g", "h"]}
    assert result[2]["update"] == {"id": [1, 2, 3], "calls": [1, LONG + 1, 7]}
    assert result[3]["table"] == "lines"


def test_what_is_no_event_passes_unchanged() -> None:
    given = [b"not json"] * (LONG + 1)
    assert merged(given) == given
