"""A memray capture as columns, read by a process that may come to harm in our place (`extract.py`)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import HotspotsError, NotFound, Unavailable
from jupyterlab_hotspots.profilers.preorder import can_be_summed
from jupyterlab_hotspots.profilers.raw_columns import RawColumns, bad_raw, read_columns

_EXTRACT: Final = Path(__file__).parent / "extract.py"
_LEAST_S: Final = 60.0
_BYTES_PER_S: Final = 1 << 19
"""A capture of so many bytes may take a second longer to read; on a quiet machine it takes a tenth of that."""
_LEAST_MEMORY: Final = 1 << 30
_FAILED: Final = 3
_LONGEST_MESSAGE: Final = 500

_PATIENCE: Final = 5


@dataclass(frozen=True)
class Limits:
    """What reading one capture may take.

    Attributes:
        seconds: of CPU time; several times as long on the clock, because a busy machine is no damaged file.
        memory_bytes: of address space.
    """

    seconds: float
    memory_bytes: int

    @classmethod
    def for_own(cls, path: Path) -> Limits:
        """For a capture of one of our runs: it grows with the file, and with half of the machine's memory."""
        size = path.stat().st_size
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return cls(_LEAST_S + size / _BYTES_PER_S, max(_LEAST_MEMORY, memory // 2))


def read_capture(path: Path, *, ours: Collection[str] = (), limits: Limits | None = None) -> RawColumns:
    """Reads a capture file of memray, whoever wrote it.

    Args:
        path: the file.
        ours: files whose frames are left out, with what was allocated in them.
        limits: what it may take; by default what a capture of our own may.

    Returns:
        `nodes.*` (the stacks as a tree: `parent`, -1 for a root and always before its children, `function`, `file`,
        `line`, `native`), `cells.*` (in a node, by an allocator: bytes and blocks at the high-water mark, leaked and
        temporary; node -1 is where no stack is known), `places.*` (all bytes ever allocated in a line; empty where that
        is not known), `snapshots.*` (milliseconds since 1970, bytes). All numbers are int64.

    Raises:
        NotFound: there is no such file.
        Unavailable: memray is not installed here.
        HotspotsError: (reason `bad_raw`) it is damaged or too large, or (reason `other_version`) of another version of
            memray's format.
    """
    if not path.exists():
        raise NotFound(f"There is no file {path}.", hint="The run ended before anything was written.")
    if not path.is_file():  # reading a pipe would wait for its writer
        raise bad_raw(path, "it is not a regular file")
    limits = Limits.for_own(path) if limits is None else limits
    with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
        output = Path(folder) / "capture.columns"
        command = [sys.executable, _EXTRACT, path.absolute(), output, limits.memory_bytes, round(limits.seconds)]
        try:
            ended = subprocess.run(
                [str(word) for word in command],
                cwd=folder,
                input=json.dumps(list(ours)).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=_PATIENCE * limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise bad_raw(path, f"reading it takes longer than {_PATIENCE * limits.seconds:.0f} s") from error
        if ended.returncode == -signal.SIGXCPU:
            raise bad_raw(path, f"reading it takes longer than {limits.seconds:.0f} s")
        if ended.returncode:
            raise _failure(path, ended.returncode, ended.stderr.decode(errors="replace"))
        columns = read_columns(output)
    _check(columns, path)
    return columns


def _failure(path: Path, status: int, said: str) -> HotspotsError:
    kind, _, what = said.strip().rpartition("\n")[2].partition(" ")
    what = what[:_LONGEST_MESSAGE].rstrip(".")
    if status == _FAILED and kind == "missing":
        return Unavailable(
            f"What memray recorded cannot be read without memray: {what}.",
            hint=f"Install it: {sys.executable} -m pip install memray",
        )
    if status == _FAILED and kind == "version":
        return HotspotsError(
            f"What memray recorded in {path} cannot be read by the memray that is installed beside Hotspots.",
            hint="Install the same version of memray in both Pythons, the target's and that of Hotspots. "
            "(A file that is damaged at its beginning is refused in the same way.)",
            reason="other_version",
        )
    if status == _FAILED:
        return bad_raw(path, what or "it cannot be read")
    if status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        return bad_raw(path, f"memray, reading it, was ended by {name}")
    return bad_raw(path, "memray cannot read it")


def _check(columns: RawColumns, path: Path) -> None:
    """Checks what the columns' own reader cannot: what hangs together fits together."""
    nodes = columns.length("nodes.parent", "nodes.line", "nodes.native", "nodes.function", "nodes.file")
    sums = [f"cells.{name}_{what}" for name in ("peak", "leaked", "temporary") for what in ("bytes", "count")]
    columns.length("cells.node", "cells.allocator", *sums)
    columns.length("snapshots.ms", "snapshots.rss", "snapshots.heap")
    columns.length("places.function", "places.file", "places.line", "places.allocated_bytes")
    parents, places = columns.counts("nodes.parent"), columns.counts("cells.node")
    if any(parent >= row or parent < -1 for row, parent in enumerate(parents.tolist())):
        raise bad_raw(path, "its stacks hang together in circles")
    if len(places) and not (places.min() >= -1 and places.max() < nodes):
        raise bad_raw(path, "it has allocations in stacks that are not there")
    for name in (*sums, "nodes.line", "places.line", "places.allocated_bytes", "snapshots.rss", "snapshots.heap"):
        if not can_be_summed(columns.counts(name)):
            raise bad_raw(path, f"it has sizes or lines that cannot be ({name})")
