from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.errors import Unavailable
from jupyterlab_hotspots.store import location


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOTSPOTS_STORE", "JUPYTER_DATA_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_wins_over_the_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTSPOTS_STORE", str(tmp_path / "environment"))
    assert location.store_folder(tmp_path / "setting") == tmp_path / "environment"


def test_the_setting_wins_over_the_data_directory(tmp_path: Path) -> None:
    assert location.store_folder(tmp_path / "setting") == tmp_path / "setting"


@pytest.mark.parametrize("variable", [None, "JUPYTER_DATA_DIR", "XDG_DATA_HOME"])
def test_it_lies_where_jupyter_keeps_its_data(
    variable: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if variable is not None:
        monkeypatch.setenv(variable, str(tmp_path))
    said = subprocess.run(
        [sys.executable, "-m", "jupyter", "--data-dir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert location.store_folder().resolve() == (Path(said) / "hotspots").resolve()


def test_only_its_owner_may_look_into_it(tmp_path: Path) -> None:
    location.make_store_folder(tmp_path / "store")
    assert (tmp_path / "store" / "runs").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable) as error:
        location.make_store_folder(tmp_path / "file" / "store")
    assert "HOTSPOTS_STORE" in error.value.hint


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    ("filesystem", "network"),
    [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("9p", True), ("ext4", False), ("tmpfs", False)],
)
def test_network_file_systems_are_told_from_local_ones(
    filesystem: str, network: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "my data"
    folder.mkdir()
    escaped = str(folder).replace(" ", "\\040")
    table = (
        "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
        f"28 27 0:44 / {escaped} rw,relatime shared:1 - {filesystem} server:/export rw\n"
    )
    original = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda self, *a, **k: table if os.fspath(self).startswith("/proc/") else original(self)
    )
    assert location.on_network_filesystem(folder) is network
    assert location.on_network_filesystem(tmp_path) is False
