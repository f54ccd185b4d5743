"""The names of the telemetry columns. What each means and its unit is said in `profiles.rows.TelemetryRow`."""

from __future__ import annotations

NAMES = (
    "t_s",
    "cpu_percent",
    "rss_bytes",
    "uss_bytes",
    "pss_bytes",
    "threads",
    "open_files",
    "processes",
    "read_bytes_per_s",
    "write_bytes_per_s",
    "net_received_bytes_per_s",
    "net_sent_bytes_per_s",
    "gpu_percent",
    "gpu_memory_bytes",
    "host_cpu_percent",
    "host_memory_used_bytes",
    "cgroup_memory_bytes",
)
"""In the order in which samples and profiles have them."""

DEAR = frozenset(
    {
        "uss_bytes",
        "pss_bytes",
        "open_files",
        "net_received_bytes_per_s",
        "net_sent_bytes_per_s",
        "gpu_percent",
        "gpu_memory_bytes",
        "host_cpu_percent",
        "host_memory_used_bytes",
    }
)
"""Measured about once a second instead of in every sample, less often still where it is slow; None between."""
