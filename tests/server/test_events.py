"""The WebSocket, with real runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyterlab_hotspots.runs import lock
from jupyterlab_hotspots.runs.event_log import EventLog
from jupyterlab_hotspots.runs.request import RunRequest
from jupyterlab_hotspots.server.messages import Event, WarningEvent
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.targets.target import Target

NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [event["seq"] for event in events]


async def test_a_run_comes_from_its_first_event_to_its_last_in_order(start_run: Any, socket: Any) -> None:
    client = await socket()
    run = await start_run(1.2)
    await client.send(subscribe=run)
    events = await client.until_finished(run)
    assert numbers(events) == list(range(1, len(events) + 1))
    assert [event["t"] for event in events] == sorted(event["t"] for event in events)
    kinds = [event["type"] for event in events]
    assert kinds[0] == "status"
    assert kinds[-2:] == ["status", "finished"]
    assert {"telemetry", "hotspots", "output"} <= set(kinds)
    for event in client.events:
        msgspec.convert(event, Event)


async def test_the_processes_a_run_left_behind_are_named(rest: Any, socket: Any, jp_root_dir: Path) -> None:
    (jp_root_dir / "leave.py").write_text(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid)\n"
    )
    client = await socket()
    _, summary = await rest("POST", "runs", body={"target": {"kind": "script", "path": "leave.py"}})
    await client.send(subscribe=summary["id"])
    events = await client.until_finished(summary["id"])
    (warning,) = [event for event in events if event["type"] == "warning"]
    _, output = await rest("GET", "runs", summary["id"], "output")
    os.kill(int(output["text"]), signal.SIGKILL)
    assert warning["code"] == "children_left"
    assert msgspec.convert(warning, WarningEvent).pids == [int(output["text"])]


async def test_rows_come_while_it_runs(start_run: Any, socket: Any, rest: Any, until: Any) -> None:
    client = await socket()
    run = await start_run(20)
    await client.send(subscribe=run)
    event = await client.until(lambda event: event["type"] == "hotspots" and "spin" in event["define"]["function"])
    assert (await rest("GET", "runs", run))[1]["summary"]["status"] == "running"
    assert event["elapsed_s"] > 0
    await rest("POST", "runs", run, "cancel")
    events = await client.until_finished(run)
    assert [event["status"] for event in events if event["type"] == "status"][-1] == "cancelled"


async def test_a_client_that_comes_again_goes_on_where_it_was(start_run: Any, socket: Any) -> None:
    first = await socket()
    run = await start_run(1.2)
    await first.send(subscribe=run)
    await first.until(lambda event: event["seq"] >= 3)
    seen = max(numbers(first.events))
    first.connection.close()
    second = await socket()
    await second.send(subscribe=run, seq=seen)
    events = await second.until_finished(run)
    assert numbers(events) == list(range(seen + 1, events[-1]["seq"] + 1))
    third = await socket()
    await third.send(subscribe=run, seq=0)
    assert numbers(await third.until_finished(run)) == list(range(1, events[-1]["seq"] + 1))


async def test_nothing_comes_twice_after_subscribing_again(start_run: Any, socket: Any, until: Any) -> None:
    run = await start_run(0.3)
    summary = await until(run)
    client = await socket()
    await client.send(subscribe=run)
    await client.until_finished(run)
    client.events.clear()
    last = (await socket_events(client, run, seq=2))[-1]
    assert last["info"]["status"] == summary["status"]
    assert numbers([event for event in client.events if event["seq"]]) == list(range(3, last["seq"] + 1))


async def socket_events(client: Any, run: str, seq: int) -> list[dict[str, Any]]:
    await client.send(subscribe=run, seq=seq)
    return await client.until_finished(run)


async def test_after_leaving_a_run_nothing_more_of_it_comes(start_run: Any, socket: Any, until: Any) -> None:
    client = await socket()
    run = await start_run(1.0)
    await client.send(subscribe=run)
    await client.until(lambda event: event["seq"] >= 1)
    await client.send(unsubscribe=run)
    await client.send(subscribe=NOBODY)  # answered at once: what came before it is all that comes
    await client.until(lambda event: event["type"] == "deleted")
    client.events.clear()
    await until(run)
    await client.until(lambda event: event["type"] == "run" and event["summary"]["status"] == "succeeded")
    assert [event for event in client.events if event["seq"]] == []


async def test_everybody_hears_of_every_run_unasked(start_run: Any, socket: Any, rest: Any, until: Any) -> None:
    client, other = await socket(), await socket()
    run = await start_run(0.3)
    statuses: list[str] = []
    while statuses[-1:] != ["succeeded"]:
        event = await client.next()
        assert (event["type"], event["run"], event["seq"]) == ("run", run, 0)
        statuses.append(event["summary"]["status"])
    # A run that gets its turn at once may be running by the time it is told of.
    assert statuses[0] in ("queued", "running")
    await rest("DELETE", "runs", run)
    await client.until(lambda event: event["type"] == "deleted" and event["run"] == run)
    await other.until(lambda event: event["type"] == "deleted" and event["run"] == run)


async def test_a_run_made_elsewhere_is_heard_of(
    socket: Any, store_folder: Path, jp_root_dir: Path, jp_serverapp: Any
) -> None:
    """As the command line makes it, in a process of its own that knows nothing of this server."""
    client = await socket()
    (jp_root_dir / "other.py").write_text("print(sum(range(10)))\n")
    code = (
        "import sys\n"
        "from jupyterlab_hotspots.runs import launch\n"
        "from jupyterlab_hotspots.runs.request import RunRequest\n"
        "from jupyterlab_hotspots.store.history import Store\n"
        "from jupyterlab_hotspots.targets.script import script_target\n"
        "request = RunRequest(target=script_target(sys.argv[1]), profiler='cprofile', cwd='/', python=sys.executable)\n"
        "launch.start(Store().create(request))\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(jp_root_dir / "other.py"))
    assert await process.wait() == 0
    event = await client.until(lambda event: event["type"] == "run" and event["summary"]["status"] == "succeeded")
    assert (event["summary"]["target"]["name"], event["summary"]["by"]) == ("other.py", "cli")


async def test_a_run_whose_supervisor_is_killed_ends_as_lost_with_what_had_arrived(
    start_run: Any, socket: Any, store_folder: Path, rest: Any
) -> None:
    client = await socket()
    run = await start_run(60)
    await client.send(subscribe=run)
    await client.until(lambda event: event["type"] == "hotspots")
    supervisor = json.loads((store_folder / "runs" / run / "supervisor.json").read_bytes())
    os.kill(supervisor["pid"], signal.SIGKILL)
    events = await client.until_finished(run)
    assert numbers(events) == list(range(1, len(events) + 1))
    assert events[-1]["info"]["status"] == "lost"
    _, detail = await rest("GET", "runs", run)
    assert (detail["summary"]["status"], bool(detail["summary"]["reason"])) == ("lost", True)
    assert (await rest("GET", "runs", run, "tables"))[0] == 200


@pytest.mark.parametrize("run", [NOBODY, "../../etc", ""])
async def test_a_run_that_does_not_exist_counts_as_deleted(socket: Any, run: str) -> None:
    client = await socket()
    await client.send(subscribe=run)
    assert await client.next() == {"type": "deleted", "run": run, "seq": 0, "t": 0.0}


@pytest.mark.parametrize("message", ["{", "[]", '{"subscribe": 5}', '{"drop": "table"}', ""])
async def test_what_cannot_be_understood_ends_the_connection_and_nothing_else(
    socket: Any, rest: Any, message: str
) -> None:
    client, other = await socket(), await socket()
    await client.connection.write_message(message)
    assert await asyncio.wait_for(client.connection.read_message(), 10) is None
    assert client.connection.close_code == 1007
    await other.send(subscribe=NOBODY)
    assert (await other.next())["type"] == "deleted"


async def test_a_client_that_reads_nothing_holds_up_nobody_and_loses_no_status(
    socket: Any, store_folder: Path, jp_serverapp: Any
) -> None:
    """A run with far more events than any buffer holds: what comes late comes merged, but every status comes."""
    count, batch = 3000, list(range(200))
    store = Store(store_folder)
    target = Target(kind="script", name="long.py", path="/long.py")
    directory = store.create(RunRequest(target=target, profiler="cprofile", cwd="/", python="/bin/sh", queued=False))
    held = lock.acquire(directory.lock_file)  # as its supervisor would
    assert held is not None
    log = EventLog(str(directory.events_file), directory.id, started=0.0)
    for number in range(count):
        log.append("telemetry", {"columns": {"t_s": [number / 10], "rss_bytes": [number]}}, t=number / 10)
        update = {"id": batch, "calls": [number] * 200, "own_s": [number / 3] * 200}
        define = {"id": batch, "function": ["f"] * 200} if number == 0 else {}
        fields = {"table": "functions", "define": define, "update": update, "elapsed_s": number, "complete": True}
        log.append("hotspots", fields, t=number / 10)
        if number % 100 == 0:
            log.append("status", {"status": "running", "reason": str(number)}, t=number / 10)
    log.append("finished", {"info": {}}, t=count / 10)
    size = directory.events_file.stat().st_size
    assert size > 5 << 20

    slow, quick = await socket(), await socket()
    await slow.send(subscribe=directory.id)
    await quick.send(subscribe=directory.id)
    await quick.until_finished(directory.id)
    manager = jp_serverapp.web_app.settings["hotspots_manager"]
    waiting = sum(len(line) for outbox in manager._outboxes for _, line in outbox._events)
    assert waiting < 12 << 20, "bounded"
    for client in (slow, quick):
        events = client.events if client is quick else await client.until_finished(directory.id)
        events = [event for event in events if event["seq"]]
        assert numbers(events) == sorted(set(numbers(events)))
        assert [event["reason"] for event in events if event["type"] == "status"] == [
            str(number) for number in range(0, count, 100)
        ]
        samples = [t for event in events if event["type"] == "telemetry" for t in event["columns"]["t_s"]]
        assert samples == [number / 10 for number in range(count)]
        rows = [event for event in events if event["type"] == "hotspots"]
        assert [name for event in rows for name in event["define"].get("function", [])] == ["f"] * 200
        assert rows[-1]["update"]["calls"] == [count - 1] * 200
        assert sum(len(json.dumps(event)) for event in events) < size / 5
    log.close()
    os.close(held)
    store.close()
