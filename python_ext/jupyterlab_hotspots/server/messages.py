"""Every message between the server and its clients: bodies and answers of the REST routes, and the WebSocket's events.

These structs are the contract: bodies are decoded into them (which validates), answers are encoded from them, and
`schema/rest.schema.json` and the front end's TypeScript types are generated from them. A field without a default is
always present; a field that may be absent is marked with `UNSET`; null means "not known" or "does not apply".
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profiles.rows import ProfileWarning, Unit
from jupyterlab_hotspots.profiles.run_info import ReasonCodeText, RunInfo, Status, TargetKind
from jupyterlab_hotspots.store.summary import RunSummary

PROTOCOL: Final = 1
"""Raised when a message changes so that an older front end would misread it; `GET profilers` tells it."""

Cell: TypeAlias = float | int | str | bool | None
Columns: TypeAlias = dict[str, list[Cell]]
"""A table as columns: every list has the same length."""


# What clients send


class TargetBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to run: a script has a `path` (absolute, or relative to the server's root), a module its dotted name.

    A process that runs already has a `pid`; it is looked at for `timeout_s` seconds, or until that is cancelled.
    """

    kind: TargetKind
    path: str | None = None
    module: str | None = None
    args: list[str] = []
    pid: int | None = None


class RunBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`POST runs`. What is null is chosen by the server: the script's folder to work in, the server's own Python.

    `profiler` may name several, separated by commas: then the target is run once under each, one after another, as a
    group, and the answer is the first run. An option goes to each profiler that has one of that name.
    """

    target: TargetBody
    profiler: str = registry.DEFAULT
    options: dict[str, Cell | list[Cell]] = {}
    cwd: str | None = None
    python: str | None = None
    env: dict[str, str] = {}
    timeout_s: float | None = None


class ImportBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`POST import`: a file of another profiler that the server can read; without `format` it is found out."""

    path: str
    format: str | None = None


