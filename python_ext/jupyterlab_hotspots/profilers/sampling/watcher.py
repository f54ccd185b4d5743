"""Watches a process from outside; started by the run's supervisor (`runs/outside.py`).

It runs py-spy in windows of up to a second, adds up what they saw, and writes two files into the run's raw folder:
`watcher.jsonl`, live rows and warnings for the supervisor, and `sampling.jsonl`, all there is, for the reader:

    {"rate", "pid"}                                               the first line
    {"frames": [[name, dotted name or null, file, line, first line], …],
     "stacks": [[places in frames, outermost first], …],          those not told before
     "window": {"began", "seconds", "looks", "threads": […]}}     see `windows.py`
    {"ended", "errors"}                                           the last line

Where the process may not be read, it says so by a file `denied` (with what py-spy said, if anything); the agent then
samples from inside.
"""

# ruff: noqa: PTH110, PTH118, PTH123

from __future__ import annotations

import json
import os
import sys
from functools import cache, partial
from time import monotonic, sleep
from typing import Any

from jupyterlab_hotspots.profilers.path_origins import origin_of

from .functions import FirstLines
from .look import Look
from .processes import descendants, has_threads, is_running
from .recording import pyspy
from .stacks import Stacks
from .sums import Sums
from .thread_clocks import ThreadClocks
from .windows import Times, window_of

DENIED = "denied"
FILE = "sampling.jsonl"
_FIRST_WINDOW_S = 0.25
_LONGEST_WINDOW_S = 0.85
"""New rows are to be seen once a second at least, and it takes a moment until they are."""
_RATE = 120
"""py-spy falls a little behind on a busy machine: so 100 samples a second arrive there, too."""
_GROWTH = 1.6
_LISTEN_S = 0.02
_LIVE_ROWS = 200
_LIVE_FILE = "live.jsonl"
_READY_PATIENCE_S = 30.0
_START_PATIENCE_S = 5.0
_MANY_ERRORS = 0.05
_ERRORS_AT_LEAST = 3
_TOO_MANY_ERRORS = 0.02
_OTHERS_BUSY = 0.03
"""CPUs that other threads than the main one, and children, keep busy from which on they are recorded, too."""


def main() -> int:
    """Watch until the process has ended, the supervisor is gone, or the file `stop` is there."""
    told = json.loads(sys.argv[1])
    watcher = Watcher(told)
    try:
        if told["attached"] or watcher.wait_until_ready():
            watcher.run()
    finally:
        watcher.close()
    return 0


