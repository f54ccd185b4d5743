"""A process that runs already, as a target."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import BadRequest, NotFound
from jupyterlab_hotspots.targets.target import Target

_LONGEST_NAME: Final = 60
_YAMA: Final = Path("/proc/sys/kernel/yama/ptrace_scope")


def process_target(pid: int) -> Target:
    """A process by its id.

    Raises:
        NotFound: there is none.
        BadRequest: (reason `not_permitted`) it belongs to another user.
    """
    try:
        if pid <= 0:  # to the system, groups of processes
            raise ProcessLookupError
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError, ValueError) as error:
        raise NotFound(f"There is no process {pid}.", hint="`ps` lists those there are.") from error
    except PermissionError as error:
        raise not_permitted(pid, "it belongs to another user") from error
    return Target(kind="process", name=f"{pid} {_name(pid)}".strip(), pid=pid)


def not_permitted(pid: int, why: str) -> BadRequest:
    """The error for a process that may not be read, with what this machine allows."""
    return BadRequest(f"The process {pid} may not be looked into: {why}.", hint=advice(), reason="not_permitted")


def advice() -> str:
    """What would make it permitted to read another process here."""
    if sys.platform == "darwin":
        return "On macOS only root may read another process: use sudo."
    try:
        scope = int(_YAMA.read_text(encoding="ascii"))
    except (OSError, ValueError):
        scope = 0
    if scope == 1:
        return (
            "kernel.yama.ptrace_scope is 1: a process may read its own descendants only, or one that Hotspots runs, "
            "which permits it. Start it by `jupyter hotspots run`, or ask for the capability SYS_PTRACE."
        )
    if scope > 1:
        return f"kernel.yama.ptrace_scope is {scope}: only an administrator may read another process."
    return (
        "Your own processes can be read, unless they forbid it; in a container the capability SYS_PTRACE may be needed."
    )


def _name(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    named = [word.decode("utf-8", "replace") for word in words if word]
    shown = " ".join(Path(word).name if word.startswith("/") else word for word in named)
    shown = "".join(char if char.isprintable() else "�" for char in shown)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"
