"""Servers as processes of their own, killed and started again on one store."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket as sockets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

import jupyterlab_hotspots

TOKEN = "sesame"
SCRIPT = """
import pathlib, time

def spin():
    while not pathlib.Path("stop").exists():
        sum(range(500))

spin()
print("stopped by itself")
"""


class Server:
    """`jupyter server` with a base URL that is not the root."""

    def __init__(self, folder: Path, log: Path) -> None:
        with sockets.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {**os.environ, "HOTSPOTS_STORE": str(folder / "store"), "JUPYTER_TOKEN": TOKEN}
        for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
            environment[f"JUPYTER_{name}"] = str(folder / name.lower())
        environment["JUPYTER_NO_CONFIG"] = "1"  # no other extensions: they take seconds to start
        environment["PYTHONPATH"] = str(Path(jupyterlab_hotspots.__path__[0]).parent)
        self.log = log
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={self.port}"),
                *("--ServerApp.port_retries=0", "--ServerApp.base_url=/user/me/", f"--ServerApp.root_dir={folder}"),
                "--ServerApp.jpserver_extensions={'jupyterlab_hotspots': True}",
            ],
            env=environment,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        give_up = time.monotonic() + 60
        while True:
            try:
                if self.call("GET", "profilers").status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            assert self.process.poll() is None, log.read_text()
            assert time.monotonic() < give_up, log.read_text()
            time.sleep(0.1)

    def call(self, method: str, path: str, body: object = None, **query: object) -> requests.Response:
        url = f"http://127.0.0.1:{self.port}/user/me/hotspots/{path}"
        headers = {"Authorization": f"token {TOKEN}"}
        return requests.request(method, url, headers=headers, json=body, params=query, timeout=20)  # type: ignore[arg-type]

    def summary(self, run: str) -> dict[str, Any]:
        return self.call("GET", f"runs/{run}").json()["summary"]

    def until(self, run: str, *statuses: str) -> dict[str, Any]:
        give_up = time.monotonic() + 30
        while (summary := self.summary(run))["status"] not in statuses:
            assert time.monotonic() < give_up, summary
            time.sleep(0.05)
        return summary

    def events(self, run: str, seq: int, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """A run's events after a number, until there are enough."""

        async def listen() -> list[dict[str, Any]]:
            url = f"ws://127.0.0.1:{self.port}/user/me/hotspots/events"
            connection = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {TOKEN}"}))
            await connection.write_message(json.dumps({"subscribe": run, "seq": seq}))
            events: list[dict[str, Any]] = []
            while not enough(events):
                text = await asyncio.wait_for(connection.read_message(), 20)
                assert text is not None
                event = json.loads(text)
                events += [event] if event["seq"] else []
            connection.close()
            return events

        return asyncio.run(listen())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []
    (tmp_path / "spin.py").write_text(SCRIPT)

    def start() -> Server:
        servers.append(Server(tmp_path, tmp_path / f"server{len(servers)}.log"))
        return servers[-1]

    yield start
    (tmp_path / "stop").touch()
    for server in servers:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(20)


def test_a_run_outlives_its_server_and_the_next_one_shows_it(serve: Callable[[], Server], tmp_path: Path) -> None:
    first = serve()
    run = first.call("POST", "runs", {"target": {"kind": "script", "path": "spin.py"}}).json()["id"]
    waiting = first.call("POST", "runs", {"target": {"kind": "script", "path": "spin.py"}}).json()["id"]
    before = first.events(run, 0, lambda events: any(event["type"] == "hotspots" for event in events))
    pid = next(event["pid"] for event in before if event["type"] == "status")
    first.kill()
    os.kill(pid, 0)  # the target goes on

    second = serve()
    assert second.summary(run)["status"] == "running"
    assert second.summary(waiting)["status"] == "queued"
    seen = before[-1]["seq"]
    after = second.events(run, seen, lambda events: any(event["type"] == "hotspots" for event in events))
    assert [event["seq"] for event in after] == list(range(seen + 1, seen + 1 + len(after)))
    (tmp_path / "stop").touch()
    assert second.until(run, "succeeded")["exit_code"] == 0
    assert "spin" in second.call("GET", f"runs/{run}/tables").json()["data"]["function"]
    assert second.call("GET", f"runs/{run}/output").json()["text"] == "stopped by itself\n"
    second.until(waiting, "succeeded")  # what waited for its turn was not forgotten


