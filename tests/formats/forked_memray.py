"""Reads many captures as `extract.py` reads one, in forked processes: starting Python for each would take long.

    python forked_memray.py EXTRACT FOLDER

Every `*.bin` in the folder is read into `*.columns`; a line of the output says the file and how its reading ended. One
process reads one after another; where one makes it crash, the next process goes on behind it.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import memray  # noqa: F401  (loaded once for all)

MEMORY = 2 << 30
SECONDS = 600


def main() -> None:
    extract = _loaded(sys.argv[1])
    captures = sorted(Path(sys.argv[2]).glob("*.bin"))
    while captures:
        ours, theirs = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(ours)
            _read_each(extract, captures, theirs)
        os.close(theirs)
        with os.fdopen(ours) as said:
            ended = said.read().split()
        _, status = os.waitpid(process, 0)
        for capture, how in zip(captures, ended, strict=False):
            print(capture.stem, how)
        captures = captures[len(ended) :]
        if captures:
            print(captures.pop(0).stem, os.waitstatus_to_exitcode(status))


def _loaded(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("extract", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read_each(extract: ModuleType, captures: Sequence[Path], said: int) -> None:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        for capture in captures:
            os.write(said, b"%d\n" % _status(extract, capture))
    finally:
        os._exit(70)


def _status(extract: ModuleType, capture: Path) -> int:
    sys.argv = ["extract.py", str(capture), str(capture.with_suffix(".columns")), str(MEMORY), str(SECONDS)]
    sys.path.insert(0, "")
    sys.stdin = io.StringIO("[]")
    try:
        extract.main()
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else 70
    return 0


if __name__ == "__main__":
    main()
