"""The list of profilers. A new one adds its description here; nothing else of it is imported before it is used."""

from __future__ import annotations

import platform
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from jupyterlab_hotspots.errors import BadRequest, Unavailable
from jupyterlab_hotspots.profilers.cprofile.description import CPROFILE
from jupyterlab_hotspots.profilers.protocol import Description, Reader

_DESCRIPTIONS: Final[tuple[Description, ...]] = (CPROFILE,)


def descriptions() -> tuple[Description, ...]:
    """All profilers, in the order in which a user should read about them."""
    return _DESCRIPTIONS


def description(name: str) -> Description:
    """The profiler of that name.

    Raises:
        BadRequest: (reason `no_profiler`) there is none; names those there are.
    """
    for known in _DESCRIPTIONS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in _DESCRIPTIONS)
    raise BadRequest(f"There is no profiler {name!r}.", hint=f"Choose one of: {names}.", reason="no_profiler")


def installed_version(described: Description) -> str | None:
    """The version of the tool that is installed beside Hotspots, found without importing it; None if there is none.

    For a tool of the standard library that is Python's version.
    """
    if described.requirement is None:
        return platform.python_version()
    from importlib import metadata  # 20 ms that a run need not wait for

    try:
        return metadata.version(described.requirement)
    except metadata.PackageNotFoundError:
        return None


def as_json(described: Description) -> dict[str, Any]:
    """A profiler as `GET profilers` and `jupyter hotspots profilers --json` list it."""
    version = installed_version(described)
    return {
        "name": described.name,
        "title": described.title,
        "question": described.question,
        "tool": described.tool,
        "measures": list(described.measures),
        "overhead": described.overhead,
        "targets": list(described.targets),
        "installed": version is not None,
        "version": version,
        "install": described.install,
        "note": described.note,
    }


def collector_path(name: str) -> Path | None:
    """The file of the half that enters the profiled process; None for a profiler that watches from elsewhere.

    Raises:
        BadRequest: there is no such profiler.
    """
    if description(name).kind != "inside":
        return None
    return Path(__file__).parent / name / "collector.py"


def reader(name: str) -> Reader:
    """The half that builds the model.

    Raises:
        BadRequest: there is no such profiler.
        Unavailable: it needs a package that is not installed.
    """
    described = description(name)
    try:
        return cast(Reader, import_module(f"jupyterlab_hotspots.profilers.{described.name}.reader"))
    except ImportError as error:
        hint = f"Install it: {described.install}" if described.install else "Install Hotspots again."
        raise Unavailable(f"The measurements of {described.name} cannot be read: {error}.", hint=hint) from error
