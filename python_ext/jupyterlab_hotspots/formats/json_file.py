"""The profile document of the house as a JSON file (`schema/profile.schema.json`)."""

from __future__ import annotations

from pathlib import Path

from jupyterlab_hotspots.profiles import document
from jupyterlab_hotspots.profiles.profile import Profile


def encode(profile: Profile) -> bytes:
    """The document in UTF-8, with a newline at the end."""
    return document.encode(document.to_document(profile)) + b"\n"


def write(profile: Profile, path: Path) -> None:
    """Write the document to `path`."""
    path.write_bytes(encode(profile))