def test_what_ended_while_no_server_was_there_is_shown(serve: Callable[[], Server], tmp_path: Path) -> None:
    first = serve()
    body = {"target": {"kind": "script", "path": "spin.py"}}
    run = first.call("POST", "runs", body).json()["id"]
    first.until(run, "running")
    first.kill()
    (tmp_path / "stop").touch()
    result = tmp_path / "store" / "runs" / run / "result.json"
    give_up = time.monotonic() + 30
    while not result.exists():
        assert time.monotonic() < give_up
        time.sleep(0.05)
    second = serve()
    assert second.call("GET", "runs").json()["runs"][0]["status"] == "succeeded"


def test_what_was_lost_while_no_server_was_there_gets_its_end_from_the_next(
    serve: Callable[[], Server], tmp_path: Path
) -> None:
    first = serve()
    run = first.call("POST", "runs", {"target": {"kind": "script", "path": "spin.py"}}).json()["id"]
    first.until(run, "running")
    first.events(run, 0, lambda events: any(event["type"] == "telemetry" for event in events))
    first.kill()
    directory = tmp_path / "store" / "runs" / run
    os.kill(json.loads((directory / "supervisor.json").read_bytes())["pid"], signal.SIGKILL)
    second = serve()
    give_up = time.monotonic() + 30
    while not (directory / "result.json").exists():  # before anybody asks for it
        assert time.monotonic() < give_up
        time.sleep(0.05)
    listed = second.call("GET", "runs").json()["runs"]
    assert [(one["id"], one["status"]) for one in listed] == [(run, "lost")]


def test_two_servers_on_one_store_show_the_same_and_start_nothing_twice(
    serve: Callable[[], Server], tmp_path: Path
) -> None:
    one, other = serve(), serve()
    body = {"target": {"kind": "script", "path": "spin.py"}}
    running = one.call("POST", "runs", body).json()["id"]
    one.until(running, "running")
    other.until(running, "running")
    waiting = other.call("POST", "runs", body).json()["id"]
    time.sleep(0.5)
    assert one.summary(waiting)["status"] == "queued"
    heard = other.events(running, 0, lambda events: any(event["type"] == "hotspots" for event in events))
    assert heard[0]["seq"] == 1
    assert other.call("POST", f"runs/{running}/cancel").status_code == 202
    assert one.until(running, "cancelled", "succeeded")["status"] == "cancelled"
    other.until(waiting, "running")
    (tmp_path / "stop").touch()
    one.until(waiting, "succeeded")
    started = one.events(waiting, 0, lambda events: events[-1:] and events[-1]["type"] == "finished")
    assert sum(event["type"] == "status" and event["status"] == "running" for event in started) == 1
    assert one.call("GET", "runs").json() == other.call("GET", "runs").json()
    assert one.call("DELETE", f"runs/{running}").status_code == 204
    assert other.call("GET", f"runs/{running}").status_code == 404
    give_up = time.monotonic() + 20
    while other.call("GET", "runs").json()["total"] != 1:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_the_log_of_a_server_has_no_traceback(serve: Callable[[], Server], tmp_path: Path) -> None:
    server = serve()
    (tmp_path / "stop").touch()
    run = server.call("POST", "runs", {"target": {"kind": "script", "path": "spin.py"}}).json()["id"]
    server.until(run, "succeeded")
    server.call("GET", f"runs/{run}/tables", name="no such table")
    server.process.terminate()
    server.process.wait(20)
    log = server.log.read_text()
    assert "Traceback" not in log, log
