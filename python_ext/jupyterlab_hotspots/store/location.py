"""Where the history lives, and whether SQLite's write-ahead log works there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import Unavailable
from jupyterlab_hotspots.telemetry.mountinfo import unescaped

STORE_VARIABLE: Final = "HOTSPOTS_STORE"

_NETWORK = frozenset(
    {
        "9p", "acfs", "afp", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs",
        "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "pvfs2", "smb3", "smbfs", "virtiofs", "vboxsf", "webdav", "wekafs",
    }
)  # fmt: skip
"""File systems on which memory mapped by two machines (or by host and guest) is not one memory; the write-ahead log
needs that (https://sqlite.org/wal.html, "Disadvantages")."""


def store_folder(setting: str | Path | None = None) -> Path:
    """The folder of the history: `$HOTSPOTS_STORE`, else the setting, else `hotspots` in Jupyter's data directory."""
    chosen = os.environ.get(STORE_VARIABLE) or setting
    if chosen:
        return Path(os.path.expanduser(chosen)).absolute()  # noqa: PTH111  (no error for a user who is not there)
    return _jupyter_data_folder() / "hotspots"


def make_store_folder(folder: Path) -> Path:
    """Make the folder, readable by its owner only: a run's directory holds arguments, output and environment.

    Raises:
        Unavailable: it cannot be made or written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "runs").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    if not os.access(folder / "runs", os.R_OK | os.W_OK | os.X_OK):
        raise _unusable(folder, "permission denied")
    return folder


def on_network_filesystem(folder: Path) -> bool:
    """Whether a folder (that exists) lies on a network file system; false where that cannot be found out."""
    kind = _filesystem(folder.resolve())
    return kind in _NETWORK or (kind.startswith("fuse.") and kind not in {"fuse.lxcfs", "fuse.portal"})


def _filesystem(folder: Path) -> str:
    if sys.platform.startswith("linux"):
        try:
            table = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
        mounts = [
            (unescaped(fields[4]), fields[fields.index("-") + 1]) for fields in map(str.split, table.splitlines())
        ]
    else:
        import psutil

        mounts = [(partition.mountpoint, partition.fstype) for partition in psutil.disk_partitions(all=True)]
    best, kind = "", ""
    for point, filesystem in mounts:
        # A later mount over the same point hides the earlier one, so the last of equals counts.
        if len(point) >= len(best) and (point == "/" or folder.is_relative_to(point)):
            best, kind = point, filesystem.lower()
    return kind


def _jupyter_data_folder() -> Path:
    # The same answer as `jupyter --data-dir`; asking jupyter_core itself costs the command line 50 ms.
    if os.environ.get("JUPYTER_DATA_DIR"):
        return Path(os.environ["JUPYTER_DATA_DIR"]).absolute()
    if sys.platform.startswith("linux"):
        base = os.environ.get("XDG_DATA_HOME")
        return (Path(base) if base else Path.home() / ".local" / "share").absolute() / "jupyter"
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir())


def _unusable(folder: Path, why: str) -> Unavailable:
    return Unavailable(
        f"The history's folder {folder} cannot be used: {why}.",
        hint="Make it writable, or name another one in the environment variable HOTSPOTS_STORE.",
        reason="store_unusable",
    )
