"""The profile document of the house as a JSON file (`schema/profile.schema.json`)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from jupyterlab_hotspots.profiles.document import to_document
from jupyterlab_hotspots.profiles.profile import Profile


def write(profile: Profile, path: Path) -> None:
    """Write the document to `path` in UTF-8, with a newline at the end."""
    path.write_bytes(msgspec.json.encode(to_document(profile)) + b"\n")
