"""The wheel, installed where there is no Node, in an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
BUILT = CHECKOUT / "python_ext" / "jupyterlab_hotspots" / "labextension" / "package.json"


def _call(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=600, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def wheel_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with nothing but the wheel and what it asks for."""
    if not BUILT.exists():
        pytest.skip("the front end has not been built (make install)")
    folder = tmp_path_factory.mktemp("wheel")
    _call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    _call(sys.executable, "-m", "venv", "--without-pip", environment)
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed (make install)")
    _call(
        uv,
        "pip",
        "install",
        "-q",
        "--python",
        environment / "bin" / "python",
        f"{wheel}[reference]",
        env=_without_node(),
    )
    return environment


def _without_node() -> dict[str, str]:
    folders = [
        folder
        for folder in os.environ.get("PATH", "").split(os.pathsep)
        if not any((Path(folder) / tool).exists() for tool in ("node", "npm"))
    ]
    return {**os.environ, "PATH": os.pathsep.join([*folders, "/bin"])}


@pytest.mark.timeout(900)
def test_the_extension_is_enabled_in_both_halves(wheel_environment: Path) -> None:
    bin_folder = wheel_environment / "bin"
    lab = _call(bin_folder / "jupyter-labextension", "list")
    assert "jupyterlab-hotspots v" in lab.stdout + lab.stderr
    assert "enabled" in next(line for line in (lab.stdout + lab.stderr).splitlines() if "jupyterlab-hotspots" in line)
    server = _call(bin_folder / "jupyter-server", "extension", "list")
    listed = server.stdout + server.stderr
    assert "jupyterlab_hotspots" in listed and "enabled" in listed
    # Everything the front end needs is in the wheel.
    installed = wheel_environment / "share" / "jupyter" / "labextensions" / "jupyterlab-hotspots"
    assert (installed / "package.json").exists() and list((installed / "static").glob("remoteEntry.*.js"))
    assert (installed / "schemas" / "jupyterlab-hotspots" / "plugin.json").exists()


@pytest.mark.timeout(900)
def test_the_reference_pipeline_is_profiled_from_the_wheel(wheel_environment: Path, tmp_path: Path) -> None:
    environment = {**_without_node(), "HOTSPOTS_STORE": str(tmp_path / "store")}
    command = wheel_environment / "bin" / "jupyter-hotspots"
    _call(
        command,
        "reference",
        "simulate",
        "--alerts",
        "100",
        "--seed",
        "1",
        "--output",
        tmp_path / "a.parquet",
        env=environment,
    )
    pipeline = next((wheel_environment / "lib").glob("python*/site-packages/jupyterlab_hotspots/reference/pipeline.py"))
    done = _call(
        *(command, "run", "--json", tmp_path / "p.json", pipeline),
        *("--alerts", tmp_path / "a.parquet", "--output", tmp_path / "out", "--shuffles", "20"),
        env=environment,
        cwd=tmp_path,
    )
    assert "read 100" in done.stdout
    document = json.loads((tmp_path / "p.json").read_text())
    own = [row["function"] for row in document["functions"] if row.get("origin") == "own"]
    assert "find_hostless" in own


@pytest.mark.timeout(900)
def test_the_browser_smoke_test_passes_on_the_wheel(wheel_environment: Path, tmp_path: Path) -> None:
    if not (CHECKOUT / "node_modules" / ".bin" / "playwright").exists():
        pytest.skip("the browser tests' packages are not installed (make install)")
    browser = CHECKOUT / ".make" / "browser"
    chromium = browser.read_text().strip() if browser.exists() else shutil.which("chromium")
    if not chromium:
        pytest.skip("there is no Chromium (make test-browser installs it)")
    done = _call(
        *(CHECKOUT / "node_modules" / ".bin" / "playwright", "test", "reference-pipeline", "--retries", "1"),
        cwd=CHECKOUT / "ui-tests",
        env={
            **os.environ,
            "HOTSPOTS_CHROMIUM": chromium,
            "HOTSPOTS_UI_BIN": str(wheel_environment / "bin"),
            "HOTSPOTS_UI_WORK": str(tmp_path / "work"),
        },
    )
    assert " passed" in done.stdout
