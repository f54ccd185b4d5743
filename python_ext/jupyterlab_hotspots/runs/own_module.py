"""The command that runs a module of ours as a process of its own."""

# ruff: noqa: PTH100, PTH120

from __future__ import annotations

import os
import sys

_PACKAGES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_CODE = (
    "import sys; sys.path[:1] = []; sys.path.append(sys.argv.pop(1)); "
    "from importlib import import_module; "
    "sys.exit(import_module('jupyterlab_hotspots.' + sys.argv.pop(1)).main())"
)
"""As ``python -m``, without the 5 ms of ``runpy`` and without the working directory on the module path, where a user's
``json.py`` may lie. Our own folder comes last, for when the package is not installed."""


def command_of(module: str, *words: str) -> list[str]:
    """The command for a module that has ``main()``, given by its name within the package."""
    return [sys.executable, "-c", _CODE, _PACKAGES, module, *words]