class Watcher:
    """One watched process.

    Args:
        told: {"raw": folder, "pid": int, "options": {…}, "hidden": [our agent's folder, our others], "own": the
            target's file or null, "cwd": its folder, "attached": whether somebody else started it}.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self._raw: str = told["raw"]
        self._pid: int = told["pid"]
        self._attached: bool = told["attached"]
        self._parent = os.getppid()
        self._program = pyspy()
        options: dict[str, Any] = told["options"]
        self._rate = max(1, min(1000, int(options.get("rate") or _RATE)))
        self._pauses = False
        origin = cache(partial(origin_of, target=told["own"]))
        self._stacks = Stacks(FirstLines(lambda file: origin(file) == "own"), *told["hidden"])
        self._sums = Sums(self._stacks, origin)
        self._clocks = ThreadClocks()
        self._pids = {self._pid}
        self._samples = self._errors = self._numbers = 0
        self._told_frames = self._told_stacks = 0
        self._warned: set[str] = set()
        self._is_whole = True
        self._file = open(os.path.join(self._raw, FILE), "ab", buffering=0)  # noqa: SIM115
        self._live = open(os.path.join(self._raw, "watcher.jsonl"), "ab", buffering=0)  # noqa: SIM115
        self._write({"rate": self._rate, "pid": self._pid})

    def wait_until_ready(self) -> bool:
        """Waits for the agent: before it says so, the process is another program, or Python's own start."""
        give_up = monotonic() + _READY_PATIENCE_S
        path = os.path.join(self._raw, _LIVE_FILE)
        while monotonic() < give_up and is_running(self._pid):
            try:
                with open(path, "rb") as file:
                    if b'"ready"' in file.read(4096):
                        return True
            except OSError:
                pass
            sleep(0.004)
        return False

    def run(self) -> None:
        """Records window after window."""
        current = self._begin()
        length = _FIRST_WINDOW_S
        while current is not None:
            self._clocks.read(monotonic(), self._pids)
            until = current.began + length
            while (now := monotonic()) < until and not current.has_ended and self._goes_on():
                if now >= self._clocks.due:
                    self._clocks.read(now, self._pids)
                current.listen(min(_LISTEN_S, until - now))
            following = self._begin() if self._goes_on() and not current.has_ended else None
            self._finish(current, monotonic() if following is None else following.began)
            current = following
            if current is None and self._goes_on():
                current = self._begin()  # py-spy went, the process did not
            length = min(length * _GROWTH, _LONGEST_WINDOW_S)

    def close(self) -> None:
        """Writes the end."""
        share = self._errors / max(1, self._samples + self._errors)
        if share > _MANY_ERRORS:
            self._warn(
                "samples_lost",
                f"{self._errors} of {self._samples + self._errors} samples could not be taken.",
                "Shares of functions that run briefly may be off; a lower rate may help (--option rate=50).",
            )
        self._write({"ended": monotonic(), "errors": self._errors})
        self._clocks.close()
        self._file.close()
        self._live.close()

    def _begin(self) -> Look | None:
        """Recordings that sample; None if that cannot be had."""
        give_up = monotonic() + _START_PATIENCE_S
        self._pids = {self._pid, *descendants(self._pid)}
        since = monotonic() - _LONGEST_WINDOW_S
        with_others = self._clocks.others_active(self._pid, since) > _OTHERS_BUSY or (
            # At first nothing is known of them.
            self._samples == 0 and (len(self._pids) > 1 or has_threads(self._pid))
        )
        said = b""
        while self._goes_on():
            self._numbers += 1
            output = os.path.join(self._raw, f"window{self._numbers % 2}")
            try:
                look = Look(self._program, self._pid, self._rate, output, with_others, pauses=self._pauses)
            except OSError as error:
                self._deny(f"py-spy cannot be started: {error.strerror}.")
                return None
            while not look.samples and not look.has_ended and monotonic() < give_up:
                now = monotonic()
                if now >= self._clocks.due:
                    self._clocks.read(now, self._pids)
                look.listen(0.005)
            if look.samples:
                return look
            said = look.said if look.has_ended else b""
            look.result()
            if look.is_denied:
                self._deny("The system does not let one process read another one here.")
                return None
            if monotonic() >= give_up:
                if self._goes_on():
                    self._deny("py-spy cannot make sense of this process.", said=look.said)
                return None
            sleep(0.02)
        if self._attached and self._samples == 0 and said and is_running(self._pid):
            # Not wanted for longer, and yet not a process that was too quick for us.
            self._deny("py-spy cannot make sense of this process.", said=said)
        return None

    def _finish(self, look: Look, ended: float) -> None:
        timed, counted = look.result()
        self._clocks.read(monotonic(), self._pids)
        samples, errors = look.counts
        self._errors += errors
        self._samples += samples
        if errors > _ERRORS_AT_LEAST and errors > _TOO_MANY_ERRORS * samples:
            # Stacks so deep that they change while they are read: then the process is paused for each sample, because
            # what cannot be read is not lost evenly.
            self._pauses = True
        times = Times(look.spawned, look.began, min(ended, monotonic()))
        window = window_of(timed, counted, self._stacks, self._clocks, pid=self._pid, samples=samples, times=times)
        if window is None:
            return
        for stack, seconds, samples in window.weights():
            self._sums.add(stack, seconds, samples)
        stacks = self._stacks
        self._write(
            {
                "frames": stacks.frames[self._told_frames :],
                "stacks": stacks.stacks[self._told_stacks :],
                "window": window.as_json(),
            }
        )
        self._told_frames, self._told_stacks = len(stacks.frames), len(stacks.stacks)
        self._clocks.drop_before(ended)
        now = monotonic()
        for table in self._sums.changes(_LIVE_ROWS):
            self._say({"type": "hotspots", **table, "t": now, "cost_s": 0.0})

    def _goes_on(self) -> bool:
        is_wanted = os.getppid() == self._parent and not os.path.exists(os.path.join(self._raw, "stop"))
        return is_wanted and is_running(self._pid)

    def _deny(self, why: str, said: bytes = b"") -> None:
        with open(os.path.join(self._raw, DENIED), "wb") as file:
            file.write(said[-2000:])
        if self._attached:
            self._warn("cannot_attach", why, "A process of another user cannot be read, nor one that forbids it.")
            return
        self._warn(
            "sampled_from_inside",
            f"{why} So it is sampled from inside: functions only, no lines.",
            "Allow a process to read its children: the capability SYS_PTRACE in a container, "
            "kernel.yama.ptrace_scope 0 or 1 on a Linux machine; on macOS run as root.",
        )

    def _warn(self, code: str, message: str, hint: str) -> None:
        if code not in self._warned:
            self._warned.add(code)
            self._say({"type": "warning", "t": monotonic(), "code": code, "message": message, "hint": hint})

    def _say(self, line: dict[str, Any]) -> None:
        _put(self._live, line)

    def _write(self, line: dict[str, Any]) -> None:
        # Frames and stacks are known by their place: a line that is missing would make all that follow tell lies.
        self._is_whole = self._is_whole and _put(self._file, line)


def _put(file: Any, line: dict[str, Any]) -> bool:
    """Whether there was room for all of it."""
    data = json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
    try:
        return file.write(data) == len(data)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
