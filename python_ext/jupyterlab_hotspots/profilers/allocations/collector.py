"""Runs in the profiled process: has memray write all allocations into a file of its own, and notes what it does not.

memray (https://bloomberg.github.io/memray/) maps its file into memory, so what was recorded is in the file even if the
process is killed. The file is read in a process of its own, later (`extract.py`).
"""

from __future__ import annotations

import sys
import threading
import time

import memray as _memray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools

memray: Any = _memray
_PROBE_BYTES = 1024
"""Python asks the system itself for what is larger than 512 bytes: memray sees that in every mode."""
_LOG_CRITICAL = 50
_PYTHON = ".".join(map(str, sys.version_info[:3]))


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run.

    Args:
        options: `native`: also the stacks of C and C++; `python_allocators`: also what Python takes from its own pools.
    """
    return Collector(options, tools)


class Collector:
    """See `profilers/protocol.py` for what a collector is; there are no figures while it runs."""

    def __init__(self, options: dict[str, Any], tools: Tools) -> None:
        self._tools = tools
        self._native = options.get("native") is True
        self._python_allocators = options.get("python_allocators") is True
        self._tracker: Any = None
        self._probe: Any = None
        self._replaced = False
        self._failure: str | None = None
        self._left: list[str] = []
        self._about: dict[str, Any] = {}

    def start(self) -> None:
        memray.set_log_level(_LOG_CRITICAL)  # What it has to say would stand in the target's output.
        try:
            tracker = self._prepared()
            # From here, no deeper: memray leaves out what lies below the frame that starts it, on this thread for good,
            # and the target's own first frame will lie where this one lies.
            tracker.__enter__()
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"  # The target runs all the same.
        else:
            self._tracker = tracker

    def _prepared(self) -> Any:
        tracker = self._new_tracker()
        self._about = {
            "started": time.time(),
            "python": _PYTHON,
            "memray": memray.__version__,
            "files": sorted(self._tools.files),
            "native": self._native,
            "python_allocators": self._python_allocators,
        }
        self.write(self._tools.folder)  # In case the process is killed, this is what there is.
        return tracker

    def stop(self) -> None:
        tracker, self._tracker = self._tracker, None
        if tracker is None:
            return
        self._replaced = sys.getprofile() is not None
        self._probe = _probe()
        self._left = [
            thread.name
            for thread in threading.enumerate()
            if thread is not threading.current_thread() and not thread.daemon
        ]
        tracker.__exit__(None, None, None)

    def snapshot(self, limit: int) -> None:
        """memray cannot be read while it records."""

    def write(self, folder: str) -> None:
        """Writes what memray's own file does not say to `allocations.columns`, which has no columns."""
        about = {
            **self._about,
            "final": bool(self._about) and self._tracker is None and self._probe is not None,
            "t": time.monotonic(),
            "origins": self._tools.origins.told(),
        }
        self._tools.write_columns(f"{folder}/allocations.columns", about, [])

    def warnings(self) -> list[dict[str, str]]:
        """What makes the profile doubtful; asked for after `stop`."""
        found: list[dict[str, str]] = []
        if self._failure is not None:
            found.append(
                {
                    "code": "write_failed",
                    "message": f"memray could not begin to record: {self._failure}.",
                    "hint": "Is the disk full, or another memray active in this process?",
                }
            )
        if self._replaced:
            found.append(
                {
                    "code": "profile_replaced",
                    "message": "The code set a profile function of its own, by which memray follows the Python stack.",
                    "hint": "Sizes are right, but lines and functions may be wrong from then on: run it without the "
                    "other profiler.",
                }
            )
        if self._left:
            found.append(
                {
                    "code": "threads_left",
                    "message": f"Threads went on after the main code had ended: {', '.join(self._left[:5])}"
                    f"{', …' if len(self._left) > 5 else ''}.",
                    "hint": "What they allocated from then on is not in the profile; join them at the end to see it.",
                }
            )
        return found

    def _new_tracker(self) -> Any:
        path = f"{self._tools.folder}/allocations.bin"
        try:
            return self._tracker_into(path)
        except OSError:
            if not hasattr(memray.FileDestination, "buffered"):
                raise
            # Some network file systems allow no shared mapping. Without one, a killed process loses its last records.
            return self._tracker_into(path, buffered=True)

    def _tracker_into(self, path: str, **how: Any) -> Any:
        return memray.Tracker(
            destination=memray.FileDestination(path, overwrite=True, **how),
            native_traces=self._native,
            trace_python_allocators=self._python_allocators,
        )


def _probe() -> bytearray:
    """An allocation whose place is known: if it is found elsewhere, or nowhere, memray lost track before the end."""
    return bytearray(_PROBE_BYTES)
