"""`jupyter hotspots profilers` can be read on a terminal of 80 columns."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

from jupyterlab_hotspots.profilers import registry


def test_each_profiler_is_a_block_that_fits_and_the_default_is_marked() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "jupyterlab_hotspots", "profilers"],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert max(map(len, said.splitlines())) <= 80
    blocks = {block.split()[0]: block for block in said.strip().split("\n\n")}
    for described in registry.descriptions():
        block = blocks[described.name]
        assert described.question in " ".join(block.split()) and described.overhead in " ".join(block.split())
        assert ("(the default)" in block.splitlines()[0]) == (described.name == registry.DEFAULT)
        assert len(block.splitlines()) <= 10
    assert platform.python_version() not in blocks["cprofile"] + blocks["tracemalloc"]
    assert registry.installed_version(registry.description("sampling")) in blocks["sampling"]
