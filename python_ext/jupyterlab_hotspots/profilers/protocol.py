"""What a profiler is to the rest of the house.

The collector's half cannot be imported here, because it lives in another process, perhaps of another Python; so it is
described in words. `collector.py` has

    def create(options: dict, tools: Tools) -> Collector

where `tools` is what the agent gives it (`agent/session.py`): `origins`, `files`, `folder`, `write_columns`.
A collector has

    start()                  from here on the user's code runs
    stop()                   may be called more than once, and in a forked child
    snapshot(limit) -> dict | None
                             {"table", "define", "update", "complete"}: the rows that changed since the last one, of
                             the largest `limit` by own and by total time. Called on the profiled thread while the
                             user's code is interrupted: it takes no lock and leaves no trace in what it measures
    write(folder)            the raw tables, by rename; also called now and then on the profiled thread, for a crash
    warnings() -> list       {"code", "message", "hint"} each; called after stop
    import_s                 wall time of imports as of the last snapshot; None where that is not known

It may have

    instrument(code) -> code of the compiled script or module, before it runs: what runs in its place
    mark(function)           the decorator `@profile`, which scripts use without importing it

`create` imports the profiler's own package; where that is missing, ModuleNotFoundError is what it raises. A module of
another name in the collector's folder is imported relatively (`from .table import Table`).

A profiler of the kind `outside` watches the process from another one and has no collector: the agent runs the target
without one, and the supervisor starts the module `watcher.py` beside it (`runs/outside.py` says how), with nothing but
the standard library. One of the kind `child` runs the target itself, in a process of its own, without our agent:
`command.py` has

    command(request: dict, raw: str) -> list[str]

which is called in the supervisor, so it imports the standard library only: `request` is `run.json`, `raw` the folder
for what it measures; what it gives is the program to run (absolute path) and its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:  # The list of profilers is read in every command; the model is not needed for that.
    from jupyterlab_hotspots.profiles.profile import Measurements
    from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetKind

Kind = Literal["inside", "outside", "child"]


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something a user may set for one run under a profiler; `--option NAME=VALUE` on the command line.

    Attributes:
        name: what it is called in `run.json`.
        title: a few words for a form.
        kind: what its value is; `texts` are several, separated by commas.
        help: a sentence.
        default: what holds if it is not given; None if there is no one value.
        minimum: the least that a number may be; None for no bound.
        maximum: the most.
    """

    name: str
    title: str
    kind: Literal["text", "texts", "number", "flag"]
    help: str
    default: str | float | bool | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a profiler is, for those who choose one.

    Attributes:
        name: of its folder; what `--profiler` takes.
        title: a few words for a menu.
        question: the user's question that it answers.
        tool: what does the work.
        measures: tables and columns it fills, in words for people.
        overhead: what it costs, measured: the wall time over that of the bare run.
        targets: the kinds of targets it works for.
        kind: where it watches from.
        live: whether figures come while the target runs.
        requirement: the distribution it needs; None for the standard library.
        install: the command that installs it; None if nothing is to be installed.
        systems: the operating systems it works on.
        pythons: the versions of Python it works for, as `3.10–3.13`.
        options: what a user may set.
        note: what a user should know before choosing it; None if there is nothing.
    """

    name: str
    title: str
    question: str
    tool: str
    measures: tuple[str, ...]
    overhead: str
    targets: tuple[TargetKind, ...]
    kind: Kind = "inside"
    live: bool = True
    requirement: str | None = None
    install: str | None = None
    systems: tuple[str, ...] = ("Linux", "macOS")
    pythons: str = "3.10–3.13"
    options: tuple[Option, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReadContext:
    """What a reader is told besides the raw files.

    Attributes:
        info: what is known about the run; of one that has not ended, what is known so far.
        options: the profiler's options in this run.
    """

    info: RunInfo
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Reader(Protocol):
    """The host's half of a profiler: the module `reader.py`."""

    def read(self, raw: Path, context: ReadContext) -> Measurements:
        """Builds the model from the raw files of a run, however it ended.

        Args:
            raw: the folder the collector wrote into. It comes from the profiled process: nothing in it is trusted.
            context: what is known otherwise.

        Raises:
            HotspotsError: a file cannot be read or is not what the collector writes.
        """
        ...
