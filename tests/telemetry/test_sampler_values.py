"""What the sampler says against what psutil and /proc say of the same real processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest

from jupyterlab_hotspots.telemetry.columns import DEAR, NAMES
from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler

PACKAGE = str(Path(__file__).parents[2] / "python_ext")
Start = Callable[[str], "subprocess.Popen[str]"]
GoOn = Callable[["subprocess.Popen[str]"], str]
READS: list[Any] = [
    pytest.param("proc", marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")),
    "psutil",
]

PARENT_AND_CHILD = """
    import os, sys, threading
    held = bytearray(os.urandom(1)) * 120_000_000
    files = [open(os.devnull) for _ in range(12)]
    stay = threading.Event()
    for _ in range(5):
        threading.Thread(target=stay.wait, daemon=True).start()
    inner = os.fork()
    if not inner:
        own = bytearray(os.urandom(1)) * 40_000_000
        sys.stdout.write("ready\\n")
        stay.wait()
    sys.stdin.readline()
"""


@contextlib.contextmanager
def sampling(pid: int, reads: Literal["proc", "psutil"] | None = None, **options: Any) -> Iterator[TelemetrySampler]:
    sampler = TelemetrySampler(pid, started=time.monotonic(), reads=reads, **options)
    try:
        yield sampler
    finally:
        sampler.close()


@pytest.mark.parametrize("reads", READS)
def test_memory_threads_and_files_of_a_tree_agree_with_psutil(start: Start, reads: Literal["proc", "psutil"]) -> None:
    process = start(PARENT_AND_CHILD)
    root = psutil.Process(process.pid)
    with sampling(process.pid, reads) as sampler:
        sample = sampler.sample()
        tree = [root, *root.children(recursive=True)]
        memory = [one.memory_full_info() for one in tree]
        assert len(tree) == 2
        assert sampler.pids() == [one.pid for one in tree]
        assert sample["processes"] == 2
        assert sample["rss_bytes"] == pytest.approx(sum(one.rss for one in memory), rel=0.02)
        assert sample["uss_bytes"] == pytest.approx(sum(one.uss for one in memory), rel=0.02)
        assert sample["threads"] == sum(one.num_threads() for one in tree) == 7
        assert sample["open_files"] == sum(one.num_fds() for one in tree)
        # The child shares the parent's 120 MB until one of them writes: RSS counts them twice, the others not.
        assert sample["rss_bytes"] > 280_000_000
        assert 40_000_000 < sample["uss_bytes"] < 70_000_000  # type: ignore[operator]
        if sys.platform == "linux":
            assert sample["pss_bytes"] == pytest.approx(sum(one.pss for one in memory), rel=0.02)
            assert 160_000_000 < sample["pss_bytes"] < 200_000_000  # type: ignore[operator]


@pytest.mark.parametrize("reads", READS)
def test_host_totals_agree_with_psutil(start: Start, reads: Literal["proc", "psutil"]) -> None:
    process = start("import sys; print('ready'); sys.stdin.readline()")
    with sampling(process.pid, reads) as sampler:
        sample = sampler.sample()
        memory = psutil.virtual_memory()
        limits = sampler.limits()
    assert sample["host_memory_used_bytes"] == pytest.approx(memory.total - memory.available, rel=0.05, abs=1e8)
    assert limits["host_memory_bytes"] == memory.total
    assert limits["host_cores"] == os.cpu_count()
    assert limits["memory_limit_bytes"] <= memory.total
    assert limits["memory_limit_source"] in ("cgroup2", "cgroup1", "host")
    assert limits["cpu_limit_cores"] is None or 0 < limits["cpu_limit_cores"] < limits["host_cores"]


@pytest.mark.parametrize("reads", READS)
def test_host_and_network_rates_come_with_the_second_measurement(
    start: Start, reads: Literal["proc", "psutil"]
) -> None:
    process = start("import sys; print('ready'); sys.stdin.readline()")
    with sampling(process.pid, reads, dear_every=0.05) as sampler:
        first = sampler.sample()
        time.sleep(0.1)
        while (second := sampler.sample())["host_cpu_percent"] is None:
            time.sleep(0.1)
    rates = ("host_cpu_percent", "net_received_bytes_per_s", "net_sent_bytes_per_s")
    assert [first[name] for name in rates] == [None, None, None]
    assert 0 <= second["host_cpu_percent"] <= 100
    for name in rates[1:]:
        value = second[name]
        assert value is not None
        assert value >= 0


@pytest.mark.parametrize("reads", READS)
def test_a_sample_has_every_column_in_the_order_of_the_table(start: Start, reads: Literal["proc", "psutil"]) -> None:
    process = start("import sys; print('ready'); sys.stdin.readline()")
    with sampling(process.pid, reads) as sampler:
        dear, cheap = sampler.sample(), sampler.sample()
    assert list(dear) == list(NAMES)
    assert list(cheap) == list(dear)
    assert all(cheap[name] is None for name in DEAR)
    assert dear["uss_bytes"] is not None


def test_dear_columns_come_as_often_as_asked(start: Start) -> None:
    process = start("import sys; print('ready'); sys.stdin.readline()")
    with sampling(process.pid, dear_every=3600.0) as sampler:
        samples = [sampler.sample() for _ in range(5)]
    assert [sample["uss_bytes"] is None for sample in samples] == [False, True, True, True, True]


def test_dear_columns_of_many_processes_are_whole_though_measured_in_slices(start: Start) -> None:
    process = start(
        """
        import os, sys, time
        held = bytearray(b"x") * 5_000_000
        for _ in range(60):
            if not os.fork():
                time.sleep(60)
        print("ready"); sys.stdin.readline()
        """
    )
    with sampling(process.pid) as sampler:
        while (sample := sampler.sample())["pss_bytes"] is None:
            assert sample["open_files"] is None
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
    assert len(tree) == 61
    assert sample["open_files"] == sum(one.num_fds() for one in tree)
    if sys.platform == "linux":
        assert sample["pss_bytes"] == pytest.approx(sum(one.memory_full_info().pss for one in tree), rel=0.05)


def test_peak_and_high_water_mark(start: Start, go_on: GoOn) -> None:
    process = start(
        """
        import sys
        print("ready"); sys.stdin.readline()
        held = bytearray(b"x") * 90_000_000
        print("held"); sys.stdin.readline()
        del held
        brief = bytearray(b"x") * 150_000_000
        del brief
        print("freed"); sys.stdin.readline()
        """
    )
    with sampling(process.pid) as sampler:
        assert sampler.peak_rss_bytes() == 0
        sampler.sample()
        assert go_on(process) == "held"
        held = sampler.sample()["rss_bytes"]
        assert go_on(process) == "freed"
        freed = sampler.sample()["rss_bytes"]
        assert held is not None
        assert freed is not None
        assert freed < held - 80_000_000
        assert sampler.peak_rss_bytes() == held
        if sys.platform == "linux":
            mark = sampler.high_water_mark_bytes()
            assert mark is not None
            assert mark > 150_000_000  # the peak that no sample saw


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a process's storage traffic")
def test_bytes_written_by_the_tree_and_by_children_that_ended(start: Start, go_on: GoOn, tmp_path: Path) -> None:
    process = start(
        f"""
        import os, sys
        def write(name, size):
            with open(os.path.join({str(tmp_path)!r}, name), "wb", 0) as file:
                file.write(bytes(size))
        print("ready"); sys.stdin.readline()
        write("own", 8_000_000)
        if not os.fork():
            write("child", 5_000_000)
            os._exit(0)
        os.wait()
        print([line.split()[1] for line in open("/proc/self/io") if line.startswith("write_bytes")][0])
        sys.stdin.readline()
        """
    )
    with sampling(process.pid) as sampler:
        before = sampler.sample()
        written = int(go_on(process))
        time.sleep(0.02)
        after = sampler.sample()
        idle_at = after["t_s"]
        time.sleep(0.02)
        idle = sampler.sample()
    if written == 0:
        pytest.skip("the folder for temporary files is not on storage")
    rate, seconds = after["write_bytes_per_s"], after["t_s"] - before["t_s"]  # type: ignore[operator]
    assert rate is not None
    assert rate * seconds == pytest.approx(written, rel=0.02, abs=20_000)
    assert written >= 13_000_000
    assert idle["t_s"] > idle_at  # type: ignore[operator]
    assert idle["write_bytes_per_s"] == 0


@pytest.mark.parametrize("reads", READS)
def test_a_tree_that_has_gone_gives_nothing_and_never_zero_memory(
    start: Start, reads: Literal["proc", "psutil"]
) -> None:
    process = start("import sys; print('ready'); sys.stdin.readline()")
    with sampling(process.pid, reads, dear_every=0.0) as sampler:
        assert sampler.sample()["processes"] == 1
        process.kill()
        process.wait()
        sampler.sample()
        sample = sampler.sample()
        assert sample["processes"] == 0
        assert sampler.pids() == []
        for name in ("cpu_percent", "rss_bytes", "uss_bytes", "threads", "open_files", "write_bytes_per_s"):
            assert sample[name] is None, name
    with sampling(process.pid, reads) as sampler:  # gone before the sampler came
        assert sampler.sample()["processes"] == 0


def test_closing_leaves_no_descriptor_open(start: Start) -> None:
    process = start(PARENT_AND_CHILD)
    before = psutil.Process().num_fds()
    with sampling(process.pid) as sampler:
        sampler.sample()
    assert psutil.Process().num_fds() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only there can it be done without")
def test_the_sampler_starts_without_psutil_and_numpy(start: Start) -> None:
    names = "psutil", "numpy", "pathlib", "dataclasses", "typing", "threading"
    process = start(
        f"""
        import os, sys
        sys.path.insert(0, {PACKAGE!r})
        import jupyterlab_hotspots
        before = set(sys.modules)
        from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler
        sampler = TelemetrySampler(os.getpid(), started=0.0)
        assert sampler.sample()["rss_bytes"] > 1_000_000
        print("ready")
        print(sorted(set({names!r}) & (set(sys.modules) - before)))
        sys.stdin.readline()
        """
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="how Linux guards processes")
def test_what_may_not_be_read_of_one_process_is_absent_for_the_tree(start: Start) -> None:
    """A process that is not dumpable hides its memory and I/O from others without privileges, as a set-uid one does."""
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []
    if drop and (shutil.which("setpriv") is None or subprocess.run([*drop, "true"], check=False).returncode):
        pytest.skip("this root user cannot drop its privileges")
    process = start(
        """
        import ctypes, sys
        PR_SET_DUMPABLE = 4
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        print("ready"); sys.stdin.readline()
        """
    )
    program = f"""
import json, time
from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler
sampler = TelemetrySampler({process.pid}, started=time.monotonic())
time.sleep(0.02)
print(json.dumps(sampler.sample()))
"""
    command = [*drop, sys.executable, "-c", program]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": PACKAGE}
    )
    sample = json.loads(done.stdout)
    assert sample["rss_bytes"] > 1_000_000
    assert sample["processes"] == sample["threads"] == 1
    assert sample["cpu_percent"] is not None
    for name in ("uss_bytes", "pss_bytes", "read_bytes_per_s", "write_bytes_per_s"):
        assert sample[name] is None, name
