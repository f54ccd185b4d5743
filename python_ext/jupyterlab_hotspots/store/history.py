"""The history: every run of a store, found quickly, kept safely, deleted wholly.

The run directories are the truth and the index follows them. Several servers and command lines may work on one store
at the same time. Importing this module is cheap; NumPy and pyarrow come with the first profile.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from jupyterlab_hotspots.errors import Conflict, HotspotsError, NotFound, Unavailable
from jupyterlab_hotspots.runs import layout, lock
from jupyterlab_hotspots.runs.budget import Budget
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.runs.ulid import is_id
from jupyterlab_hotspots.store.expected import expected_s
from jupyterlab_hotspots.store.index import Changes, Index, Page
from jupyterlab_hotspots.store.location import make_store_folder, on_network_filesystem, store_folder
from jupyterlab_hotspots.store.reading import broken, read_info
from jupyterlab_hotspots.store.summary import RunSummary, summary_of

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.run_info import RunInfo
    from jupyterlab_hotspots.runs.request import RunRequest

_TRASH: Final = "trash"
_SCANNED: Final = "runs folder"
_BATCH: Final = 2000
_SETTLED_S: Final = 2.0
"""A folder's time of change has the grain of the clock: only one this old says that nothing was missed."""
_PATIENCE_S: Final = 0.5
"""A supervisor holds its run's lock for a moment after it has written the end."""
_YOUNG_S: Final = 30.0
"""A run directory without a request that is younger than this is being made."""
_BEING_MADE: Final = "it is being made"


class Skipped(msgspec.Struct, frozen=True):
    """Something among the run directories that is no run."""

    name: str
    why: str


class SyncReport(msgspec.Struct):
    """What a look through the run directories found."""

    changed: int = 0
    removed: int = 0
    skipped: list[Skipped] = []


