"""What `make lab` opens works as a newcomer finds it: the address, and the notebook with a real kernel."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NOTEBOOK = "examples/first-profile.ipynb"
ALERTS = 40


@pytest.fixture(scope="module")
def command() -> str:
    """The line by which `make lab` starts JupyterLab."""
    if sys.prefix != str(CHECKOUT / ".venv") or shutil.which("make") is None:
        pytest.skip("these tests do not run in the checkout's own .venv, or there is no make")
    said = subprocess.run(["make", "-n", "lab"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in said.splitlines() if " jupyter lab " in line)
    return line


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's own, in whose PATH there is no `.venv`."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if not (Path(folder) / "jupyter").exists())
    return {
        **os.environ,
        "PATH": path,
        "HOTSPOTS_STORE": str(tmp_path / "store"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }


@pytest.mark.timeout(300)
def test_the_notebook_runs_from_its_first_cell_to_its_last(
    command: str, environment: dict[str, str], tmp_path: Path
) -> None:
    text = (CHECKOUT / NOTEBOOK).read_text()
    assert "1000" in text
    copy = tmp_path / "work" / NOTEBOOK
    copy.parent.mkdir(parents=True)
    copy.write_text(text.replace("1000", str(ALERTS)))
    (tmp_path / "work" / "python_ext").symlink_to(CHECKOUT / "python_ext")
    settings = command.partition(" jupyter lab ")[0]
    executed = subprocess.run(
        f"{settings} jupyter nbconvert --to notebook --execute --stdout '{copy}'",
        shell=True,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert executed.returncode == 0, executed.stderr
    cells = [cell for cell in json.loads(executed.stdout)["cells"] if cell["cell_type"] == "code"]
    printed = ["".join("".join(one.get("text", "")) for one in cell["outputs"]) for cell in cells]
    everything = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", "\n".join(printed))
    assert "not found" not in everything and "Traceback" not in everything, everything
    assert f"alerts-{ALERTS}.parquet --output" in everything
    assert "succeeded" in everything and "pipeline.py  under sampling" in everything
    assert "function calls" in printed[-1]
    assert (tmp_path / "work" / "demo" / "run.prof").stat().st_size


@pytest.mark.timeout(120)
def test_the_address_that_is_printed_opens_the_notebook(command: str, environment: dict[str, str]) -> None:
    lab = subprocess.Popen(
        f"exec env {command} --no-browser --ServerApp.port=0",
        shell=True,
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert lab.stderr is not None
    try:
        lines: list[str] = []
        for line in lab.stderr:
            lines.append(line)
            if "?token=" in line:
                break
        assert f"/lab/tree/{NOTEBOOK}?token=" in lines[-1], "".join(lines)
    finally:
        lab.send_signal(signal.SIGTERM)
        until = time.monotonic() + 30
        while lab.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        lab.kill()
        lab.stderr.close()
        lab.wait()
