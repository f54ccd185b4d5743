"""Whoever looks at a run through the server is told that the disk with the history became full."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FILL = """
import os, pathlib, sys, time
with open(sys.argv[1], "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
    while pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.05)
time.sleep(0.5)
"""


@pytest.fixture
def store_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A history on a file system with room for two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or not sys.platform.startswith("linux") or mount is None:
        pytest.skip("mounting a small file system takes root on Linux")
    mounted = subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    monkeypatch.setenv("HOTSPOTS_STORE", str(folder / "store"))
    try:
        yield folder / "store"
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_full_disk_is_said_while_the_run_goes_on_and_after_it(
    rest: Any, socket: Any, until: Any, store_folder: Path, jp_root_dir: Path
) -> None:
    (jp_root_dir / "fill.py").write_text(FILL)
    filler = store_folder.parent / "filler"
    body = {"target": {"kind": "script", "path": "fill.py", "args": [str(filler)]}}
    client = await socket()
    status, summary = await rest("POST", "runs", body=body)
    assert status == 201
    run = summary["id"]
    await client.send(subscribe=run)

    def codes(answer: Any) -> list[str]:
        return [warning["code"] for warning in answer["warnings"]]

    give_up = time.monotonic() + 30
    while True:
        status, answer = await rest("GET", "runs", run)
        assert status == 200, answer
        if "disk_full" in codes(answer):
            break
        assert time.monotonic() < give_up, answer
        await asyncio.sleep(0.1)
    assert answer["summary"]["status"] == "running"
    with pytest.raises(OSError):  # it is full indeed
        (store_folder / "more").write_bytes(bytes(1 << 20))
    (store_folder / "more").unlink()
    filler.unlink()  # the run ends once somebody has made room
    assert (await until(run))["status"] == "succeeded"
    _, answer = await rest("GET", "runs", run)
    assert codes(answer).count("disk_full") == 1
    heard = [event["code"] for event in await client.until_finished(run) if event["type"] == "warning"]
    assert "disk_full" in heard
