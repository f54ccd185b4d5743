"""Whose code a file is."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.agent.origin import Origins
from jupyterlab_hotspots.profilers.told_origins import ToldOrigins

STANDARD = str(Path(os.__file__).parent)
SITE = f"{STANDARD}/site-packages"


@pytest.mark.parametrize(
    ("target", "file", "origin"),
    [
        ("/home/me/project/script.py", "/home/me/project/script.py", "own"),
        ("/home/me/project/script.py", "/home/me/project/package/module.py", "own"),
        ("/home/me/project/script.py", "/home/me/elsewhere/module.py", "own"),
        ("/home/me/project/script.py", f"{STANDARD}/json/decoder.py", "library"),
        ("/home/me/project/script.py", f"{STANDARD}/lib-dynload/x.py", "library"),
        ("/home/me/project/script.py", f"{SITE}/numpy/core.py", "library"),
        ("/home/me/project/script.py", "/home/me/.local/lib/python3.12/site-packages/a.py", "library"),
        ("/home/me/project/script.py", "/usr/lib/python3/dist-packages/a.py", "library"),
        ("/home/me/project/script.py", "/home/me/project/.venv/lib/python3.12/site-packages/numpy/core.py", "library"),
        ("/home/me/project/script.py", "/home/me/project/site-packages.py", "own"),
        ("/home/me/project/script.py", "<frozen importlib._bootstrap>", "builtin"),
        ("/home/me/project/script.py", "<string>", "own"),
        ("/home/me/project/script.py", "<__array_function__ internals>", "library"),
        # A target in a library is what the user looks at, and so is what lies beside it.
        (f"{SITE}/tool/__main__.py", f"{SITE}/tool/__main__.py", "own"),
        (f"{SITE}/tool/__main__.py", f"{SITE}/tool/inner/a.py", "own"),
        (f"{SITE}/tool/__main__.py", f"{SITE}/tool/vendored/site-packages/a.py", "library"),
        (f"{SITE}/tool/__main__.py", f"{SITE}/toolbox/a.py", "library"),
        (f"{SITE}/tool/__main__.py", f"{STANDARD}/os.py", "library"),
        (f"{STANDARD}/json/tool.py", f"{STANDARD}/json/decoder.py", "own"),
        (f"{STANDARD}/json/tool.py", f"{STANDARD}/re.py", "library"),
        # One file in a folder that everything else lies in does not make everything own.
        (f"{STANDARD}/timeit.py", f"{STANDARD}/timeit.py", "own"),
        (f"{STANDARD}/timeit.py", f"{STANDARD}/os.py", "library"),
        (f"{SITE}/six.py", f"{SITE}/numpy/core.py", "library"),
        ("/script.py", f"{STANDARD}/os.py", "library"),
        ("/script.py", "/home/me/a.py", "own"),
    ],
)
def test_own_library_or_builtin(target: str, file: str, origin: str) -> None:
    origins = Origins()
    origins.claim(target)
    assert origins.of(file) == origin
    assert ToldOrigins(json.loads(json.dumps(origins.told()))).of(file) == origin, "decided elsewhere it is the same"


def test_a_folder_is_own_with_all_that_lies_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "site-packages" / "app"
    folder.mkdir(parents=True)
    origins = Origins()
    origins.claim(str(folder))
    assert origins.of(str(folder / "__main__.py")) == "own"
    assert origins.of(str(tmp_path / "site-packages" / "other.py")) == "library"


@pytest.mark.parametrize(
    ("file", "absolute"),
    [
        ("/a/b.py", "/a/b.py"),
        ("/a/../b/./c//d.py", "/b/c/d.py"),
        ("b.py", "CWD/b.py"),
        ("./lib/../b.py", "CWD/b.py"),
        ("/a/.hidden/b.py", "/a/.hidden/b.py"),
        ("<string>", "<string>"),
    ],
)
def test_paths_become_absolute(file: str, absolute: str) -> None:
    assert Origins().absolute(file) == absolute.replace("CWD", str(Path.cwd()))
    assert ToldOrigins(Origins().told()).absolute(file) == absolute.replace("CWD", str(Path.cwd()))


@pytest.mark.parametrize("told", [None, [], {"standard": 5}, {"own_file": ["x"]}, {}])
def test_what_was_told_wrongly_is_as_if_it_was_not_told(told: object) -> None:
    assert ToldOrigins(told).place("/a/site-packages/../b.py") == ("/a/b.py", "own")


def test_what_is_beside_the_standard_library_of_this_python_is_not_all_library() -> None:
    origins = Origins()
    assert origins.of(f"{STANDARD}/os.py") == "library"
    assert origins.of(os.path.realpath(f"{STANDARD}/os.py")) == "library"
    assert origins.of(f"{sys.prefix}-other/project/a.py") == "own"
