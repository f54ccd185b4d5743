"""The profile of a run: built once from what the profiler wrote, kept as Arrow files, read from there ever after."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from typing import Final

from jupyterlab_hotspots.errors import Conflict, HotspotsError, Unavailable
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import ProfileWarning
from jupyterlab_hotspots.profiles.run_info import RunInfo
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.store import imported
from jupyterlab_hotspots.store.profile_files import load, save
from jupyterlab_hotspots.store.reading import read_info, read_warnings
from jupyterlab_hotspots.store.telemetry import read_telemetry

_UNREADABLE: Final = "unreadable_measurements"


def profile_of(directory: RunDirectory) -> Profile:
    """The profile of a run that is over.

    Raises:
        NotFound: there is no such run.
        Conflict: it is not over yet.
    """
    info = read_info(directory)
    if not info.has_ended:
        raise Conflict(
            f"The run is still {info.status}.",
            hint="Wait for its end, or look at its live table.",
            reason="run_not_over",
        )
    if info.by == imported.BY:
        return _imported(directory, info)
    saved = load(directory.profile_folder)
    if saved is not None:
        return saved
    profile = build_profile(directory, info)
    if any(warning.code == _UNREADABLE for warning in profile.measurements.warnings):
        return profile  # another version of the reader may do better
    shutil.rmtree(directory.profile_folder, ignore_errors=True)  # damaged, or of another version
    with contextlib.suppress(OSError):  # a full or read-only disk: then it is built again next time
        save(profile, directory.profile_folder)
    return profile


def _imported(directory: RunDirectory, info: RunInfo) -> Profile:
    try:
        found = imported.read(directory)
    except HotspotsError as error:
        return Profile(info, _nothing(_UNREADABLE, error))
    return found or build_profile(directory, info)


def build_profile(directory: RunDirectory, info: RunInfo) -> Profile:
    """The profile from what the run wrote; what cannot be read is missing and said in a warning, never an error."""
    told = tuple(read_warnings(directory))
    measurements = _measurements(directory, info)
    warnings = (*told, *(warning for warning in measurements.warnings if warning not in told))
    return Profile(info, replace(measurements, warnings=warnings), read_telemetry(directory).table())


def _measurements(directory: RunDirectory, info: RunInfo) -> Measurements:
    from jupyterlab_hotspots.profilers import registry
    from jupyterlab_hotspots.profilers.protocol import ReadContext

    try:
        reader = registry.reader(info.profiler)
        return reader.read(directory.raw_folder, ReadContext(info=info, options=info.options or {}))
    except Unavailable as error:
        return _nothing("nothing_measured", error)
    except HotspotsError as error:
        return _nothing(_UNREADABLE, error)


def _nothing(code: str, error: HotspotsError) -> Measurements:
    return Measurements(warnings=(ProfileWarning(code=code, message=error.message, hint=error.hint),))
