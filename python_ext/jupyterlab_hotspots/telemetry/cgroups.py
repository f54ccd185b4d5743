"""Limits and figures of the control groups a process is in, versions 1 and 2, side by side or nested.

Formats: cgroups(7), proc(5) (``/proc/<pid>/cgroup``, ``/proc/<pid>/mountinfo``) and the kernel's
``admin-guide/cgroup-v2.rst`` and ``cgroup-v1/memory.rst``.
"""

# The supervisor starts without pathlib.
# ruff: noqa: PTH110, PTH112, PTH118, PTH123

from __future__ import annotations

import os

from jupyterlab_hotspots.telemetry.kept_files import DescriptorBudget, KeptFile
from jupyterlab_hotspots.telemetry.mountinfo import unescaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Version = Literal["cgroup1", "cgroup2"]

_NO_LIMIT = 1 << 60
"""Version 1 says "no limit" by the largest multiple of a page below 2^63."""


class ControlGroups:
    """The control groups of one process, read through the folders they are mounted at.

    Args:
        pid: whose groups; None for the calling process.
        root: the folder to take for ``/`` (tests put recorded file trees there).
    """

    def __init__(self, pid: int | None = None, root: str | os.PathLike[str] = "/") -> None:
        self._root = os.fspath(root)
        who = "self" if pid is None or not os.path.exists(self._at(f"/proc/{pid}/cgroup")) else str(pid)
        mounts = self._mounts()
        self._memory = self._folders("memory", who, mounts)
        self._cpu = self._folders("cpu", who, mounts)
        self._limit_folder: str | None = None
        self._limit_bytes: int | None = None
        self._find_memory_limit()
        self._usage = self._usage_file()

    @property
    def memory_limit_bytes(self) -> int | None:
        """The tightest memory limit of the own group and all above it, None without one."""
        return self._limit_bytes

    @property
    def memory_version(self) -> Version | None:
        """Which version governs memory; None where no group does."""
        return self._memory[0] if self._memory else None

    def cpu_limit_cores(self) -> float | None:
        """The tightest CPU quota of the own group and all above it, in cores; None without one."""
        if self._cpu is None:
            return None
        version, folders = self._cpu
        limits: list[float] = []
        for folder in folders:
            if version == "cgroup2":
                quota, period = (*(_read(f"{folder}/cpu.max") or "max 0").split(), "100000")[:2]
            else:
                quota = _read(f"{folder}/cpu.cfs_quota_us") or "-1"
                period = _read(f"{folder}/cpu.cfs_period_us") or "100000"
            if quota.isdigit() and period.isdigit() and int(period) > 0:  # neither "max" nor -1
                limits.append(int(quota) / int(period))
        return min(limits, default=None)

    def memory_usage_bytes(self) -> int | None:
        """Memory charged to the group with the tightest limit (the own group if none has one), page cache included."""
        if self._usage is None:
            return None
        try:
            return int(self._usage.read())
        except (OSError, ValueError):
            return None

    def oom_kills(self) -> int | None:
        """Processes of the own group killed for want of memory since it was made; None where that is not counted."""
        if self._memory is None:
            return None
        version, folders = self._memory
        text = _read(f"{folders[0]}/{'memory.events' if version == 'cgroup2' else 'memory.oom_control'}")
        for line in (text or "").splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill" and value.isdigit():
                return int(value)
        return None

    def close(self) -> None:
        """Close the file kept open."""
        if self._usage is not None:
            self._usage.close()

    def _at(self, path: str) -> str:
        return os.path.join(self._root, path.lstrip("/"))

    def _mounts(self) -> dict[str, tuple[str, str]]:
        """Controller (``""`` for version 2) to the group shown at the mount's top, and the mount's folder."""
        mounts: dict[str, tuple[str, str]] = {}
        for line in (_read(self._at("/proc/self/mountinfo")) or "").splitlines():
            place, separator, kind = line.partition(" - ")
            fields, types = place.split(" "), kind.split(" ")
            if not separator or len(fields) < 5 or len(types) < 3 or types[0] not in ("cgroup", "cgroup2"):
                continue
            mount = (unescaped(fields[3]), self._at(unescaped(fields[4])))
            for controller in [""] if types[0] == "cgroup2" else types[2].split(","):
                mounts.setdefault(controller, mount)
        return mounts

    def _folders(
        self, controller: str, who: str, mounts: dict[str, tuple[str, str]]
    ) -> tuple[Version, list[str]] | None:
        """The own group's folder and those above it, up to the mount's top."""
        paths: dict[str, str] = {}
        for line in (_read(self._at(f"/proc/{who}/cgroup")) or "").splitlines():
            _, controllers, path = (*line.split(":", 2), "", "")[:3]
            for name in controllers.split(","):
                paths[name] = path
        # A controller is in version 1 or in version 2, never in both; where it is in version 1 it is listed by name.
        name = controller if controller in paths and controller in mounts else ""
        if name not in paths or name not in mounts:
            return None
        top, mount_point = mounts[name]
        path = paths[name]
        if top != "/":  # a container without its own cgroup namespace sees its path from the host's top
            path = path[len(top) :] if path == top or path.startswith(top + "/") else ""
        parts = [part for part in path.split("/") if part]
        if ".." in parts:  # in a group outside the own namespace
            parts = []
        folders = ["/".join([mount_point.rstrip("/"), *parts[:depth]]) for depth in range(len(parts), -1, -1)]
        present = [folder for folder in folders if os.path.isdir(folder)]
        return ("cgroup1" if name else "cgroup2", present) if present else None

    def _find_memory_limit(self) -> None:
        if self._memory is None:
            return
        version, folders = self._memory
        for folder in folders:
            text = _read(f"{folder}/{'memory.max' if version == 'cgroup2' else 'memory.limit_in_bytes'}")
            self._take_limit(text, folder)
        if version == "cgroup1":  # groups above what the container is shown
            for line in (_read(f"{folders[0]}/memory.stat") or "").splitlines():
                if line.startswith("hierarchical_memory_limit "):
                    self._take_limit(line.split()[1], folders[-1])

    def _take_limit(self, text: str | None, folder: str) -> None:
        if text and text.isdigit() and int(text) < min(self._limit_bytes or _NO_LIMIT, _NO_LIMIT):
            self._limit_bytes, self._limit_folder = int(text), folder

    def _usage_file(self) -> KeptFile | None:
        if self._memory is None:
            return None
        version, folders = self._memory
        name = "memory.current" if version == "cgroup2" else "memory.usage_in_bytes"
        path = f"{self._limit_folder or folders[0]}/{name}"
        return KeptFile(path, DescriptorBudget(1), 64) if os.path.exists(path) else None


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().strip()
    except OSError:
        return None
