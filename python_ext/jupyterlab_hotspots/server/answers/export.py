"""A profile as a file to download."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_hotspots.formats import registry

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile


@dataclass(frozen=True)
class ExportedFile:
    """A file in memory, with the name a person would give it."""

    name: str
    data: bytes
    media_type: str


def exported(profile: Profile, name: str, table: str | None = None) -> ExportedFile:
    """The profile in the format of that name; `table` says which, for formats that hold one.

    Raises:
        BadRequest: there is no such format, or the profile has not what it holds.
    """
    chosen = registry.by_name(name)
    with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
        file = Path(folder) / "profile"
        chosen.write(profile, file, table=table)
        data = file.read_bytes()
    return ExportedFile(f"{Path(profile.run.target.name).stem}{chosen.suffixes[0]}", data, chosen.media_type)
