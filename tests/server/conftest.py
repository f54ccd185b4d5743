"""A real server with the extension, and real runs on it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

SPIN = """
import sys, time

def spin(until):
    while time.monotonic() < until:
        sum(range(500))

print("begin", flush=True)
spin(time.monotonic() + float(sys.argv[1]))
print("end ☂")
"""


@pytest.fixture
def store_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("HOTSPOTS_STORE", str(folder))
    return folder


@pytest.fixture
def jp_server_config(store_folder: Path) -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {"jupyterlab_hotspots": True}}}


@pytest.fixture
def script(jp_root_dir: Path) -> str:
    """A script that takes so many seconds, by its path from the server's root."""
    folder = jp_root_dir / "survey"
    folder.mkdir()
    (folder / "spin.py").write_text(SPIN, encoding="utf-8")
    return "survey/spin.py"


@pytest.fixture
def rest(jp_fetch: Any) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Call a route under `hotspots/`; gives the status and the answer."""

    async def call(method: str, *path: str, body: object = None, **query: object) -> tuple[int, Any]:
        given: dict[str, Any] = {"method": method, "params": {name: str(value) for name, value in query.items()}}
        if method == "POST":
            given |= {"body": json.dumps(body)} if body is not None else {"allow_nonstandard_methods": True}
        try:
            response = await jp_fetch("hotspots", *path, **given)
        except HTTPClientError as error:
            assert error.response is not None
            return error.code, json.loads(error.response.body)
        return response.code, json.loads(response.body) if response.body else None

    return call


@pytest.fixture
def start_run(rest: Any, script: str) -> Callable[..., Awaitable[str]]:
    """Start a run of some seconds; gives its id."""

    async def start(seconds: float = 0.3, **fields: Any) -> str:
        target = {"kind": "script", "path": script, "args": [str(seconds)]}
        body = {"target": target, "profiler": "cprofile", **fields}
        status, summary = await rest("POST", "runs", body=body)
        assert status == 201, summary
        return summary["id"]

    return start


@pytest.fixture
def until(rest: Any) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Wait until a run has one of some statuses."""

    async def wait(run: str, *statuses: str, patience_s: float = 30) -> dict[str, Any]:
        give_up = time.monotonic() + patience_s
        wanted = statuses or ("succeeded", "failed", "cancelled", "lost")
        while True:
            _, answer = await rest("GET", "runs", run)
            if answer["summary"]["status"] in wanted:
                return answer["summary"]
            assert time.monotonic() < give_up, answer
            await asyncio.sleep(0.05)

    return wait


class Socket:
    """A WebSocket client that remembers what it got."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        await self.connection.write_message(json.dumps(message))

    async def next(self, patience_s: float = 20) -> dict[str, Any]:
        text = await asyncio.wait_for(self.connection.read_message(), patience_s)
        assert text is not None, f"closed: {self.connection.close_code} {self.connection.close_reason}"
        event = json.loads(text)
        self.events.append(event)
        return event

    async def until(self, wanted: Callable[[dict[str, Any]], bool], patience_s: float = 30) -> dict[str, Any]:
        give_up = time.monotonic() + patience_s
        while True:
            event = await self.next(max(0.1, give_up - time.monotonic()))
            if wanted(event):
                return event

    async def until_finished(self, run: str) -> list[dict[str, Any]]:
        """The run's own events up to its last."""
        await self.until(lambda event: event["run"] == run and event["type"] == "finished")
        return [event for event in self.events if event["run"] == run and event["seq"]]


@pytest.fixture
def socket(jp_ws_fetch: Any) -> Iterator[Callable[[], Awaitable[Socket]]]:
    """Open WebSockets; they are closed in the end."""
    opened: list[Socket] = []

    async def connect() -> Socket:
        opened.append(Socket(await jp_ws_fetch("hotspots", "events")))
        return opened[-1]

    yield connect
    for one in opened:
        one.connection.close()