class Store:
    """The history in a folder.

    Args:
        folder: None for the place `location.store_folder` says.

    Raises:
        Unavailable: the folder cannot be used.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder: Final = make_store_folder(store_folder() if folder is None else Path(folder).absolute())
        self._runs = self.folder / layout.RUNS
        self.index: Final = Index(self.folder, self._fill, network=on_network_filesystem(self.folder))
        self._scanned_ns = 0
        self._building: Final = tuple(threading.Lock() for _ in range(16))

    def close(self) -> None:
        """Close the index; the store may be used again afterwards."""
        self.index.close()

    # Finding

    def directory(self, run: str) -> RunDirectory:
        """The directory of a run.

        Raises:
            NotFound: there is no such run, or this cannot be the id of one.
        """
        if not is_id(run):
            raise _not_found(run)
        directory = RunDirectory.in_store(self.folder, run)
        if not directory.exists():
            raise _not_found(run)
        return directory

    def list(
        self, *, text: str = "", statuses: Sequence[str] = (), limit: int = 100, before: str | None = None
    ) -> Page:
        """The newest runs that match, as `Index.page` says. Call `sync` first where nobody watches the store."""
        return self.index.page(text=text, statuses=statuses, limit=limit, before=before)

    def get(self, run: str) -> RunSummary:
        """The row of a run as the index knows it, of a run it does not know yet from its directory.

        Raises:
            NotFound: there is no such run.
        """
        directory = self.directory(run)
        return self.index.get(run) or self._read_into_index(directory)

    def info(self, run: str) -> RunInfo:
        """Everything known about a run, read from its directory.

        Raises:
            NotFound: there is no such run.
        """
        return read_info(self.directory(run))

    def changes(self, after: int) -> Changes:
        """What happened since a revision, whoever did it (`Index.changes`)."""
        return self.index.changes(after)

    # Changing

    def create(self, request: RunRequest, budget: Budget | None = None) -> RunDirectory:
        """Make the directory of a new run and put it into the index. Nothing is started.

        Args:
            request: what is asked for.
            budget: how long it may take compared with what it took before; the usual, if None. A request that has a
                budget of its own keeps it.

        Raises:
            BadRequest: it names a profiler, folder or interpreter that does not exist.
            Unavailable: it cannot be written.
        """
        from jupyterlab_hotspots.runs import launch

        directory = launch.create(self.folder, request)
        self.adopt(directory, budget)
        return directory

    def adopt(self, directory: RunDirectory, budget: Budget | None = None) -> None:
        """Put a run into the index, which may have been started before the store was open, and give it its budget.

        A process that runs already has none: looking at it takes it no longer.
        """
        self._read_into_index(directory)
        request = directory.request()
        if request.budget is None and request.target.kind != "process":
            given = (budget or Budget()).of(expected_s(self.index, request.target))
            with contextlib.suppress(OSError):  # The disk is full: then it runs without.
                directory.append_control(layout.BUDGET + msgspec.json.encode(given) + b"\n")

    def refresh(self, run: str) -> RunSummary:
        """Read a run's directory again, end it as `lost` if nobody watches it any more, and update its row.

        Raises:
            NotFound: there is no such run; its row is gone then, too.
        """
        try:
            directory = self.directory(run)
        except NotFound:
            self.index.delete([run])
            raise
        return self._read_into_index(directory)

    def look(self, run: str) -> RunSummary:
        """As `refresh`, also where the index cannot be written, such as on a full disk: it follows when it can.

        Raises:
            NotFound: there is no such run.
        """
        try:
            return self.refresh(run)
        except Unavailable:
            return summary_of(self.info(run))

    def delete(self, run: str) -> None:
        """Delete a run with everything it wrote. A run that is queued will not be started.

        Raises:
            NotFound: there is no such run.
            Conflict: it is running.
        """
        directory = self.directory(run)
        # Who holds a run's lock is the only one who may start it or is watching it.
        held = lock.acquire(directory.lock_file, _PATIENCE_S)
        if held is None:
            raise Conflict("The run is still running.", hint="Stop it first, then delete it.", reason="run_is_running")
        try:
            # By one rename it is gone; a crash in the middle leaves no half of a run, only rubbish.
            trash = self.folder / _TRASH
            trash.mkdir(mode=0o700, exist_ok=True)
            grave = trash / f"{run}-{time.time_ns()}"
            try:
                directory.path.rename(grave)
            except FileNotFoundError:
                raise _not_found(run) from None
            except OSError as error:
                raise Unavailable(
                    f"The run {run} cannot be deleted: {error.strerror}.",
                    hint=f"Check the permissions of {directory.path}.",
                    reason="store_unusable",
                ) from error
            self.index.delete([run])
            shutil.rmtree(grave, ignore_errors=True)
        finally:
            os.close(held)

    # Keeping the index true

    def sync(self) -> SyncReport:
        """Bring the index up to date: directories it does not know, rows without a directory, runs that go on.

        Cheap where nothing happened: one `stat`, and one look at each run that is not over.
        """
        report = SyncReport()
        if not self._runs.is_dir():  # somebody has emptied the store under us
            make_store_folder(self.folder)
        for summary in self.index.unfinished():
            try:
                report.changed += self.refresh(summary.id) != summary
            except NotFound:
                report.removed += 1
            except HotspotsError as error:
                report.skipped.append(Skipped(summary.id, error.message))
        changed_ns = self._runs.stat().st_mtime_ns
        settled = time.time_ns() - changed_ns > _SETTLED_S * 1e9
        if changed_ns != self.index.mark(_SCANNED) and (settled or changed_ns != self._scanned_ns):
            self._scan(report)
            self._scanned_ns = changed_ns
            if settled and all(skipped.why != _BEING_MADE for skipped in report.skipped):
                self.index.set_mark(_SCANNED, changed_ns)
        return report

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        """Read every run directory again.

        Args:
            progress: called with how many directories are read and how many there are.
        """
        names, report = self._run_names()
        report.removed = self.index.delete(self.index.ids().difference(names))
        report.changed = self._read_all(names, report, progress)
        self._sweep()
        return report

    def _fill(self) -> None:
        names, report = self._run_names()
        self._read_all(names, report, None)

    def _scan(self, report: SyncReport) -> None:
        names, found = self._run_names()
        known = self.index.ids()
        report.skipped += found.skipped
        report.removed += self.index.delete(known.difference(names))
        report.changed += self._read_all([name for name in names if name not in known], report, None)
        self._sweep()

    def _run_names(self) -> tuple[list[str], SyncReport]:
        report = SyncReport(skipped=[])
        names: list[str] = []
        for path in self._runs.iterdir():
            if is_id(path.name):
                names.append(path.name)
            else:
                report.skipped.append(Skipped(path.name, "its name is not the id of a run"))
        return sorted(names), report

    def _read_all(self, names: Sequence[str], report: SyncReport, progress: Callable[[int, int], None] | None) -> int:
        changed = 0
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            changed += self.index.upsert(self._read_each(batch, report))
            if progress is not None:
                progress(start + len(batch), len(names))
        return changed

    def _read_each(self, names: Iterable[str], report: SyncReport) -> Iterator[RunSummary]:
        for name in names:
            directory = RunDirectory.in_store(self.folder, name)
            try:
                yield summary_of(_read(directory))
            except HotspotsError as error:
                young = error.reason == "not_found" and _age_s(directory.path) < _YOUNG_S
                report.skipped.append(Skipped(name, _BEING_MADE if young else error.message))

    def _read_into_index(self, directory: RunDirectory) -> RunSummary:
        summary = summary_of(_read(directory))
        self.index.upsert([summary])
        return summary

    def _sweep(self) -> None:
        trash = self.folder / _TRASH
        if trash.is_dir():
            for grave in trash.iterdir():
                shutil.rmtree(grave, ignore_errors=True)

    # Profiles

    def profile(self, run: str) -> Profile:
        """The profile of a run that is over; built by the profiler's reader at first, then kept in its directory.

        Raises:
            NotFound: there is no such run.
            Conflict: it is not over yet.
            Unavailable: it wrote nothing that a profile could be made of.
        """
        from jupyterlab_hotspots.store.profiles import profile_of

        directory = self.directory(run)
        with self._building[hash(run) % len(self._building)]:  # not twice at once: it takes time and memory
            return profile_of(directory)


def _read(directory: RunDirectory) -> RunInfo:
    """What a run's directory says, a lost run ended first.

    Raises:
        NotFound: there is no such run.
        BrokenRunError: what is there cannot be read as a run, whatever it is: no run may hide the others.
    """
    try:
        info = read_info(directory)
        if info.has_ended and not directory.result_file.exists():
            from jupyterlab_hotspots.runs.recover import reconcile

            with contextlib.suppress(OSError):  # a full or read-only disk: it is over all the same
                reconcile(directory)
            info = read_info(directory)
    except NotFound:
        if directory.path.is_dir() and not os.access(directory.path, os.R_OK | os.X_OK):
            raise broken(directory, "permission denied") from None
        raise
    except HotspotsError:
        raise
    except Exception as error:
        raise broken(directory, f"{type(error).__name__}: {error}") from error
    return info


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return math.inf


def _not_found(run: str) -> NotFound:
    return NotFound(f"There is no run {run[:40]}.", hint="It may have been deleted; look it up in the history.")
