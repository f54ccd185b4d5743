"""Reads Scalene's JSON profiles, as `scalene run -o FILE` writes them, with the reader of our own runs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.formats.foreign import bad_file
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.scalene import reader
from jupyterlab_hotspots.profilers.scalene.document import FILE, read_document
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "Scalene"


def read(path: Path) -> Imported:
    """Lines, functions, call tree and memory over time.

    Raises:
        BadRequest: it is no such file, or holds nothing.
    """
    nobody = RunInfo(
        id="", status="succeeded", target=TargetInfo(kind="script", name=path.name), profiler="scalene", created=""
    )
    try:
        document = read_document(path)
        if document is None:
            raise bad_file(TITLE, "it is cut off")
        if not document.files:
            raise bad_file(TITLE, "it holds nothing that was measured")
        with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
            # The reader looks for a file of this name in a run's folder.
            (Path(folder) / FILE).symlink_to(path.absolute())
            measurements = reader.read(Path(folder), ReadContext(info=nobody))
    except HotspotsError as error:
        if error.reason == "bad_file":
            raise
        raise bad_file(TITLE, error.message.partition(" are damaged: ")[2] or error.message) from error
    facts: dict[str, Any] = {"code_s": document.elapsed_time_sec} if document.elapsed_time_sec else {}
    return Imported(measurements=measurements, profiler="scalene", facts=facts)
