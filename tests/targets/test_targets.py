"""A user's words become a target, or a sentence that says why not and what to do."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from jupyterlab_hotspots.errors import BadRequest, NotFound
from jupyterlab_hotspots.targets.module import module_target
from jupyterlab_hotspots.targets.python import find_python
from jupyterlab_hotspots.targets.script import script_target
from jupyterlab_hotspots.targets.target import Target


def test_a_relative_path_is_relative_to_the_folder_given(tmp_path: Path) -> None:
    (tmp_path / "größe.py").write_text("pass")
    target = script_target("größe.py", ["a", "--b"], folder=tmp_path)
    assert target == Target("script", "größe.py", path=str(tmp_path / "größe.py"), args=("a", "--b"))
    assert Target.from_json(json.loads(json.dumps(target.as_json()))) == target


def test_a_link_stays_the_path_it_was_called_by(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "script.py").write_text("pass")
    (tmp_path / "link.py").symlink_to(tmp_path / "real" / "script.py")
    assert script_target(tmp_path / "link.py").path == str(tmp_path / "link.py")


def test_a_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "script.py").write_text("pass")
    assert script_target("~/script.py").path == str(tmp_path / "script.py")


def test_a_missing_file_is_not_found_and_a_similar_name_is_offered(tmp_path: Path) -> None:
    (tmp_path / "pipeline.py").write_text("pass")
    with pytest.raises(NotFound) as raised:
        script_target("pipelin.py", folder=tmp_path)
    assert str(tmp_path / "pipelin.py") in raised.value.message
    assert raised.value.hint == "Did you mean pipeline.py?"


@pytest.mark.parametrize(
    ("name", "contents", "reason"),
    [
        ("fit.ipynb", b"{}", "notebook_not_yet"),
        ("program", b"\x7fELF\x02\x01\x01\x00\x00", "not_python"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_python"),
        ("run.sh", b"#!/bin/bash\necho hello\n", "not_python"),
        ("run.R", b"#!/usr/bin/env Rscript\n1 + 1\n", "not_python"),
        ("broken.zip", b"PK\x03\x04 and no more", "not_python"),
    ],
)
def test_what_is_not_python_is_said(tmp_path: Path, name: str, contents: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(BadRequest) as raised:
        script_target(tmp_path / name)
    assert raised.value.reason == reason
    assert name in raised.value.message and raised.value.hint


@pytest.mark.parametrize("first_line", ["#!/usr/bin/env python3", "#!/usr/bin/python", "#!/usr/bin/env -S uv run", ""])
def test_scripts_without_an_ending_are_python_unless_they_say_otherwise(tmp_path: Path, first_line: str) -> None:
    (tmp_path / "tool").write_text(f"{first_line}\nprint()\n")
    assert script_target(tmp_path / "tool").name == "tool"


def test_folders_and_archives_need_a_main(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    with pytest.raises(BadRequest, match="__main__"):
        script_target(folder)
    (folder / "__main__.py").write_text("pass")
    assert script_target(folder).path == str(folder)
    archive = tmp_path / "app.pyz"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("other.py", "pass")
    with pytest.raises(BadRequest, match="__main__"):
        script_target(archive)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("__main__.py", "pass")
    assert script_target(archive).name == "app.pyz"


def test_compiled_python_can_be_run(tmp_path: Path) -> None:
    import py_compile

    (tmp_path / "script.py").write_text("pass")
    compiled = py_compile.compile(str(tmp_path / "script.py"), cfile=str(tmp_path / "script.pyc"))
    assert script_target(str(compiled)).name == "script.pyc"


def test_a_pipe_is_no_script(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadRequest, match="regular"):
        script_target(tmp_path / "pipe")


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("pass")
    script.chmod(0)
    if os.access(script, os.R_OK):
        pytest.skip("root may read everything")
    with pytest.raises(BadRequest, match="cannot be read"):
        script_target(script)


def test_modules_are_named_by_dots() -> None:
    assert module_target("a.b_c", ["x"]) == Target("module", "a.b_c", module="a.b_c", args=("x",))
    for wrong in ("", "a..b", "a/b.py", "a-b", "script.py "):
        with pytest.raises(BadRequest):
            module_target(wrong)


def test_a_path_after_m_is_told_from_a_module() -> None:
    with pytest.raises(BadRequest) as raised:
        module_target("folder/script.py")
    assert "leave -m out" in raised.value.hint


def test_python_is_ours_unless_named(tmp_path: Path) -> None:
    assert find_python() == str(Path(sys.executable).absolute())
    assert find_python(sys.executable) == str(Path(sys.executable).absolute())
    environment = tmp_path / "env"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    # The link stays: a virtual environment is known by its place.
    assert find_python("env", folder=tmp_path) == str(environment / "bin" / "python")


@pytest.mark.parametrize("words", ["/nonesuch/python", "no-such-python-anywhere", "/etc/passwd"])
def test_what_is_no_python_is_refused(words: str) -> None:
    with pytest.raises(BadRequest) as raised:
        find_python(words)
    assert raised.value.reason == "python_not_found" and raised.value.hint
