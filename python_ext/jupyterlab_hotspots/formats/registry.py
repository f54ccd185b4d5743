"""The formats a profile can be written in, by name and by how a file is called.

Nothing heavy is imported here: a format's own module is, when it is used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterlab_hotspots.errors import BadRequest

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile


@dataclass(frozen=True)
class Format:
    """A foreign file format.

    Attributes:
        name: what `--format` and `?format=` call it.
        title: what a person calls it.
        suffixes: endings of file names that mean it, the usual one first.
        module: dotted name of the module with `write(profile, path)`.
        media_type: for downloads.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    media_type: str = "application/octet-stream"

    def write(self, profile: Profile, path: Path) -> None:
        """Write the profile to `path`.

        Raises:
            BadRequest: the profile has not what the format holds.
            OSError: the file cannot be written.
        """
        importlib.import_module(self.module).write(profile, path)


FORMATS: Final = (
    Format(
        name="pstats",
        title="cProfile / pstats",
        suffixes=(".prof", ".pstats", ".cprof"),
        module="jupyterlab_hotspots.formats.pstats_file",
    ),
    Format(
        name="json",
        title="Hotspots JSON",
        suffixes=(".json",),
        module="jupyterlab_hotspots.formats.json_file",
        media_type="application/json",
    ),
)


def by_name(name: str) -> Format:
    """The format of that name.

    Raises:
        BadRequest: there is none; the hint names those there are.
    """
    for one in FORMATS:
        if one.name == name:
            return one
    raise BadRequest(f'There is no format "{name}".', hint=f"Choose one of: {', '.join(one.name for one in FORMATS)}.")


def by_file_name(path: Path) -> Format:
    """The format a file's name asks for.

    Raises:
        BadRequest: no format is called so; the hint names the endings there are.
    """
    for one in FORMATS:
        if path.name.lower().endswith(one.suffixes):
            return one
    endings = ", ".join(suffix for one in FORMATS for suffix in one.suffixes)
    raise BadRequest(f'"{path.name}" does not say in which format to write.', hint=f"End it with one of: {endings}.")
