"""How Scalene is started: called in the supervisor, so it imports the standard library only."""

from __future__ import annotations

import os
from typing import Any

_LAUNCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")  # noqa: PTH100, PTH118, PTH120


def command(request: dict[str, Any], raw: str) -> list[str]:
    """The program that runs the target under Scalene, as described in `profilers/protocol.py`.

    Args:
        request: `run.json`.
        raw: the folder for what is measured.
    """
    target = request["target"]
    name = target["module"] if target["kind"] == "module" else target["path"]
    flags = scalene_flags(request.get("options") or {})
    return [
        str(request["python"]),
        _LAUNCH,
        raw,
        str(os.getpid()),
        *flags,
        "---",
        str(target["kind"]),
        str(name),
        *map(str, target.get("args") or ()),
    ]


def scalene_flags(options: dict[str, Any]) -> list[str]:
    """Our options in the words of `scalene run --help-advanced` (Scalene 2.4)."""
    memory = bool(options.get("memory", True)) and not options.get("cpu_only")
    gpu = bool(options.get("gpu", True)) and not options.get("cpu_only")
    flags: list[str] = []
    if not (memory and gpu):  # Naming one leaves out the others; time is always measured.
        flags.append("--memory" if memory else "--gpu" if gpu else "--cpu-only")
    if options.get("profile_all"):
        flags.append("--profile-all")
    texts = [(name, options.get(name)) for name in ("profile_only", "profile_exclude")]
    flags += [f"--{name.replace('_', '-')}={','.join(parts)}" for name, parts in texts if parts]
    if options.get("cpu_time"):
        flags.append("--use-virtual-time")
    if not options.get("stacks"):
        # Both stacks and copies are told by the same signal, SIGPROF: with stacks, Scalene (2.4) sees no copies.
        flags.append("--no-stacks")
    if options.get("interval_s"):
        flags.append(f"--cpu-sampling-rate={options['interval_s']:g}")
    if options.get("save_every_s"):
        flags.append(f"--profile-interval={options['save_every_s']:g}")
    return flags
