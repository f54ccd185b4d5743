"""What a row of each table means: one documented struct per table.

Tables are columns (`tables.py` derives their Arrow schemas from here); these structs say which columns there are, what
they mean, in which unit they are and how rows that mean the same thing are merged. A field without a default is in
every table; the others are there only where the profiler measures them. A value that was not measured is null in the
table and absent in JSON, never 0. Times are seconds, sizes bytes, shares between 0 and 1.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Unit = Literal["", "s", "bytes", "bytes/s", "share", "percent", "count", "row"]
Merge = Literal["key", "sum", "max", "same", "row", "derived"]
"""How a column of rows that mean the same thing becomes one value.

`key` columns say whether two rows mean the same thing; `sum` and `max` speak for themselves; `same` describes the thing
(should two rows differ, the smaller value in sort order is taken, so that the order of merging never matters); `row`
points at a row of another table, follows it, and is part of the key; `derived` is computed from the others, never
stored.
"""

Origin = Literal["own", "library", "builtin"]
"""Whose code: the user's, the standard library's or an installed package's, C functions and frozen modules."""


def column(description: str, *, unit: Unit = "", merge: Merge = "same") -> Meta:
    """The documentation of a column, readable by `columns.columns_of` and part of the JSON Schema."""
    return Meta(
        description=description,
        extra_json_schema={"unit": unit} if unit else None,
        extra={"unit": unit, "merge": merge},
    )


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row of a table. Rows hold texts and numbers only, so the garbage collector need not look at them."""


class FunctionRow(Row, kw_only=True, frozen=True):
    """A function (or module body, class body, lambda, built-in) and what was measured in all its calls together."""

    function: Annotated[str, column("plain name (`co_name`), or what the profiler calls a built-in", merge="key")]
    file: (
        Annotated[str, column("absolute path; the notebook for a cell; absent for built-ins", merge="key")] | UnsetType
    ) = UNSET
    line: Annotated[int, column("first line, 1-based; within the cell for a cell", merge="key")] | UnsetType = UNSET
    cell: Annotated[str, column("nbformat id of the cell that defines it", merge="key")] | UnsetType = UNSET
    cell_index: Annotated[int, column("0-based place of that cell in the notebook")] | UnsetType = UNSET
    origin: Annotated[Origin, column("whose code it is")] | UnsetType = UNSET
    qualname: Annotated[str, column("dotted name within its module (`co_qualname`)")] | UnsetType = UNSET
    module: Annotated[str, column("dotted name of its module")] | UnsetType = UNSET
    calls: Annotated[int, column("calls, recursive ones counted", unit="count", merge="sum")] | UnsetType = UNSET
    primitive_calls: Annotated[int, column("calls that were not recursive", unit="count", merge="sum")] | UnsetType = (
        UNSET
    )
    own_s: Annotated[float, column("time in the function itself", unit="s", merge="sum")] | UnsetType = UNSET
    total_s: (
        Annotated[float, column("time in the function with everything it called", unit="s", merge="sum")] | UnsetType
    ) = UNSET
    own_share: (
        Annotated[float, column("`own_s` over the own time of all functions", unit="share", merge="derived")]
        | UnsetType
    ) = UNSET
    total_share: (
        Annotated[float, column("`total_s` over the own time of all functions", unit="share", merge="derived")]
        | UnsetType
    ) = UNSET
    samples: (
        Annotated[int, column("samples that found it on top of the stack", unit="count", merge="sum")] | UnsetType
    ) = UNSET
    total_samples: (
        Annotated[int, column("samples that found it anywhere on the stack", unit="count", merge="sum")] | UnsetType
    ) = UNSET
    cpu_s: Annotated[float, column("the part of `own_s` on a CPU", unit="s", merge="sum")] | UnsetType = UNSET
    gil_s: (
        Annotated[float, column("the part of `own_s` holding the interpreter lock", unit="s", merge="sum")] | UnsetType
    ) = UNSET
    idle_s: Annotated[float, column("the part of `own_s` waiting", unit="s", merge="sum")] | UnsetType = UNSET
    python_s: Annotated[float, column("the part of `own_s` in the interpreter", unit="s", merge="sum")] | UnsetType = (
        UNSET
    )
    native_s: Annotated[float, column("the part of `own_s` in native code", unit="s", merge="sum")] | UnsetType = UNSET
    system_s: (
        Annotated[float, column("the part of `own_s` in the system or waiting for it", unit="s", merge="sum")]
        | UnsetType
    ) = UNSET
    gpu_s: Annotated[float, column("time on the GPU", unit="s", merge="sum")] | UnsetType = UNSET
    peak_bytes: (
        Annotated[int, column("allocated by it and alive at the high-water mark", unit="bytes", merge="max")]
        | UnsetType
    ) = UNSET
    total_peak_bytes: (
        Annotated[
            int, column("allocated by it or what it called, alive at the high-water mark", unit="bytes", merge="max")
        ]
        | UnsetType
    ) = UNSET
    leaked_bytes: (
        Annotated[int, column("allocated by it and alive at the end", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    total_leaked_bytes: (
        Annotated[int, column("allocated by it or what it called, alive at the end", unit="bytes", merge="sum")]
        | UnsetType
    ) = UNSET
    temporary_bytes: (
        Annotated[int, column("allocated by it and freed at once", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    allocated_bytes: (
        Annotated[int, column("allocated by it in all, freed or not", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    copied_bytes: Annotated[int, column("copied by it", unit="bytes", merge="sum")] | UnsetType = UNSET
    count: (
        Annotated[
            int, column("allocations made by it (memray: alive at the high-water mark)", unit="count", merge="sum")
        ]
        | UnsetType
    ) = UNSET


class EdgeRow(Row, kw_only=True, frozen=True):
    """One function called another: what was measured in the callee while it was called from this caller.

    Rows are numbers of rows of the functions table, which keeps 600,000 edges small.
    """

    caller: Annotated[int, column("row of the caller in the functions table", unit="row", merge="row")]
    callee: Annotated[int, column("row of the callee in the functions table", unit="row", merge="row")]
    calls: Annotated[int, column("calls, recursive ones counted", unit="count", merge="sum")] | UnsetType = UNSET
    primitive_calls: Annotated[int, column("calls that were not recursive", unit="count", merge="sum")] | UnsetType = (
        UNSET
    )
    own_s: (
        Annotated[float, column("time in the callee itself when called from here", unit="s", merge="sum")] | UnsetType
    ) = UNSET
    total_s: (
        Annotated[float, column("time in the callee with everything it called, from here", unit="s", merge="sum")]
        | UnsetType
    ) = UNSET
    samples: (
        Annotated[int, column("samples that found the callee called from here", unit="count", merge="sum")] | UnsetType
    ) = UNSET
    count: Annotated[int, column("allocations made below this call", unit="count", merge="sum")] | UnsetType = UNSET
    peak_bytes: (
        Annotated[int, column("allocated below this call, alive at the high-water mark", unit="bytes", merge="max")]
        | UnsetType
    ) = UNSET


class LineRow(Row, kw_only=True, frozen=True):
    """A line of source and what was measured on it. A statement over several lines may count on each of them."""

    file: Annotated[str, column("absolute path; the notebook for a cell", merge="key")] | UnsetType = UNSET
    line: Annotated[int, column("1-based; within the cell for a cell", merge="key")]
    cell: Annotated[str, column("nbformat id of the cell", merge="key")] | UnsetType = UNSET
    cell_index: Annotated[int, column("0-based place of the cell in the notebook")] | UnsetType = UNSET
    function: Annotated[str, column("plain name of the function the line is in")] | UnsetType = UNSET
    function_line: Annotated[int, column("first line of that function")] | UnsetType = UNSET
    origin: Annotated[Origin, column("whose code it is")] | UnsetType = UNSET
    source: Annotated[str, column("the line as it was when it ran, without its line break")] | UnsetType = UNSET
    hits: Annotated[int, column("how often it ran", unit="count", merge="sum")] | UnsetType = UNSET
    time_s: (
        Annotated[float, column("time on the line with everything it called", unit="s", merge="sum")] | UnsetType
    ) = UNSET
    own_s: Annotated[float, column("time on the line itself", unit="s", merge="sum")] | UnsetType = UNSET
    share: (
        Annotated[float, column("of the run: see `shares.line_shares` for the whole", unit="share", merge="derived")]
        | UnsetType
    ) = UNSET
    share_of_function: (
        Annotated[float, column("of its function's lines (line_profiler's % Time)", unit="share", merge="derived")]
        | UnsetType
    ) = UNSET
    samples: Annotated[int, column("samples that found it running", unit="count", merge="sum")] | UnsetType = UNSET
    total_samples: (
        Annotated[int, column("samples that found it anywhere on the stack", unit="count", merge="sum")] | UnsetType
    ) = UNSET
    cpu_s: Annotated[float, column("the part of `own_s` on a CPU", unit="s", merge="sum")] | UnsetType = UNSET
    gil_s: (
        Annotated[float, column("the part of `own_s` holding the interpreter lock", unit="s", merge="sum")] | UnsetType
    ) = UNSET
    idle_s: Annotated[float, column("the part of `own_s` waiting", unit="s", merge="sum")] | UnsetType = UNSET
    python_s: Annotated[float, column("the part of `own_s` in the interpreter", unit="s", merge="sum")] | UnsetType = (
        UNSET
    )
    native_s: Annotated[float, column("the part of `own_s` in native code", unit="s", merge="sum")] | UnsetType = UNSET
    system_s: (
        Annotated[float, column("the part of `own_s` in the system or waiting for it", unit="s", merge="sum")]
        | UnsetType
    ) = UNSET
    gpu_s: Annotated[float, column("time on the GPU", unit="s", merge="sum")] | UnsetType = UNSET
    gpu_peak_bytes: Annotated[int, column("most GPU memory in use", unit="bytes", merge="max")] | UnsetType = UNSET
    rss_bytes: (
        Annotated[int, column("resident memory of the process after the line", unit="bytes", merge="max")] | UnsetType
    ) = UNSET
    increment_bytes: (
        Annotated[int, column("change of resident memory over the line, signed", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    occurrences: (
        Annotated[int, column("how often memory was read after the line", unit="count", merge="sum")] | UnsetType
    ) = UNSET
    peak_bytes: (
        Annotated[int, column("allocated there and alive at the high-water mark", unit="bytes", merge="max")]
        | UnsetType
    ) = UNSET
    total_peak_bytes: (
        Annotated[
            int,
            column("allocated there or in what it called, alive at the high-water mark", unit="bytes", merge="max"),
        ]
        | UnsetType
    ) = UNSET
    average_bytes: (
        Annotated[int, column("average of the memory in use when it ran", unit="bytes", merge="max")] | UnsetType
    ) = UNSET
    leaked_bytes: (
        Annotated[int, column("allocated there and alive at the end", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    total_leaked_bytes: (
        Annotated[int, column("allocated there or in what it called, alive at the end", unit="bytes", merge="sum")]
        | UnsetType
    ) = UNSET
    temporary_bytes: (
        Annotated[int, column("allocated there and freed at once", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    allocated_bytes: (
        Annotated[int, column("allocated there in all, freed or not", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    growth_bytes: (
        Annotated[int, column("growth of memory over the whole run, signed", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    copied_bytes: Annotated[int, column("copied there", unit="bytes", merge="sum")] | UnsetType = UNSET
    count: (
        Annotated[
            int, column("allocations made there (memray: alive at the high-water mark)", unit="count", merge="sum")
        ]
        | UnsetType
    ) = UNSET
    python_share: (
        Annotated[float, column("the part of the memory allocated by Python objects", unit="share", merge="max")]
        | UnsetType
    ) = UNSET
    leak_score: Annotated[float, column("how likely the line leaks", unit="share", merge="max")] | UnsetType = UNSET
    leak_bytes_per_s: Annotated[float, column("how fast it leaks", unit="bytes/s", merge="max")] | UnsetType = UNSET


class NodeRow(Row, kw_only=True, frozen=True):
    """A node of the tree: of calls, mostly; of references where the question is what keeps an object alive.

    Rows are in preorder: a node stands before its descendants, and they stand directly after it. Values are those of
    the node itself; with its descendants where the name says `total`.
    """

    parent: Annotated[int, column("row of the parent; absent for a root", unit="row", merge="row")] | UnsetType = UNSET
    name: Annotated[str, column("plain name of the function, or what the node is", merge="key")]
    kind: (
        Annotated[
            Literal["function", "line", "thread", "process", "task", "object"],
            column("what the node is; a function where absent", merge="key"),
        ]
        | UnsetType
    ) = UNSET
    file: Annotated[str, column("absolute path; the notebook for a cell", merge="key")] | UnsetType = UNSET
    function_line: Annotated[int, column("first line of the function", merge="key")] | UnsetType = UNSET
    line: Annotated[int, column("the line that ran there, where lines are told apart", merge="key")] | UnsetType = UNSET
    cell: Annotated[str, column("nbformat id of the cell", merge="key")] | UnsetType = UNSET
    cell_index: Annotated[int, column("0-based place of the cell in the notebook")] | UnsetType = UNSET
    origin: Annotated[Origin, column("whose code it is")] | UnsetType = UNSET
    calls: Annotated[int, column("calls along this path", unit="count", merge="sum")] | UnsetType = UNSET
    own_s: Annotated[float, column("time in the node itself", unit="s", merge="sum")] | UnsetType = UNSET
    total_s: Annotated[float, column("time in the node and its descendants", unit="s", merge="sum")] | UnsetType = UNSET
    samples: Annotated[int, column("samples that ended in this node", unit="count", merge="sum")] | UnsetType = UNSET
    total_samples: (
        Annotated[int, column("samples that ended in this node or below", unit="count", merge="sum")] | UnsetType
    ) = UNSET
    gil_s: (
        Annotated[float, column("the part of `own_s` holding the interpreter lock", unit="s", merge="sum")] | UnsetType
    ) = UNSET
    idle_s: Annotated[float, column("the part of `own_s` waiting", unit="s", merge="sum")] | UnsetType = UNSET
    size_bytes: Annotated[int, column("size of the object itself", unit="bytes", merge="max")] | UnsetType = UNSET
    peak_bytes: (
        Annotated[int, column("allocated there and alive at the high-water mark", unit="bytes", merge="max")]
        | UnsetType
    ) = UNSET
    leaked_bytes: (
        Annotated[int, column("allocated there and alive at the end", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    temporary_bytes: (
        Annotated[int, column("allocated there and freed at once", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    count: (
        Annotated[
            int, column("allocations made there (memray: alive at the high-water mark)", unit="count", merge="sum")
        ]
        | UnsetType
    ) = UNSET


class SampleRow(Row, kw_only=True, frozen=True):
    """One moment on the run's time axis: where a thread was, or how much memory was in use."""

    t_s: Annotated[float, column("since the code started", unit="s")]
    process: Annotated[int, column("process id")] | UnsetType = UNSET
    thread: Annotated[str, column("name or number of the thread")] | UnsetType = UNSET
    node: Annotated[int, column("row of the tree the thread was in", unit="row", merge="row")] | UnsetType = UNSET
    duration_s: Annotated[float, column("the time the sample stands for", unit="s")] | UnsetType = UNSET
    gil: Annotated[bool, column("whether the thread held the interpreter lock")] | UnsetType = UNSET
    idle: Annotated[bool, column("whether the thread was waiting")] | UnsetType = UNSET
    rss_bytes: Annotated[int, column("resident memory", unit="bytes")] | UnsetType = UNSET
    heap_bytes: Annotated[int, column("allocated and not freed", unit="bytes")] | UnsetType = UNSET


