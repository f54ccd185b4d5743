"""Profiles that were measured elsewhere, as runs of the history: their tables are kept in the run's directory.

Such a run has no supervisor, no output and no raw files of a collector: in `raw/` lie the tables themselves, in the
folder `imported`, since nobody could make them again. `run.json`, `result.json` and the events are those of any run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from jupyterlab_hotspots.errors import HotspotsError, Unavailable

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.arrow import Table
    from jupyterlab_hotspots.profiles.profile import Measurements, Profile
    from jupyterlab_hotspots.runs.directory import RunDirectory
    from jupyterlab_hotspots.store.history import Store
    from jupyterlab_hotspots.store.summary import RunSummary

BY: Final = "import"
"""What stands under `by` in such a run."""

_FOLDER: Final = "imported"
_COPY: Final = "file"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a foreign file held.

    Attributes:
        measurements: the tables.
        profiler: the profiler of ours that measures the same (`cprofile`, `line`, …), else the tool's own name.
        facts: fields of `RunInfo` the file knows, such as `wall_s` or `started`.
        telemetry: resources over time.
    """

    measurements: Measurements
    profiler: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    telemetry: Table | None = None


def keep(store: Store, imported: Imported, *, name: str, path: Path, copy: bool = False) -> RunSummary:
    """Make an imported profile a run of the history.

    Args:
        store: the history.
        imported: what the file held.
        name: of the file, as a person knows it.
        path: where the file is, absolute.
        copy: keep a copy of the file with the run, because it will not stay where it is.

    Raises:
        HotspotsError: tables that do not fit together.
        Unavailable: it cannot be written.
    """
    import shutil

    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.references import check_references
    from jupyterlab_hotspots.profiles.run_info import RunInfo
    from jupyterlab_hotspots.runs.directory import RunDirectory
    from jupyterlab_hotspots.runs.ending import known_before, write_end
    from jupyterlab_hotspots.runs.event_log import EventLog
    from jupyterlab_hotspots.runs.files import write_json
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.runs.ulid import new_id
    from jupyterlab_hotspots.store.profile_files import save
    from jupyterlab_hotspots.targets.target import Target

    check_references(imported.measurements)
    run = new_id()
    directory = RunDirectory.in_store(store.folder, run)
    stays = directory.raw_folder / _COPY / name if copy else path
    request = RunRequest(
        id=run,
        target=Target(kind="script", name=_text(name), path=_text(str(stays))),
        profiler=imported.profiler,
        cwd=_text(str(stays.parent)),
        python=sys.executable,
        by=BY,
    )
    document = request.as_json()
    # Who ran it, where and with what is not known, but for what the file says.
    known = {key: value for key, value in known_before(document).items() if key not in ("executable", "host")}
    known.pop("platform", None)
    info = msgspec.convert({**known, "status": "succeeded", **imported.facts}, RunInfo)
    try:
        directory.raw_folder.mkdir(parents=True, mode=0o700)
        if copy:
            stays.parent.mkdir()
            shutil.copyfile(path, stays)
        save(Profile(info, imported.measurements, imported.telemetry), directory.raw_folder / _FOLDER)
        events = EventLog(str(directory.events_file), request.id, started=0.0)
        try:
            write_end(str(directory.path), events, msgspec.to_builtins(info), None, 0.0)
        finally:
            events.close()
        write_json(directory.request_file, document)  # last: only now it is a run
    except OSError as error:
        shutil.rmtree(directory.path, ignore_errors=True)
        raise Unavailable(
            f"The profile cannot be kept in {store.folder}: {error.strerror}.",
            hint="Free some room, or name another folder in the environment variable HOTSPOTS_STORE.",
            reason="store_unusable",
        ) from error
    return store.refresh(request.id)


def read(directory: RunDirectory) -> Profile | None:
    """The profile of an imported run; None for a run that was not imported.

    Raises:
        HotspotsError: its files are damaged.
    """
    folder = directory.raw_folder / _FOLDER
    if not folder.is_dir():
        return None
    from jupyterlab_hotspots.store.profile_files import load

    found = load(folder, any_version=True)
    if found is None:
        raise HotspotsError(
            f"The imported tables in {folder} are damaged.", hint="Import the file again.", reason="bad_raw"
        )
    return found


def _text(words: str) -> str:
    """A name that JSON can carry: bytes of file names that are not UTF-8 become question marks."""
    return words.encode("utf-8", "replace").decode()
