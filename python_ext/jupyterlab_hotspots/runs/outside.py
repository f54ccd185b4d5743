"""The process that watches the target from outside, for profilers of that kind.

It is ``profilers/NAME/watcher.py``, with nothing but the standard library: a process of its own, as what it does is
neither light nor sure to end well, and the supervisor must be both. It writes into the run's raw folder and ends by
itself when the target has ended, when the file ``raw/stop`` is there, or when the supervisor is gone.
"""

# ruff: noqa: PTH100, PTH110, PTH118, PTH120

from __future__ import annotations

import os
import subprocess

from jupyterlab_hotspots.runs import layout
from jupyterlab_hotspots.runs.live import LiveReader
from jupyterlab_hotspots.runs.own_module import command_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOUSE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_IN_THE_PROCESS = [os.path.join(_HOUSE, room) + os.sep for room in ("agent", "profilers")]
_DENIED = "denied"
_STOP = "stop"


class Outside:
    """The watcher of one run, just started.

    Args:
        folder: the run directory.
        request: ``run.json``.
        pid: the process to watch.
        started: ``time.monotonic()`` of the run's start.
        attached: whether the process was there before the run.

    Attributes:
        pid: the watcher's process id.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self, folder: str, request: dict[str, Any], pid: int, *, started: float, attached: bool = False
    ) -> None:
        self._raw = os.path.join(folder, layout.RAW)
        self._live = LiveReader(os.path.join(self._raw, "watcher.jsonl"), started=started)
        from json import dumps

        target: dict[str, Any] = request.get("target") or {}
        told: dict[str, Any] = {
            "raw": self._raw,
            "pid": pid,
            "options": request.get("options") or {},
            "own": target.get("path"),
            "cwd": request.get("cwd") or "/",
            "hidden": _IN_THE_PROCESS,
            "attached": attached,
        }
        environment = {name: value for name, value in os.environ.items() if name != layout.RUN_VARIABLE}
        self._process = subprocess.Popen(
            command_of(f"profilers.{request['profiler']}.watcher", dumps(told)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env=environment,
        )
        self.pid = self._process.pid

    @property
    def is_denied(self) -> bool:
        """Whether the target may not be read: then the agent is to sample from inside."""
        return os.path.exists(os.path.join(self._raw, _DENIED))

    @property
    def has_ended(self) -> bool:
        """Whether it is gone, with all written."""
        return self._process.poll() is not None

    def read(self, code_started: float | None) -> list[tuple[str, dict[str, Any], float]]:
        """The new events, as `LiveReader.read` gives them.

        Args:
            code_started: ``time.monotonic()`` when the first line of the code ran, if that is known.
        """
        self._live.code_started = code_started
        return self._live.read()

    def stop(self) -> None:
        """Asks it to end though the process goes on."""
        with open(os.path.join(self._raw, _STOP), "wb"):  # noqa: PTH123
            pass

    def kill(self) -> None:
        """Ends it without asking."""
        if not self.has_ended:
            self._process.kill()
