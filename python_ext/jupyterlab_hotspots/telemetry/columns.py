"""The telemetry columns: names, units and meaning. Documentation, schema and the panel's charts all read this table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One telemetry column.

    Attributes:
        name: the key in a sample and in ``telemetry`` of a profile.
        unit: ``s``, ``bytes``, ``bytes/s``, ``count`` or ``percent of …`` (one core, all cores, one GPU).
        dear: measured about once a second instead of in every sample, less often still where it is slow; None between.
        description: one or two sentences for a reader who has never seen the column.
    """

    name: str
    unit: str
    dear: bool
    description: str


COLUMNS: tuple[Column, ...] = (
    Column("t_s", "s", False, "When the sample was taken, since the run was started."),
    Column(
        "cpu_percent",
        "percent of one core",
        False,
        "CPU time of the whole process tree since the sample before; 100 is one core kept busy. Processes that began "
        "and ended in between count through the parent that waited for them.",
    ),
    Column(
        "rss_bytes",
        "bytes",
        False,
        "Resident memory (RSS) summed over the tree. Pages that processes share count once for each of them: after a "
        "fork the sum is larger than what the tree holds; see pss_bytes.",
    ),
    Column(
        "uss_bytes",
        "bytes",
        True,
        "Unique memory (USS) summed over the tree: pages that no other process shares, free as soon as it ends.",
    ),
    Column(
        "pss_bytes",
        "bytes",
        True,
        "Proportional memory (PSS) summed over the tree: a page shared by n processes counts 1/n for each. Linux only.",
    ),
    Column("threads", "count", False, "Threads of all processes of the tree."),
    Column(
        "open_files",
        "count",
        True,
        "Open file descriptors of all processes of the tree, sockets and pipes included.",
    ),
    Column(
        "processes",
        "count",
        False,
        "Processes of the tree that are alive; those that ended and were not waited for do not count.",
    ),
    Column(
        "read_bytes_per_s",
        "bytes/s",
        False,
        "What the tree read from storage since the sample before; what the page cache served does not count. "
        "Linux only.",
    ),
    Column(
        "write_bytes_per_s",
        "bytes/s",
        False,
        "What the tree wrote towards storage since the sample before, counted when it reaches the page cache. "
        "Linux only.",
    ),
    Column(
        "net_received_bytes_per_s",
        "bytes/s",
        True,
        "Received by the network interfaces of the host (in a container: of its network namespace), by whomever, "
        "without loopback.",
    ),
    Column(
        "net_sent_bytes_per_s",
        "bytes/s",
        True,
        "Sent by the network interfaces of the host (in a container: of its network namespace), by whomever, "
        "without loopback.",
    ),
    Column(
        "gpu_percent",
        "percent of one GPU",
        True,
        "Use of all NVIDIA GPUs of the host, by whomever; 100 is one GPU kept busy. Needs the package nvidia-ml-py.",
    ),
    Column("gpu_memory_bytes", "bytes", True, "Memory in use on all NVIDIA GPUs of the host, by whomever."),
    Column(
        "host_cpu_percent",
        "percent of all cores",
        True,
        "CPU of the whole host since the last measurement; 100 is every core kept busy.",
    ),
    Column(
        "host_memory_used_bytes",
        "bytes",
        True,
        "Memory of the host that cannot be had without swapping: total less available.",
    ),
    Column(
        "cgroup_memory_bytes",
        "bytes",
        False,
        "Memory charged to the control group (container) with the tightest limit, page cache included: the figure "
        "that reaches memory_limit_bytes before processes are killed.",
    ),
)
