"""One recording of py-spy: from starting it to what it saw.

py-spy tells nothing before it ends, so a live view needs recordings one after another. Each one takes some 30 ms to
find its way about the process; so the next is begun before the last one is ended, and no moment is lost in between.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

_LONGEST_S = 30
"""A recording ends by itself after that, should nobody be left to end it."""
_LARGEST_BYTES = 256 << 20
_THREAD = re.compile(r'(?:Process (\d+) )?Thread (\d+)(?: "(.*)")?', re.DOTALL)
_SAID = re.compile(rb"Errors: (\d+)")
_DENIED = re.compile(rb"[Pp]ermission|EPERM|not permitted|requires root", re.DOTALL)

Frame = tuple[str, str, int]
"""Name (dotted where Python knows it so), file, line."""


@dataclass
class Seen:
    """What one thread did in a recording.

    Attributes:
        stacks: one a sample, in order of time: places in `Recorded.frames`, outermost first.
    """

    pid: int
    tid: int
    name: str
    stacks: list[list[int]]


@dataclass
class Recorded:
    """What a recording saw."""

    frames: list[Frame] = field(default_factory=list[Frame])
    threads: list[Seen] = field(default_factory=list[Seen])


class Recording:
    """A py-spy that runs.

    Args:
        program: absolute path of py-spy.
        pid: the process to watch, with its children.
        rate: samples a second.
        output: a file it may write.
        idle: whether samples of threads that wait are told, too; without, their times are not.
        extra: more options of py-spy.

    Attributes:
        began: when its first sample was taken, in seconds of the monotonic clock; None before that.
        said: all that it printed.
    """

    def __init__(
        self, program: str, pid: int, rate: int, output: str, *, idle: bool = True, extra: tuple[str, ...] = ()
    ) -> None:
        self.began: float | None = None
        self.said = b""
        self._output = output
        self._pid = pid
        self._process = subprocess.Popen(
            [
                *(program, "record", "--pid", str(pid), "--rate", str(rate), "--duration", str(_LONGEST_S)),
                *("--nonblocking", "--subprocesses", "--full-filenames", *(["--idle"] if idle else [])),
                *("--format", "speedscope", "--output", output, *extra),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "RUST_LOG": "error"},
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
        return self.has_ended and self.began is None and _DENIED.search(self.said) is not None

    @property
    def errors(self) -> int:
        """Samples it could not take."""
        found = _SAID.search(self.said)
        return int(found[1]) if found else 0

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

    def result(self, patience_s: float = 5.0) -> Recorded | None:
        """What it saw, once it has ended; None if it has written nothing that can be read.

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
            if os.stat(self._output).st_size > _LARGEST_BYTES:  # noqa: PTH116
                return None
            with open(self._output, "rb") as file:  # noqa: PTH123
                document = json.load(file)
            return _recorded(document, self._pid)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None
        finally:
            try:
                os.unlink(self._output)  # noqa: PTH108
            except OSError:
                pass


def _recorded(document: dict[str, Any], pid: int) -> Recorded:
    frames = [
        (str(one["name"]), str(one.get("file") or ""), int(one.get("line") or 0))
        for one in document["shared"]["frames"]
    ]
    threads: list[Seen] = []
    for profile in document["profiles"]:
        named = _THREAD.fullmatch(profile["name"])
        process, thread, name = (named[1], named[2], named[3]) if named else (None, "0", profile["name"])
        threads.append(
            Seen(int(process or pid), int(thread), name or "", [list(stack) for stack in profile["samples"]])
        )
    return Recorded(frames, threads)
