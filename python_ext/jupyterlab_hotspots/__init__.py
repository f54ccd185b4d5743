"""Hotspots: a profiler for JupyterLab. Importing this is cheap: it is done in every command and every server."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing `typing` takes longer than all of this
    from typing import Any


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("jupyterlab-hotspots")
        except PackageNotFoundError:  # imported from a checkout that is not installed
            return "0"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
