"""A file in which something was measured, as it is now."""

from __future__ import annotations

import io
import os
import tokenize
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterlab_hotspots.errors import BadRequest, NotFound, Unavailable
from jupyterlab_hotspots.profiles.profile import ROWS
from jupyterlab_hotspots.server.messages import SourceAnswer
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.reading import read_info

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.profiles.run_info import RunInfo
    from jupyterlab_hotspots.server.measured_runs import MeasuredRuns

LARGEST_BYTES: Final = 4 << 20


def source_answer(store: Store, measured: MeasuredRuns, run: str, file: str, *, root: Path) -> SourceAnswer:
    """A source file of a run.

    Args:
        file: as it stands in the run's tables; any other path is refused, whatever lies there.
        root: the server's root folder.

    Raises:
        NotFound: there is no such run, the file does not occur in it, or does not exist any more.
        BadRequest: it is too large to be shown.
        Unavailable: it cannot be read.
    """
    info = read_info(store.directory(run))
    known = files_of(measured.profile(run)) if info.has_ended else measured.live(run).files()
    if file not in known and file != info.target.path:
        raise NotFound(
            "That file does not occur in this run.",
            hint="Only files in which something was measured are shown.",
            reason="not_in_run",
        )
    text, modified = _read(Path(file))
    return SourceAnswer(
        file=file,
        contents_path=contents_path(root, file),
        text=text,
        changed=modified > _start_of(info),
    )


def files_of(profile: Profile) -> set[str]:
    """Every file that occurs in a profile."""
    from jupyterlab_hotspots.profiles.arrow import codes_of

    files: set[str] = set()
    for name in ROWS:
        table = profile.table(name)
        if table is not None and "file" in table.column_names:
            files.update(codes_of(table.column("file"))[1].to_pylist())
    return files


def contents_path(root: Path, file: str) -> str | None:
    """Where the lab's file browser finds a file; None if it lies outside of the server's root."""
    for folder, path in ((root, Path(file)), (root.resolve(), Path(file).resolve())):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return None


def _read(path: Path) -> tuple[str, float]:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
            raise BadRequest(f"{path} is not a regular file.", hint="There is no source to show.")
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_size > LARGEST_BYTES:
                raise BadRequest(
                    f"{path.name} has {status.st_size:,} bytes, too many to be shown.",
                    hint="Open it in an editor.",
                    reason="too_large",
                )
            data = file.read(LARGEST_BYTES)
    except FileNotFoundError:
        raise NotFound(
            f"{path} is not there any more.", hint="It may have been moved or renamed.", reason="source_gone"
        ) from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}.", hint="Check its permissions.") from error
    return _decoded(data), status.st_mtime


def _decoded(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)  # PEP 263
        text = data.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _start_of(info: RunInfo) -> float:
    moment = info.started or info.created
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
