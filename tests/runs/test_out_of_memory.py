"""A run that the kernel killed for want of memory says so, and how much it had."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LIMIT = 96 << 20


def _own_memory_group() -> tuple[Path, str]:
    """The folder of our own control group, and the name of its limit file."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return Path("/sys/fs/cgroup/memory") / path.lstrip("/"), "memory.limit_in_bytes"
    return Path("/sys/fs/cgroup"), "memory.max"


@pytest.fixture
def small_container() -> Iterator[Path]:
    """A control group with little memory; processes written into it stay there with all their children."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("making a control group takes root on Linux")
    parent, limit_file = _own_memory_group()
    group = parent / f"hotspots-test-{uuid.uuid4().hex[:8]}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error.strerror}")
    try:
        if not (group / limit_file).exists():
            pytest.skip("control groups here do not govern memory")
        (group / limit_file).write_text(str(LIMIT))
        swap = group / "memory.swap.max"
        if swap.exists():
            swap.write_text("0")
        yield group
    finally:
        group.rmdir()


def start_inside(group: Path, run: Any) -> None:
    code = (
        "import os, sys; open(sys.argv[1] + '/cgroup.procs', 'w').write(str(os.getpid())); "
        "from jupyterlab_hotspots.runs import launch; "
        "from jupyterlab_hotspots.runs.directory import RunDirectory; launch.start(RunDirectory(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", code, str(group), str(run.path)], check=True)


def test_killed_for_memory_is_told_with_peak_and_limit(runs: Any, small_container: Path) -> None:
    source = """
        kept = []
        while True:
            kept.append(bytes(range(256)) * 4096)
    """
    run = runs.create(source)
    start_inside(small_container, run)
    result = runs.result(run)
    assert (result["status"], result["signal"], result["reason_code"]) == ("failed", 9, "out_of_memory")
    assert result["reason"].startswith("It was killed for memory: peak ")
    assert result["reason"].endswith(" of 101 MB.")
    assert LIMIT / 2 < result["peak_rss_bytes"] <= LIMIT * 1.05
    assert result["memory_bytes"] == LIMIT


def test_a_child_killed_for_memory_is_warned_of(runs: Any, small_container: Path) -> None:
    source = """
        import subprocess, sys
        child = subprocess.run([sys.executable, "-c", "kept = []\\nwhile True: kept.append(bytes(range(256)) * 4096)"])
        sys.exit(f"a worker died: {child.returncode}")
    """
    run = runs.create(source)
    start_inside(small_container, run)
    result = runs.result(run)
    assert result["reason"] == "It exited with status 1: a worker died: -9"
    assert "out_of_memory" in [event["code"] for event in run.events() if event["type"] == "warning"]
