"""What is known about a run: its target, status, times, exit and environment."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "lost"]
"""`lost`: the supervisor itself died; what had been written until then is kept."""

TargetKind = Literal["cell", "script", "module", "notebook", "function", "process"]

STATUSES: Final[tuple[Status, ...]] = ("queued", "running", "succeeded", "failed", "cancelled", "lost")
ENDED: Final[frozenset[str]] = frozenset({"succeeded", "failed", "cancelled", "lost"})
"""The statuses a run never leaves again."""

ReasonCode = Literal[
    "exit_code",
    "raised",
    "syntax_error",
    "signal",
    "out_of_memory",
    "timed_out",
    "over_budget",
    "cancelled",
    "cannot_start",
    "agent_failed",
    "supervisor_died",
    "never_started",
]
"""Why a run did not succeed, in this order: it exited with a status other than 0, raised an exception, could not be
compiled, was ended by a signal, by the kernel for want of memory, after its `timeout_s`, past its `budget`, because
somebody asked for it; its process could not be started, our agent could not run it; its supervisor died, nobody ever
started it."""

REASON_CODES: Final[tuple[ReasonCode, ...]] = get_args(ReasonCode)

ReasonCodeText = Annotated[
    str,
    Meta(
        description="why it did not succeed, machine-readable; absent for a success",
        extra_json_schema={"enum": list(REASON_CODES)},
    ),
]
"""A `ReasonCode`. As text, because a run of another version may have a code we do not know, and for a `Literal` msgspec
would refuse all that is known about that run; the schema and the front end know exactly these."""


class TargetInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """What was run."""

    kind: TargetKind
    name: Annotated[str, Meta(description="what a person sees: a file name, a module, `module:function`, a pid")]
    path: Annotated[str, Meta(description="absolute path of the script or notebook")] | None = None
    module: Annotated[str, Meta(description="dotted name, for `module` and `function`")] | None = None
    args: Annotated[tuple[str, ...], Meta(description="what the target finds after its own name in sys.argv")] = ()


class RunInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One execution of a target under a profiler.

    Times of day are ISO-8601 in UTC, durations seconds, sizes bytes. What is not known, not yet known or does not apply
    is None, and absent in JSON: never 0.
    """

    id: Annotated[str, Meta(description="ULID: sorts by time of creation")]
    status: Status
    target: TargetInfo
    profiler: Annotated[str, Meta(description="name of the profiler, as `jupyter hotspots profilers` lists it")]
    created: Annotated[str, Meta(description="when the run was asked for, ISO-8601 UTC")]
    reason: Annotated[str, Meta(description="why it ended as it did, a sentence")] | None = None
    reason_code: ReasonCodeText | None = None
    started: Annotated[str, Meta(description="when the target process was started, ISO-8601 UTC")] | None = None
    ended: Annotated[str, Meta(description="when the target process ended, ISO-8601 UTC")] | None = None
    wall_s: (
        Annotated[float, Meta(description="the target process from exec to exit", extra_json_schema={"unit": "s"})]
        | None
    ) = None
    code_s: (
        Annotated[
            float,
            Meta(
                description="wall time of the code itself, without the interpreter's start-up and imports",
                extra_json_schema={"unit": "s"},
            ),
        ]
        | None
    ) = None
    startup_s: (
        Annotated[
            float,
            Meta(description="from exec until the first line of the code could run", extra_json_schema={"unit": "s"}),
        ]
        | None
    ) = None
    import_s: (
        Annotated[float, Meta(description="wall time spent importing modules", extra_json_schema={"unit": "s"})] | None
    ) = None
    cpu_s: (
        Annotated[
            float,
            Meta(
                description="user and system CPU time of the target and the children it waited for",
                extra_json_schema={"unit": "s"},
            ),
        ]
        | None
    ) = None
    peak_rss_bytes: (
        Annotated[
            int,
            Meta(
                description="highest resident memory of the process tree that telemetry saw",
                extra_json_schema={"unit": "bytes"},
            ),
        ]
        | None
    ) = None
    exit_code: Annotated[int, Meta(description="exit status; absent if a signal ended the target")] | None = None
    signal: Annotated[int, Meta(description="number of the signal that ended the target")] | None = None
    python: Annotated[str, Meta(description="version of the Python that ran the target, as `3.11.7`")] | None = None
    implementation: Annotated[str, Meta(description="`CPython`, `PyPy`, …")] | None = None
    executable: Annotated[str, Meta(description="absolute path of that Python")] | None = None
    host: Annotated[str, Meta(description="name of the machine")] | None = None
    platform: Annotated[str, Meta(description="operating system and architecture, as `linux-x86_64`")] | None = None
    cpus: Annotated[float, Meta(description="CPUs the run could use: affinity and container limits counted")] | None = (
        None
    )
    memory_bytes: (
        Annotated[
            int,
            Meta(
                description="memory the run could use: the container's limit, else the host's total",
                extra_json_schema={"unit": "bytes"},
            ),
        ]
        | None
    ) = None
    pid: Annotated[int, Meta(description="process id of the target")] | None = None
    cwd: Annotated[str, Meta(description="working directory, absolute")] | None = None
    by: Annotated[str, Meta(description="the face that asked for the run: `cli`, `lab`, …")] | None = None
    group: Annotated[str, Meta(description="ULID of the group, if one request made several runs")] | None = None
    version: Annotated[str, Meta(description="version of jupyterlab-hotspots that made the run")] | None = None
    profiler_version: Annotated[str, Meta(description="version of the tool behind the profiler")] | None = None
    options: Annotated[dict[str, Any], Meta(description="the profiler's options")] | None = None
    error: Annotated[str, Meta(description="the exception that ended the code, as `Type: message`")] | None = None

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


# msgspec prepares a struct when it is first decoded, and crashes if two threads do that at once (seen with 0.22).
msgspec.json.Decoder(RunInfo)
