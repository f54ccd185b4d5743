"""SnakeViz through real servers: under a base URL, for runs only, for nobody without the token."""

from __future__ import annotations

import cProfile
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

RUN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def prof(tmp_path: Path) -> Path:
    path = tmp_path / "fit.prof"
    profile = cProfile.Profile()
    profile.runcall(json.dumps, [1, {"a": 2}])
    profile.dump_stats(path)
    return path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Folders of their own, so that no other Jupyter server is found."""
    return {
        **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
        "HOTSPOTS_STORE": str(tmp_path / "store"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
    }


def hotspots(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jupyterlab_hotspots", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def run(environment: dict[str, str], prof: Path) -> str:
    done = hotspots(environment, "import", str(prof))
    said, errors = done.communicate(timeout=60)
    assert done.returncode == 0, errors
    return said.split()[0]


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A Jupyter server of its own process under a base URL; gives that URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyter_server", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
        *("--ServerApp.base_url=/user/ada/", "--IdentityProvider.token=secret", "--ServerApp.open_browser=False"),
        *(f"--ServerApp.root_dir={tmp_path}", "--ServerApp.jpserver_extensions={'jupyterlab_hotspots': True}"),
        *(("--allow-root",) if os.geteuid() == 0 else ()),
    ]
    log = (tmp_path / "server.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/user/ada/"
    try:
        give_up = time.monotonic() + 60
        while True:
            try:
                if requests.get(f"{url}api", timeout=5).ok:
                    break
            except requests.ConnectionError:
                pass
            assert process.poll() is None and time.monotonic() < give_up, (tmp_path / "server.log").read_text()
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def test_the_page_is_served_with_the_servers_authentication_under_its_base_url(server: str, run: str) -> None:
    page = f"{server}hotspots/runs/{run}/snakeviz"
    for headers in ({}, {"Authorization": "token wrong"}):
        refused = requests.get(page, headers=headers, timeout=30, allow_redirects=False)
        assert refused.status_code == 403 and "SnakeViz" not in refused.text
    with_token: dict[str, str] = {"Authorization": "token secret"}
    served = requests.get(page, headers=with_token, timeout=30)
    assert served.status_code == 200 and served.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "sandbox allow-scripts" in served.headers["Content-Security-Policy"]
    assert "dumps" in served.text and "sv_draw_vis" in served.text
    # A browser that has logged in has a cookie.
    session = requests.Session()
    assert session.get(f"{server}?token=secret", timeout=30).ok or session.cookies
    assert session.get(page, timeout=30).status_code == 200
    # Runs only: never a path.
    for other in (RUN, "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "x"):
        answer = requests.get(f"{server}hotspots/runs/{other}/snakeviz", headers=with_token, timeout=30)
        assert answer.status_code == 404 and answer.json()["reason"] == "not_found"


def test_the_command_line_finds_the_server_that_knows_the_run(
    server: str, run: str, environment: dict[str, str]
) -> None:
    done = hotspots(environment, "show", run, "--snakeviz")
    said, errors = done.communicate(timeout=60)
    assert done.returncode == 0, errors
    assert said.startswith(f"{server}hotspots/runs/{run}/snakeviz?token=")
    assert "sv_draw_vis" in requests.get(said.strip(), timeout=30).text


def test_without_a_server_it_is_served_at_a_local_port_until_interrupted(run: str, environment: dict[str, str]) -> None:
    process = hotspots(environment, "show", "last", "--snakeviz")
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        served = requests.get(url, timeout=30)
        assert served.status_code == 200 and "dumps" in served.text
        assert "sandbox allow-scripts" in served.headers["Content-Security-Policy"]
        for wrong in (url.partition("?")[0], url[:-1], url.replace("?token=", "?token=%C3%A4")):
            assert requests.get(wrong, timeout=30).status_code == 403
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0 and "Traceback" not in errors
    finally:
        process.kill()
        process.wait()


async def test_a_run_that_measured_no_times_is_refused_in_words(rest: Any, jp_root_dir: Path) -> None:
    document = {
        "schema": 1,
        "run": {
            **{"id": RUN, "status": "succeeded", "target": {"kind": "script", "name": "x.py"}},
            **{"profiler": "line", "created": "2026-11-21T09:00:00.000Z"},
        },
        "lines": [{"line": 3, "hits": 4}],
        "warnings": [],
    }
    (jp_root_dir / "x.json").write_text(json.dumps(document))
    _, summary = await rest("POST", "import", body={"path": "x.json"})
    status, answer = await rest("GET", "runs", summary["id"], "snakeviz")
    assert status == 400 and answer["hint"]


def test_the_servers_token_is_given_to_no_proxy(server: str, environment: dict[str, str], run: str) -> None:
    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))
        proxy.listen()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        shown = hotspots(
            {**environment, "http_proxy": address, "https_proxy": address, "no_proxy": ""},
            *("show", run, "--snakeviz"),
        )
        said, errors = shown.communicate(timeout=60)
        assert said.startswith("http://") and f"/user/ada/hotspots/runs/{run}/snakeviz" in said, errors
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
