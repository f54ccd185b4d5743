"""Hotspots: a profiler for JupyterLab. Importing this is cheap: it is done in every command and every server."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing `typing` takes longer than all of this
    from typing import Any


__version__ = "0.1.0"
"""The same as in pyproject.toml and package.json (a test keeps it so); asking the installed metadata takes 20 ms."""


def _jupyter_labextension_paths() -> list[dict[str, str]]:  # pyright: ignore[reportUnusedFunction]  (JupyterLab calls it)
    """Where the built front end is, and under which name JupyterLab finds it."""
    return [{"src": "labextension", "dest": "jupyterlab-hotspots"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:  # pyright: ignore[reportUnusedFunction]  (Jupyter Server calls it)
    """The server extension."""
    import sys

    if sys.platform == "win32":
        raise ImportError("Hotspots does not run on Windows itself. Run Jupyter in WSL (Windows Subsystem for Linux).")
    from jupyterlab_hotspots.server.app import HotspotsApp

    return [{"module": "jupyterlab_hotspots", "app": HotspotsApp}]
