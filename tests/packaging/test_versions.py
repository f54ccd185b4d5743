from __future__ import annotations

import json
import re
from pathlib import Path

import jupyterlab_hotspots

CHECKOUT = Path(__file__).resolve().parents[2]


def test_both_halves_carry_the_same_version() -> None:
    python = re.search(r'^version = "([^"]+)"', (CHECKOUT / "pyproject.toml").read_text(), re.MULTILINE)
    assert python is not None
    assert json.loads((CHECKOUT / "package.json").read_text())["version"] == python.group(1)
    assert jupyterlab_hotspots.__version__ == python.group(1)


def test_no_address_of_a_package_registry_stands_in_the_lock_file() -> None:
    lock = json.loads((CHECKOUT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
