"""A profile as files: `profile.json` with what is known about the run, and one Arrow file for each table.

They lie in the run's directory under `profile/`, are derived from what the run wrote, and may be deleted at any time.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profiles.arrow import Table, pa
from jupyterlab_hotspots.profiles.profile import MEASURED, ROWS, Measurements, Profile
from jupyterlab_hotspots.profiles.rows import ProfileWarning
from jupyterlab_hotspots.profiles.run_info import RunInfo
from jupyterlab_hotspots.profiles.tables import checked

_VERSION: Final = 1
"""Raised when a reader or the model changes so that saved profiles must be made again."""

_HEADER: Final = "profile.json"


class _Header(msgspec.Struct, kw_only=True):
    version: int
    run: RunInfo
    tables: list[str]
    warnings: list[ProfileWarning]


_decode_header = msgspec.json.Decoder(_Header).decode  # made here: see `reading.py`


def save(profile: Profile, folder: Path) -> None:
    """Write a profile; whoever looks sees all of it or nothing. Where there is one already, that one stays.

    Raises:
        OSError: the files cannot be written.
    """
    tables = {name: table for name in ROWS if (table := profile.table(name)) is not None}
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, table in tables.items():
            _write_table(table, temporary / f"{name}.arrow")
        header = _Header(
            version=_VERSION, run=profile.run, tables=list(tables), warnings=list(profile.measurements.warnings)
        )
        (temporary / _HEADER).write_bytes(msgspec.json.encode(header))
        try:
            temporary.rename(folder)
        except OSError:
            if not (folder / _HEADER).exists():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load(folder: Path, *, any_version: bool = False) -> Profile | None:
    """The profile saved there; None if there is none, or one that is damaged, or of another version.

    Args:
        any_version: also one of another version, as long as its tables are such as ours: nobody can make it again.
    """
    try:
        header = _decode_header((folder / _HEADER).read_bytes())
        if header.version != _VERSION and not any_version:
            return None
        tables = {name: checked(ROWS[name], _read_table(folder / f"{name}.arrow")) for name in header.tables}
    except (OSError, KeyError, msgspec.MsgspecError, HotspotsError, pa.ArrowException):
        return None
    measured: dict[str, Any] = {name: tables[name] for name in MEASURED if name in tables}
    return Profile(header.run, Measurements(**measured, warnings=tuple(header.warnings)), tables.get("telemetry"))


def _write_table(table: Table, file: Path) -> None:
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read_table(file: Path) -> Table:
    # Read, not memory-mapped: a mapped file that goes away on a network disk kills the process.
    with pa.OSFile(str(file), "rb") as source, pa.ipc.open_file(source) as reader:
        return reader.read_all()
