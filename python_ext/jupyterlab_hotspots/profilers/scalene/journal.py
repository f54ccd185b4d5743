"""What is said beside the profile: the run's own lines, and what Scalene prints."""

# ruff: noqa: PTH123, T201

from __future__ import annotations

import builtins
import json
import os
import sys
from os import getpid
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

if not TYPE_CHECKING:
    # Functions look up here what a target may have replaced in `builtins` when it is at its end.
    __builtins__ = dict(vars(builtins))

OWN_FAILURE = 125
"""Exit status when Hotspots itself is the reason that the target did not run; as the agent's."""


class Journal:
    """`live.jsonl`, as `agent/journal.py` writes it; a line that cannot be written is missing."""

    def __init__(self, raw: str) -> None:
        self._path = f"{raw}/live.jsonl"
        self._pid = getpid()

    def say(self, kind: str, **fields: Any) -> None:
        if getpid() != self._pid:
            return
        try:
            line = json.dumps({"type": kind, "t": monotonic(), **fields}).encode() + b"\n"
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except Exception:  # The disk is full, or the target has replaced what this needs.
            pass

    def give_up(self, kind: str, message: str) -> NoReturn:
        """The target cannot be run, and the run says why."""
        self.say("stopped", how="raised", error={"type": kind, "message": message, "file": None, "line": None})
        print(f"hotspots: {message}", file=sys.stderr)
        sys.exit(OWN_FAILURE)


def write_json(path: str, said: dict[str, Any]) -> None:
    """Writes a small file; if that cannot be done, it is missing."""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(json.dumps(said))
    except OSError:
        pass


class Log:
    """Takes what Scalene prints; it has no other way to say things than `print`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def take_from(self) -> None:
        """From all modules of Scalene that have been imported so far."""
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "scalene":
                module.__dict__["print"] = self.take

    def take(self, *words: object, sep: str | None = None, end: str | None = None, **_: object) -> None:
        try:
            with open(self._path, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write((" " if sep is None else sep).join(map(str, words)) + ("\n" if end is None else end))
        except Exception:  # as in `Journal.say`
            pass

    def last_line(self) -> str:
        """What was said last, or nothing."""
        try:
            with open(self._path, encoding="utf-8") as file:
                lines = [line.strip() for line in file if line.strip()]
        except OSError:
            return ""
        return lines[-1] if lines else ""