class SiteRow(Row, kw_only=True, frozen=True):
    """An allocation site, or a type of objects: what it holds, and what it holds more than at the mark before."""

    file: Annotated[str, column("absolute path; the notebook for a cell", merge="key")] | UnsetType = UNSET
    line: Annotated[int, column("1-based; within the cell for a cell", merge="key")] | UnsetType = UNSET
    cell: Annotated[str, column("nbformat id of the cell", merge="key")] | UnsetType = UNSET
    cell_index: Annotated[int, column("0-based place of the cell in the notebook")] | UnsetType = UNSET
    function: Annotated[str, column("plain name of the function", merge="key")] | UnsetType = UNSET
    type: Annotated[str, column("type of the objects, dotted", merge="key")] | UnsetType = UNSET
    allocator: Annotated[str, column("`malloc`, `mmap`, `pymalloc`, …", merge="key")] | UnsetType = UNSET
    node: (
        Annotated[int, column("row of the tree: the stack, or what keeps it alive", unit="row", merge="row")]
        | UnsetType
    ) = UNSET
    origin: Annotated[Origin, column("whose code it is")] | UnsetType = UNSET
    source: Annotated[str, column("the line as it was when it ran, without its line break")] | UnsetType = UNSET
    share: Annotated[float, column("of what all sites hold", unit="share", merge="derived")] | UnsetType = UNSET
    size_bytes: Annotated[int, column("held at the last mark", unit="bytes", merge="sum")] | UnsetType = UNSET
    count: Annotated[int, column("objects or blocks held at the last mark", unit="count", merge="sum")] | UnsetType = (
        UNSET
    )
    growth_bytes: (
        Annotated[int, column("more held than at the first mark, signed", unit="bytes", merge="sum")] | UnsetType
    ) = UNSET
    growth_count: (
        Annotated[int, column("more objects or blocks than at the first mark, signed", unit="count", merge="sum")]
        | UnsetType
    ) = UNSET
    peak_bytes: Annotated[int, column("held at the high-water mark", unit="bytes", merge="max")] | UnsetType = UNSET
    leaked_bytes: Annotated[int, column("held at the end", unit="bytes", merge="sum")] | UnsetType = UNSET
    temporary_bytes: Annotated[int, column("allocated and freed at once", unit="bytes", merge="sum")] | UnsetType = (
        UNSET
    )


