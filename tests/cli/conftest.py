from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HotspotsCommand = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def hotspots(tmp_path: Path, store: Path) -> HotspotsCommand:
    """The real command line in a folder and a store of its own."""

    def call(*words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "jupyterlab_hotspots", *map(str, words)],
            cwd=tmp_path,
            env={**os.environ, "HOTSPOTS_STORE": str(store), "COLUMNS": "120"},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    def write(source: str) -> Path:
        path = tmp_path / "work.py"
        path.write_text(source, encoding="utf-8")
        return path

    return write
