"""The profile document of the house as a JSON file (`schema/profile.schema.json`), there and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.formats.foreign import bad_file, contents
from jupyterlab_hotspots.profiles import document
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "Hotspots JSON"
_OF_THE_FILE: Final = ("id", "target", "profiler", "created", "by", "group", "cwd", "options")
"""Facts of the run that an import has its own of."""


def encode(profile: Profile) -> bytes:
    """The document in UTF-8, with a newline at the end."""
    return document.encode(document.to_document(profile)) + b"\n"


def encode_group(group: str, profiles: Sequence[Profile]) -> bytes:
    """The documents of the runs of a group in one: `{"schema", "group", "runs"}`."""
    documents = ",".join(encode(profile).decode().rstrip("\n") for profile in profiles)
    return f'{{"schema":{document.SCHEMA},"group":"{group}","runs":[{documents}]}}\n'.encode()


def write(profile: Profile, path: Path) -> None:
    """Write the document to `path`."""
    path.write_bytes(encode(profile))


def read(path: Path) -> Imported:
    """A profile that Hotspots wrote, on this machine or another.

    Raises:
        BadRequest: it is none, or its tables do not fit together.
    """
    try:
        profile = document.from_document(document.decode(contents(path)))
    except HotspotsError as error:
        if error.reason != "bad_table":
            raise
        raise bad_file(TITLE, error.message) from error
    if not profile.run.has_ended:
        raise bad_file(TITLE, "the run had not ended")
    facts = {name: value for name, value in msgspec.to_builtins(profile.run).items() if name not in _OF_THE_FILE}
    return Imported(
        measurements=profile.measurements,
        profiler=profile.run.profiler if profile.run.profiler.isidentifier() else "unknown",
        facts=facts,
        telemetry=profile.telemetry,
    )