class ClientMessage(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a client sends over the WebSocket: a run's id under `subscribe` or under `unsubscribe`.

    `seq` is the last event the client has seen of that run; 0 asks for all of them.
    """

    subscribe: str | None = None
    unsubscribe: str | None = None
    seq: int = 0


# What the routes answer


class ErrorAnswer(msgspec.Struct, kw_only=True):
    """Every error: one sentence what happened, a machine-readable reason, one sentence what to do ("" if nothing)."""

    message: str
    reason: str
    hint: str


class ProfilerOption(msgspec.Struct, kw_only=True):
    """Something a user may set for a run under a profiler; `texts` is a list; a number has bounds."""

    name: str
    title: str
    kind: Literal["text", "texts", "number", "flag"]
    help: str
    default: str | float | bool | None
    minimum: float | None = None
    maximum: float | None = None


class ProfilerDescription(msgspec.Struct, kw_only=True):
    """One profiler: the question it answers, what it measures and costs, where it works, whether it is installed."""

    name: str
    title: str
    question: str
    tool: str
    measures: list[str]
    overhead: str
    targets: list[TargetKind]
    systems: list[str]
    pythons: str
    live: bool
    options: list[ProfilerOption]
    installed: bool
    version: str | None
    install: str | None
    note: str | None


class FormatDescription(msgspec.Struct, kw_only=True):
    """A file format: whether runs are imported from it and exported to it; with `tables`, it holds one table."""

    name: str
    title: str
    suffix: str
    reads: bool
    writes: bool
    tables: bool


class ProfilersAnswer(msgspec.Struct, kw_only=True):
    """`GET profilers`: also how the front end finds out whether the server half fits it.

    `version` is the package's, `schema` the protocol's; `python` the interpreter runs use by default, `root` the
    absolute path that relative paths start from.
    """

    version: str
    schema: int
    profilers: list[ProfilerDescription]
    formats: list[FormatDescription]
    python: str
    root: str


class RunsAnswer(msgspec.Struct, kw_only=True):
    """`GET runs`, newest first. `total` counts all that match; `next` is the next page's `before`, null at the end."""

    runs: list[RunSummary]
    total: int
    next: str | None


class RequestRecord(msgspec.Struct, kw_only=True):
    """What was asked for when the run was made, enough to run it again."""

    target: TargetBody
    profiler: str
    options: dict[str, Cell | list[Cell]]
    cwd: str
    python: str
    env: dict[str, str]
    timeout_s: float | None


class RunAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID`. `last_seq` is the newest event written so far."""

    summary: RunSummary
    request: RequestRecord
    warnings: list[ProfileWarning]
    last_seq: int


class ColumnDescription(msgspec.Struct, kw_only=True):
    """A column of a table; what it means is said in `profiles/rows.py`."""

    name: str
    type: Literal["integer", "number", "string", "boolean", "list"]
    unit: Unit


class TableAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID/tables`: one page of a table.

    `total` rows in the table, `matched` by the filter, of which `hidden` are library code that was asked to be hidden;
    `data` holds rows `offset…` of the rest.
    """

    name: str
    columns: list[ColumnDescription]
    total: int
    matched: int
    hidden: int
    offset: int
    data: Columns


class TreeAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID/tree`: the call tree in preorder, or the call graph's edges where there is no tree."""

    nodes: Columns


class BranchesAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID/tree?parent=ROW`: the children of a node, or the roots, the largest first.

    Attributes:
        measure: the column that says what a node costs by itself.
        unit: of `measure`, of `total` and of `whole`.
        is_summed: whether `total` is that of a node and its descendants; else of the node alone.
        whole: what shares are of: the total of all roots.
        siblings: how many children there are, of which `data` holds a page.
        data: columns of the tree, and further `row`, `total`, `children`, how many each of them has, and where
            allocations were counted `total_count`.
    """

    measure: str | None
    unit: Unit
    is_summed: bool
    whole: float | None
    siblings: int
    offset: int
    data: Columns


class Gpu(msgspec.Struct, kw_only=True):
    """A GPU of the host."""

    name: str
    memory_bytes: int | None


class Limits(msgspec.Struct, kw_only=True):
    """What a run may use and what there is; `cpu_limit_cores` is null where all of the host's cores may be used.

    GPUs are found about a second after the start: until then there are none.
    """

    memory_limit_bytes: int | None
    memory_limit_source: str | None
    cpu_limit_cores: float | None
    host_cores: int
    host_memory_bytes: int | None
    gpus: list[Gpu] = []


class TelemetryAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID/telemetry`: all samples so far, and what they are measured against (null before the first one)."""

    columns: Columns
    limits: Limits | None


class OutputAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID/output`: bytes `offset…next` of the stream's `size` so far, as text."""

    stream: str
    offset: int
    next: int
    size: int
    text: str


class SourceAnswer(msgspec.Struct, kw_only=True):
    """`GET runs/ID/source`: a file of the profile. `changed`: it was written after the run started."""

    file: str
    contents_path: str | None
    text: str
    changed: bool


# What the WebSocket sends


class _Event(msgspec.Struct, kw_only=True, tag_field="type"):
    """`seq` counts from 1 without gaps (0: about the store, not from the run); `t` is seconds since the run started."""

    run: str
    seq: int
    t: float


class StatusEvent(_Event, tag="status"):
    """The run changed its status; `running` comes with the target's `pid` and when it `started`."""

    status: Status
    reason: str | UnsetType = UNSET
    reason_code: ReasonCodeText | UnsetType = UNSET
    pid: int | UnsetType = UNSET
    started: str | UnsetType = UNSET


class TelemetryEvent(_Event, tag="telemetry"):
    """The samples since the last event of this kind; `limits` comes with the first one and when it has changed."""

    columns: Columns
    limits: Limits | UnsetType = UNSET


class HotspotsEvent(_Event, tag="hotspots"):
    """Rows of a live table: `define` names rows seen for the first time, `update` gives values *so far*, by row id.

    `elapsed_s` is the code's time so far (the whole for shares); `complete` says whether every row is in the table or
    only the largest.
    """

    table: str
    define: Columns
    update: Columns
    elapsed_s: float
    complete: bool


class OutputEvent(_Event, tag="output"):
    """How much the run has printed so far, in bytes."""

    stdout: int
    stderr: int


class ProgressEvent(_Event, tag="progress"):
    """How far the target says it is."""

    done: float
    total: float
    label: str


class WarningEvent(_Event, tag="warning"):
    """Something the run's reader should know; `children_left` names the processes in `pids`."""

    code: str
    message: str
    hint: str
    pids: list[int] | UnsetType = UNSET


class RunEvent(_Event, tag="run"):
    """Unasked: a run of the store appeared or changed."""

    summary: RunSummary


class DeletedEvent(_Event, tag="deleted"):
    """Unasked: a run was deleted from the store."""


class FinishedEvent(_Event, tag="finished"):
    """The last event of a run: everything known about it in the end."""

    info: RunInfo


Event: TypeAlias = (
    StatusEvent
    | TelemetryEvent
    | HotspotsEvent
    | ProgressEvent
    | OutputEvent
    | WarningEvent
    | FinishedEvent
    | RunEvent
    | DeletedEvent
)
"""Anything the WebSocket sends, told apart by `type`."""

MESSAGES: Final[tuple[type[msgspec.Struct], ...]] = (
    ErrorAnswer,
    ProfilersAnswer,
    RunBody,
    ImportBody,
    RunSummary,
    RunsAnswer,
    RunAnswer,
    TableAnswer,
    TreeAnswer,
    BranchesAnswer,
    TelemetryAnswer,
    OutputAnswer,
    SourceAnswer,
    ClientMessage,
)
"""The messages that stand by themselves; what they are made of follows from them."""

for _message in (*MESSAGES, Event):
    msgspec.json.Decoder(_message)  # see `store/reading.py`
