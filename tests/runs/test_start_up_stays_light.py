"""What a user waits for: nothing heavy is imported before the target has been started."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "pathlib",
    "typing",
    "dataclasses",
    "asyncio",
    "subprocess",
    "inspect",
    "psutil",
    "msgspec",
    "numpy",
    "pyarrow",
}


@pytest.mark.parametrize(
    "module",
    ["jupyterlab_hotspots.runs", "jupyterlab_hotspots.runs.supervisor", "jupyterlab_hotspots.runs.beginning"],
)
def test_the_supervisor_imports_nothing_heavy_before_the_target_runs(module: str) -> None:
    code = (
        "import sys, jupyterlab_hotspots; before = set(sys.modules); "
        f"import {module}; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY == set()


def test_the_supervisor_stands_on_the_standard_library_psutil_and_its_own_rooms() -> None:
    code = (
        "import sys; before = set(sys.modules); import jupyterlab_hotspots.runs.supervisor, "
        "jupyterlab_hotspots.runs.watch; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    foreign = [name for name in done.stdout.split() if name.partition(".")[0] not in sys.stdlib_module_names]
    rooms = {".".join(name.split(".")[:2]) for name in foreign}
    assert rooms <= {
        "jupyterlab_hotspots",
        "jupyterlab_hotspots.agent",
        "jupyterlab_hotspots.runs",
        "jupyterlab_hotspots.telemetry",
        "jupyterlab_hotspots.errors",
        "psutil",
    }
