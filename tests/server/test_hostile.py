"""Requests nobody's front end sends, and runs that would stop the others: a clear answer, and the server goes on."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyterlab_hotspots.runs.ulid import new_id


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"target": {"kind": "script", "path": "~nobody-of-that-name/x.py"}}, 404),
        ({"target": {"kind": "script", "path": "x" * 5000}}, 404),
        ({"target": {"kind": "script", "path": "survey/spin.py", "args": ["a\0b"]}}, 400),
        ({"target": {"kind": "script", "path": "survey/spin.py"}, "cwd": "~nobody-of-that-name"}, 400),
        ({"target": {"kind": "script", "path": "survey/spin.py"}, "cwd": "x" * 5000}, 400),
        ({"target": {"kind": "script", "path": "survey/spin.py"}, "python": "~nobody-of-that-name/python"}, 400),
    ],
)
async def test_paths_and_words_that_cannot_be_are_refused(
    rest: Any, script: str, fields: dict[str, Any], status: int
) -> None:
    code, answer = await rest("POST", "runs", body=fields)
    assert (code, set(answer)) == (status, {"message", "reason", "hint"})
    assert answer["reason"] != "internal"


async def test_a_body_that_is_not_utf8_is_refused(jp_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("hotspots", "runs", method="POST", body=b'{"target": {"kind": "script", "path": "\xff"}}')
    assert refused.value.code == 400


async def test_the_reason_of_a_closed_socket_fits_its_frame(socket: Any) -> None:
    client = await socket()
    await client.send(**{"ü" * 200: 1})
    assert await asyncio.wait_for(client.connection.read_message(), 20) is None
    assert client.connection.close_code == 1007
    assert "unknown field" in client.connection.close_reason


@pytest.mark.parametrize("damage", ["pipe", "nonsense"])
async def test_a_broken_run_does_not_stop_the_others(
    damage: str, start_run: Any, until: Any, rest: Any, store_folder: Path
) -> None:
    first = await start_run()
    await until(first)
    bad = store_folder / "runs" / new_id()
    shutil.copytree(store_folder / "runs" / first, bad)
    (bad / "result.json").unlink()
    (bad / "events.jsonl").unlink()
    if damage == "pipe":
        os.mkfifo(bad / "events.jsonl")
    else:
        (bad / "events.jsonl").write_text('{"seq":"x","type":"status","status":"running","started":[]}\n')
        (bad / "raw" / "live.jsonl").write_text(json.dumps({"type": "ready", "t": 10**400}) + "\n")
    second = await start_run()
    assert (await until(second))["status"] == "succeeded"
    status, _ = await asyncio.wait_for(rest("GET", "runs", bad.name), 30)
    assert status in (200, 500)
    status, _ = await asyncio.wait_for(rest("DELETE", "runs", bad.name), 30)
    assert status == 204


async def test_output_that_a_run_turned_into_a_pipe_is_empty(
    start_run: Any, until: Any, rest: Any, store_folder: Path
) -> None:
    run = await start_run()
    await until(run)
    output = store_folder / "runs" / run / "stdout.log"
    output.unlink()
    os.mkfifo(output)
    status, answer = await asyncio.wait_for(rest("GET", "runs", run, "output"), 20)
    assert (status, answer["size"], answer["text"]) == (200, 0, "")
