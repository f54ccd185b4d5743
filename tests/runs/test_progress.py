"""A target that says how far it is moves the bar; one that writes nonsense does no harm."""

from __future__ import annotations

from typing import Any

TELL = """
    import json, os, time
    with open(os.environ["HOTSPOTS_PROGRESS"], "a") as told:
        for done in range(1, 6):
            print(json.dumps({"done": done, "total": 5, "label": "alerts"}), file=told, flush=True)
            time.sleep(0.15)
"""


def test_progress_becomes_events_and_the_last_one_is_never_missed(runs: Any) -> None:
    run, result = runs.run(TELL)
    assert result["status"] == "succeeded"
    told = [event for event in run.events() if event["type"] == "progress"]
    assert len(told) >= 2
    assert [one["done"] for one in told] == sorted(one["done"] for one in told)
    assert (told[-1]["done"], told[-1]["total"], told[-1]["label"]) == (5, 5, "alerts")


def test_nonsense_in_the_progress_file_is_left_out(runs: Any) -> None:
    source = """
        import os
        with open(os.environ["HOTSPOTS_PROGRESS"], "ab") as told:
            told.write(b'{"done": 1, "total": 0}\\n{"done": "x", "total": 3}\\n[1, 2]\\n\\xff\\xfe\\n')
            told.write(b'{"done": 1e999, "total": 3}\\n')
    """
    run, result = runs.run(source)
    assert result["status"] == "succeeded"
    assert not [event for event in run.events() if event["type"] == "progress"]
