"""What telemetry costs: a tree of 64 processes sampled ten times a second, by Hotspots and by plain psutil.

Both samplers give the same columns (`jupyterlab_hotspots/telemetry/columns.py`), the dear ones once a second, each in a
process of its own, which measures the CPU time it spends. They take turns on the same tree. Start-up is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

PROCESSES = 64
TREES = {"asleep but for 4": (4, 0.019), "all at work": (PROCESSES, 0.099)}
"""How many work 1 ms at a time, and how long they pause in between: so little that the samplers get their core."""
HERTZ = 10.0
CORE = "% of one core"

TREE = """
import os, sys, time
def work(busy):
    held = bytearray(b"x") * 10_000_000
    while True:
        if busy:
            end = time.monotonic() + 0.001
            while time.monotonic() < end:
                pass
            time.sleep(%f)
        else:
            time.sleep(3600)
for index in range(%d):
    if os.fork() == 0:
        work(index < %d)
print("ready", flush=True)
sys.stdin.read()
os.killpg(0, 9)
"""


def spent_by(sample: Any, seconds: float) -> dict[str, float]:
    """Take samples at a fixed rate; CPU in per cent of one core."""
    for _ in range(3):  # the first ones open and import
        sample()
        time.sleep(0.05)
    began, cpu = time.monotonic(), time.process_time()
    taken = 0
    while (now := time.monotonic()) - began < seconds:
        sample()
        taken += 1
        time.sleep(max(0.0, began + taken / HERTZ - time.monotonic()))
    cpu, wall = time.process_time() - cpu, now - began
    return {"percent": 100 * cpu / wall, "samples": taken, "hertz": taken / wall}


def sample_by_hotspots(root: int) -> Any:
    from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler

    return TelemetrySampler(root, started=time.monotonic()).sample


def sample_by_psutil(root: int) -> Any:
    """The same columns, written the plain way."""
    import psutil

    state: dict[str, Any] = {"processes": {}, "before": None, "network": None, "dear": 0.0}

    def sample() -> dict[str, Any]:
        now = time.monotonic()
        top = psutil.Process(root)
        known = state["processes"]
        tree = [known.setdefault(one.pid, one) for one in [top, *top.children(recursive=True)]]
        cpu = rss = threads = read = written = 0.0
        for process in tree:
            with process.oneshot():
                times = process.cpu_times()
                cpu += times.user + times.system + times.children_user + times.children_system
                rss += process.memory_info().rss
                threads += process.num_threads()
                io = process.io_counters()
                read, written = read + io.read_bytes, written + io.write_bytes
        values: dict[str, Any] = {"rss_bytes": rss, "threads": threads, "processes": len(tree)}
        if state["before"] is not None:
            then, cpu_before, read_before, written_before = state["before"]
            values["cpu_percent"] = 100 * (cpu - cpu_before) / (now - then)
            values["read_bytes_per_s"] = (read - read_before) / (now - then)
            values["write_bytes_per_s"] = (written - written_before) / (now - then)
        state["before"] = now, cpu, read, written
        if now >= state["dear"]:
            state["dear"] = now + 1.0
            memory = [process.memory_full_info() for process in tree]
            values["uss_bytes"] = sum(one.uss for one in memory)
            values["pss_bytes"] = sum(one.pss for one in memory)
            values["open_files"] = sum(process.num_fds() for process in tree)
            values["host_cpu_percent"] = psutil.cpu_percent()
            values["host_memory_used_bytes"] = psutil.virtual_memory().used
            values["network"] = psutil.net_io_counters()
        return values

    return sample


SAMPLERS = {"hotspots": sample_by_hotspots, "psutil": sample_by_psutil}


def measure(sampler: str, root: int, seconds: float) -> dict[str, float]:
    """One sampler in a process of its own."""
    command = [sys.executable, __file__, "--measure", sampler, str(root), str(seconds)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def median_interval(values: list[float]) -> tuple[float, list[float] | None]:
    """The median and its 95 % interval by order statistics (binomial with p = 1/2); None for fewer than 6 values."""
    ordered = sorted(values)
    count = len(ordered)
    if count < 6:
        return statistics.median(ordered), None
    weights = [1.0]
    for index in range(count):
        weights.append(weights[-1] * (count - index) / (index + 1))
    below, tail = 0, weights[0]
    while (tail + weights[below + 1]) / 2**count <= 0.025:
        below += 1
        tail += weights[below]
    return statistics.median(ordered), [ordered[below], ordered[count - 1 - below]]


def compare(tree_name: str, pairs: int, seconds: float) -> tuple[list[float], list[float]]:
    """Both samplers in turn on one tree, the order changing from pair to pair; per cent of one core."""
    busy, pause = TREES[tree_name]
    tree = subprocess.Popen(
        [sys.executable, "-S", "-c", TREE % (pause, PROCESSES - 1, busy)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert tree.stdin is not None
    assert tree.stdout is not None
    tree.stdout.readline()
    seen: dict[str, list[float]] = {"hotspots": [], "psutil": []}
    try:
        for pair in range(pairs):
            for sampler in ("hotspots", "psutil") if pair % 2 else ("psutil", "hotspots"):
                one = measure(sampler, tree.pid, seconds)
                seen[sampler].append(one["percent"])
                figures = f"{one['percent']:.2f} {CORE} at {one['hertz']:.2f} Hz"
                print(f"{tree_name}, pair {pair + 1}/{pairs}, {sampler}: {figures}", file=sys.stderr)
    finally:
        tree.stdin.close()
        tree.wait()
        tree.stdout.close()
    return seen["hotspots"], seen["psutil"]


def run(pairs: int, seconds: float) -> dict[str, Any]:
    """Two rows for each tree: what it costs, and how that compares."""
    rows: list[dict[str, Any]] = []
    for tree_name in TREES:
        ours, other = compare(tree_name, pairs, seconds)
        cost, cost_interval = median_interval(ours)
        ratio, ratio_interval = median_interval([one / two for one, two in zip(ours, other, strict=True)])
        rows += [
            {
                "what": f"CPU at {HERTZ:.0f} Hz, {PROCESSES} processes, {tree_name}: {CORE}",
                "ours": round(cost, 3),
                "other": round(statistics.median(other), 3),
                "ratio": None,
                "interval": cost_interval and [round(value, 3) for value in cost_interval],
                "bound": "<= 3 %",
            },
            {
                "what": f"the same over plain psutil's, {tree_name}",
                "ours": None,
                "other": None,
                "ratio": round(ratio, 3),
                "interval": ratio_interval and [round(value, 3) for value in ratio_interval],
                "bound": None,
            },
        ]
    method = (
        f"A tree of {PROCESSES} processes of 10 MB; samplers in processes of their own, {pairs} interleaved pairs of "
        f"{seconds:g} s; other: plain psutil, the same columns at the same rates."
    )
    return {"name": "Cost of telemetry", "method": method, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The result in Markdown."""

    def cell(value: Any) -> str:
        if isinstance(value, list):
            return " – ".join(map(cell, cast("list[Any]", value)))
        return "–" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)

    lines = [f"### {result['name']}", "", result["method"], ""]
    lines += ["| what | Hotspots | other | ratio | interval | bound |", "|---|---|---|---|---|---|"]
    names = ("what", "ours", "other", "ratio", "interval", "bound")
    lines += ["| " + " | ".join(cell(row[name]) for name in names) + " |" for row in result["rows"]]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="2 pairs, for a look")
    parser.add_argument("--pairs", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--json", type=Path, help="write the result there")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sampler, root, seconds = options.measure
        print(json.dumps(spent_by(SAMPLERS[sampler](int(root)), float(seconds))))
        return 0
    if not Path("/proc/self/stat").exists():
        print("this compares two ways of reading /proc, which this system does not have", file=sys.stderr)
        return os.EX_UNAVAILABLE
    result = run(2 if options.quick else options.pairs, options.seconds)
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
