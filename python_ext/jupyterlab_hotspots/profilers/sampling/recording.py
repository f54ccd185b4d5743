"""One recording of py-spy: from starting it to what it wrote.

py-spy tells nothing before it ends, so a live view needs recordings one after another. Each one takes some 30 ms to
find its way about the process; so the next is begun before the last one is ended, and no moment is lost in between.
"""

# ruff: noqa: PTH108, PTH110, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
from functools import partial
from time import monotonic
from typing import Any

from jupyterlab_hotspots.agent.prctl import SET_PDEATHSIG, prctl

try:
    import _ctypes  # noqa: F401  # pyright: ignore[reportUnusedImport]  (once, not in each child that calls prctl)
except ImportError:
    pass

_LONGEST_S = 30
"""A recording ends by itself after that, should nobody be left to end it and the system not do it."""
_LARGEST_BYTES = 256 << 20
_SAID = re.compile(rb"Samples: (\d+) Errors: (\d+)")
_DENIED = re.compile(rb"[Pp]ermission|EPERM|not permitted|requires root")


def pyspy() -> str:
    """The program of the package that is installed beside us; else whatever is called so."""
    beside = os.path.join(os.path.dirname(sys.executable), "py-spy")
    return beside if os.path.exists(beside) else "py-spy"


def is_denied(said: bytes) -> bool:
    """Whether py-spy complains that it may not read the process."""
    return _DENIED.search(said) is not None


def _end_with(parent: int) -> None:
    """Called in the child that becomes py-spy: it is asked to end when the watcher dies. Linux only.

    Forking is safe, as the watcher has one thread. SIGINT lets py-spy go on with a process that it holds still.
    """
    if prctl(SET_PDEATHSIG, int(signal.SIGINT)) and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


class Recording:
    """A py-spy that runs.

    Args:
        program: absolute path of py-spy.
        pid: the process to watch.
        rate: samples a second.
        output: a file it may write, and its format.
        options: of py-spy.

    Attributes:
        spawned: when it was started, in seconds of the monotonic clock.
        began: when it began to sample; None before that.
        said: all that it printed.
    """

    def __init__(self, program: str, pid: int, rate: int, output: tuple[str, str], options: tuple[str, ...]) -> None:
        self.began: float | None = None
        self.said = b""
        self._output = output[0]
        self.spawned = monotonic()
        self._process = subprocess.Popen(
            [
                *(program, "record", "--pid", str(pid), "--rate", str(rate), "--duration", str(_LONGEST_S)),
                *("--full-filenames", "--format", output[1], "--output", output[0], *options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "RUST_LOG": "error"},
            preexec_fn=partial(_end_with, os.getpid()),
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

    @property
    def has_ended(self) -> bool:
        """Whether py-spy has gone, of itself or because it was asked to."""
        return self._process.poll() is not None

    @property
    def is_denied(self) -> bool:
        """Whether it went because it may not read the process."""
        return self.has_ended and self.began is None and is_denied(self.said)

    @property
    def counts(self) -> tuple[int, int]:
        """Samples it has taken, one a thread, and looks that failed."""
        found = _SAID.search(self.said)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def listen(self, timeout_s: float) -> None:
        """Waits for something it says, so long at most, and notes when sampling began."""
        pipe = self._process.stdout
        if pipe is None or pipe.closed:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(max(0.0, timeout_s)):
                return
        try:
            data = os.read(pipe.fileno(), 1 << 16)
        except BlockingIOError:
            return
        if not data:
            pipe.close()
            return
        self.said = (self.said + data)[-20_000:]
        if self.began is None and b"Sampling process" in self.said:
            self.began = monotonic()

    def end(self) -> None:
        """Asks it to write what it has."""
        if not self.has_ended:
            self._process.send_signal(signal.SIGINT)

    def result(self, patience_s: float = 5.0) -> Any:
        """What it wrote, parsed, once it has ended; None if it has written nothing that can be read.

        Args:
            patience_s: how long to wait for it before it is killed.
        """
        give_up = monotonic() + patience_s
        while not self.has_ended and monotonic() < give_up:
            self.listen(0.005)
        if not self.has_ended:
            self._process.kill()
        self._process.wait()
        self.listen(0.0)
        if self._process.stdout is not None:
            self._process.stdout.close()
        try:
            if os.stat(self._output).st_size > _LARGEST_BYTES:
                return None
            with open(self._output, "rb") as file:
                return json.load(file)
        except (OSError, ValueError):
            return None
        finally:
            try:
                os.unlink(self._output)
            except OSError:
                pass
