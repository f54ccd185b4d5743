"""``jupyter hotspots dump``: what a process is doing right now."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.errors import HotspotsError

_PATIENCE_S: Final = 20.0


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = "example:\n  jupyter hotspots dump 12345"
    parser.add_argument("pid", metavar="PID", type=int, help="the process")
    parser.add_argument("--json", action="store_true", help="as py-spy gives it, in JSON")


def run(options: argparse.Namespace) -> int:
    """Print the stack of every thread, innermost call first.

    Raises:
        HotspotsError: there is no such process, it may not be read, or it runs no Python.
    """
    from jupyterlab_hotspots.profilers.sampling.recording import is_denied, pyspy
    from jupyterlab_hotspots.targets.process import advice, not_permitted, process_target

    target = process_target(options.pid)
    command = [pyspy(), "dump", "--pid", str(options.pid), "--json", "--full-filenames", "--nonblocking"]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
        threads: list[dict[str, Any]] = json.loads(asked.stdout) if asked.returncode == 0 else []
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise HotspotsError(
            f"py-spy failed: {error}.", hint="Try again; pip install py-spy, if it is missing."
        ) from error
    if asked.returncode:
        if is_denied(asked.stderr):
            raise not_permitted(options.pid, "the system does not let one process read another one")
        first = asked.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
        raise HotspotsError(
            f"The process {options.pid} cannot be made sense of: {printable(' '.join(first)) or 'py-spy failed'}.",
            hint=f"Is it a Python program? {advice()}",
        )
    if options.json:
        print(json.dumps(threads, indent=2))
        return 0
    _print(target.name, threads)
    return 0


def _print(name: str, threads: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    console.print(Text(printable(name), style="bold"))
    for thread in threads:
        states = ["works" if thread.get("active") else "waits", *(["holds the GIL"] if thread.get("owns_gil") else [])]
        title = thread.get("thread_name") or f"thread {thread.get('os_thread_id') or thread.get('thread_id')}"
        console.print()
        console.print(Text.assemble((printable(str(title)), "bold"), f"  {', '.join(states)}"))
        frames: list[dict[str, Any]] = thread.get("frames") or []
        for frame in frames:
            path = Path(str(frame.get("filename") or "?"))
            console.print(
                Text.assemble(
                    "  ",
                    printable(str(frame.get("name"))),
                    ("  " + printable(f"{path}:{frame.get('line')}"), "dim"),
                ),
                soft_wrap=True,
            )