class TelemetryRow(Row, kw_only=True, frozen=True):
    """One look at the resources of the target's process tree and of the machine it runs on.

    Null where a column is measured less often than the sample was taken (`telemetry/columns.py` says which are).
    """

    t_s: Annotated[float, column("when the sample was taken, since the run was started", unit="s")]
    cpu_percent: (
        Annotated[
            float,
            column(
                "CPU time of the whole process tree since the sample before; 100 is one core kept busy. "
                "Processes that began and ended in between count through the parent that waited for them",
                unit="percent",
            ),
        ]
        | UnsetType
    ) = UNSET
    rss_bytes: (
        Annotated[
            int,
            column(
                "resident memory (RSS) summed over the tree. Pages that processes share count once for each"
                " of them: after a fork the sum is larger than what the tree holds; see `pss_bytes`",
                unit="bytes",
            ),
        ]
        | UnsetType
    ) = UNSET
    uss_bytes: (
        Annotated[
            int,
            column(
                "unique memory (USS) summed over the tree: pages that no other process shares, free as soon as it ends",
                unit="bytes",
            ),
        ]
        | UnsetType
    ) = UNSET
    pss_bytes: (
        Annotated[
            int,
            column(
                "proportional memory (PSS) summed over the tree: a page shared by n processes counts 1/n "
                "for each. Linux only",
                unit="bytes",
            ),
        ]
        | UnsetType
    ) = UNSET
    threads: Annotated[int, column("threads of all processes of the tree", unit="count")] | UnsetType = UNSET
    open_files: (
        Annotated[
            int,
            column(
                "open file descriptors of all processes of the tree, sockets and pipes included",
                unit="count",
            ),
        ]
        | UnsetType
    ) = UNSET
    processes: (
        Annotated[
            int,
            column(
                "processes of the tree that are alive; those that ended and were not waited for do not count",
                unit="count",
            ),
        ]
        | UnsetType
    ) = UNSET
    read_bytes_per_s: (
        Annotated[
            float,
            column(
                "what the tree read from storage since the sample before; what the page cache served does "
                "not count. Linux only",
                unit="bytes/s",
            ),
        ]
        | UnsetType
    ) = UNSET
    write_bytes_per_s: (
        Annotated[
            float,
            column(
                "what the tree wrote towards storage since the sample before, counted when it reaches the "
                "page cache. Linux only",
                unit="bytes/s",
            ),
        ]
        | UnsetType
    ) = UNSET
    net_received_bytes_per_s: (
        Annotated[
            float,
            column(
                "received by the network interfaces of the host (in a container: of its network namespace),"
                " by whomever, without loopback",
                unit="bytes/s",
            ),
        ]
        | UnsetType
    ) = UNSET
    net_sent_bytes_per_s: (
        Annotated[
            float,
            column(
                "sent by the network interfaces of the host (in a container: of its network namespace), by "
                "whomever, without loopback",
                unit="bytes/s",
            ),
        ]
        | UnsetType
    ) = UNSET
    gpu_percent: (
        Annotated[
            float,
            column(
                "use of all NVIDIA GPUs of the host, by whomever; 100 is one GPU kept busy. Needs the "
                "package nvidia-ml-py",
                unit="percent",
            ),
        ]
        | UnsetType
    ) = UNSET
    gpu_memory_bytes: (
        Annotated[int, column("memory in use on all NVIDIA GPUs of the host, by whomever", unit="bytes")] | UnsetType
    ) = UNSET
    host_cpu_percent: (
        Annotated[
            float,
            column(
                "CPU of the whole host since the last measurement; 100 is every core kept busy",
                unit="percent",
            ),
        ]
        | UnsetType
    ) = UNSET
    host_memory_used_bytes: (
        Annotated[
            int,
            column(
                "memory of the host that cannot be had without swapping: total less available",
                unit="bytes",
            ),
        ]
        | UnsetType
    ) = UNSET
    cgroup_memory_bytes: (
        Annotated[
            int,
            column(
                "memory charged to the control group (container) with the tightest limit, page cache "
                "included: the figure that reaches `memory_limit_bytes` before processes are killed",
                unit="bytes",
            ),
        ]
        | UnsetType
    ) = UNSET


class ProfileWarning(msgspec.Struct, kw_only=True, frozen=True):
    """Something the reader of a profile should know, with what to do about it."""

    code: Annotated[str, Meta(description="machine-readable")]
    message: Annotated[str, Meta(description="what happened, a sentence")]
    hint: Annotated[str, Meta(description="what to do about it, a sentence; empty if nothing can be")] = ""
