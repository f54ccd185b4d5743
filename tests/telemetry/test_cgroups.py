"""Control groups as recorded on different machines: each test lays the files out in a folder and reads them there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.telemetry.cgroups import ControlGroups
from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler

GIB = 1 << 30
V1_NO_LIMIT = 9223372036854771712
V2_MOUNT = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def lay_out(folder: Path, files: dict[str, str | int]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return folder


def test_a_container_of_version_2_with_limits(tmp_path: Path) -> None:
    """Docker with a cgroup namespace: the own group looks like the top."""
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "0::/",
            "proc/self/mountinfo": "712 711 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate",
            "sys/fs/cgroup/memory.max": 2 * GIB,
            "sys/fs/cgroup/memory.current": 734003200,
            "sys/fs/cgroup/memory.events": "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0",
            "sys/fs/cgroup/cpu.max": "150000 100000",
        },
    )
    groups = ControlGroups(root=root)
    assert groups.memory_version == "cgroup2"
    assert groups.memory_limit_bytes == 2 * GIB
    assert groups.memory_usage_bytes() == 734003200
    assert groups.cpu_limit_cores() == 1.5
    assert groups.oom_kills() == 2
    lay_out(tmp_path, {"sys/fs/cgroup/memory.current": 800000000})
    assert groups.memory_usage_bytes() == 800000000
    groups.close()


def test_the_tightest_limit_of_nested_groups_holds(tmp_path: Path) -> None:
    """A pod on Kubernetes seen from the host: the limit stands in the middle, and so does what counts against it."""
    pod = "sys/fs/cgroup/kubepods.slice/kubepods-pod1.slice"
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "0::/kubepods.slice/kubepods-pod1.slice/cri-1.scope",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/kubepods.slice/memory.max": 64 * GIB,
            "sys/fs/cgroup/kubepods.slice/memory.current": 30 * GIB,
            "sys/fs/cgroup/kubepods.slice/cpu.max": "max 100000",
            f"{pod}/memory.max": 4 * GIB,
            f"{pod}/memory.current": 3 * GIB,
            f"{pod}/cpu.max": "200000 100000",
            f"{pod}/cri-1.scope/memory.max": "max",
            f"{pod}/cri-1.scope/memory.current": 1 * GIB,
            f"{pod}/cri-1.scope/cpu.max": "350000 50000",
            f"{pod}/cri-1.scope/memory.events": "oom_kill 0",
        },
    )
    groups = ControlGroups(root=root)
    assert groups.memory_limit_bytes == 4 * GIB
    assert groups.memory_usage_bytes() == 3 * GIB
    assert groups.cpu_limit_cores() == 2.0
    assert groups.oom_kills() == 0
    groups.close()


def test_no_limit_in_version_2(tmp_path: Path) -> None:
    """A terminal of a desktop: every group says max, the top one has no such files at all."""
    scope = "sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope"
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/user-1000.slice/session-2.scope",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/user.slice/memory.max": "max",
            "sys/fs/cgroup/user.slice/user-1000.slice/memory.max": "max",
            f"{scope}/memory.max": "max",
            f"{scope}/memory.current": 5 * GIB,
            f"{scope}/cpu.max": "max 100000",
        },
    )
    groups = ControlGroups(root=root)
    assert groups.memory_limit_bytes is None
    assert groups.memory_usage_bytes() == 5 * GIB
    assert groups.cpu_limit_cores() is None
    assert groups.oom_kills() is None
    groups.close()


def test_a_container_of_version_1_that_sees_its_path_from_the_hosts_top(tmp_path: Path) -> None:
    """Docker without a cgroup namespace: paths do not exist below the mount, which shows the container's own group."""
    memory, cpu = "sys/fs/cgroup/memory", "sys/fs/cgroup/cpu,cpuacct"
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "9:memory:/docker/7f3a\n4:cpu,cpuacct:/docker/7f3a\n1:name=systemd:/docker/7f3a\n0::/",
            "proc/self/mountinfo": "800 790 0:31 /docker/7f3a /sys/fs/cgroup/cpu,cpuacct ro master:11 - cgroup cgroup "
            "rw,cpu,cpuacct\n"
            "801 790 0:36 /docker/7f3a /sys/fs/cgroup/memory ro master:16 - cgroup cgroup rw,memory\n",
            f"{memory}/memory.limit_in_bytes": 3 * GIB,
            f"{memory}/memory.usage_in_bytes": 1 * GIB,
            f"{memory}/memory.stat": f"cache 1\nhierarchical_memory_limit {3 * GIB}\ntotal_cache 1",
            f"{memory}/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 5",
            f"{cpu}/cpu.cfs_quota_us": 50000,
            f"{cpu}/cpu.cfs_period_us": 100000,
        },
    )
    groups = ControlGroups(root=root)
    assert groups.memory_version == "cgroup1"
    assert groups.memory_limit_bytes == 3 * GIB
    assert groups.memory_usage_bytes() == 1 * GIB
    assert groups.cpu_limit_cores() == 0.5
    assert groups.oom_kills() == 5
    groups.close()


def test_huge_numbers_of_version_1_are_no_limit(tmp_path: Path) -> None:
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/jobs/1\n1:cpu:/\n0::/",
            "proc/self/mountinfo": "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
            "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
            "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            "sys/fs/cgroup/memory/jobs/1/memory.limit_in_bytes": V1_NO_LIMIT,
            "sys/fs/cgroup/memory/jobs/1/memory.usage_in_bytes": 12345,
            "sys/fs/cgroup/memory/jobs/1/memory.stat": f"hierarchical_memory_limit {V1_NO_LIMIT}",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": V1_NO_LIMIT,
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": -1,
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": 100000,
        },
    )
    groups = ControlGroups(root=root)
    assert groups.memory_version == "cgroup1"
    assert groups.memory_limit_bytes is None
    assert groups.memory_usage_bytes() == 12345
    assert groups.cpu_limit_cores() is None
    assert groups.oom_kills() is None
    groups.close()


def test_a_limit_above_what_the_container_is_shown_counts(tmp_path: Path) -> None:
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/",
            "proc/self/mountinfo": "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": V1_NO_LIMIT,
            "sys/fs/cgroup/memory/memory.stat": f"cache 0\nhierarchical_memory_limit {6 * GIB}",
        },
    )
    assert ControlGroups(root=root).memory_limit_bytes == 6 * GIB


def test_version_2_beside_version_1_and_a_mount_point_with_a_blank(tmp_path: Path) -> None:
    """A hybrid machine whose version 1 has only freezer: memory is then a matter of version 2."""
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "7:freezer:/a\n0::/work/../../outside",
            "proc/self/mountinfo": "37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
            "41 31 0:38 / /mnt/control\\040groups rw - cgroup2 cgroup2 rw\n",
            "sys/fs/cgroup/freezer/a/freezer.state": "THAWED",
            "mnt/control groups/memory.max": 1 * GIB,
        },
    )
    groups = ControlGroups(root=root)
    assert groups.memory_version == "cgroup2"
    assert groups.memory_limit_bytes == 1 * GIB


def test_another_process_is_in_its_own_groups(tmp_path: Path) -> None:
    root = lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "0::/mine",
            "proc/77/cgroup": "0::/theirs",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/mine/memory.max": 1 * GIB,
            "sys/fs/cgroup/theirs/memory.max": 2 * GIB,
        },
    )
    assert ControlGroups(pid=77, root=root).memory_limit_bytes == 2 * GIB
    assert ControlGroups(pid=78, root=root).memory_limit_bytes == 1 * GIB


def test_no_control_groups_at_all(tmp_path: Path) -> None:
    groups = ControlGroups(root=tmp_path)
    assert groups.memory_version is None
    assert groups.memory_limit_bytes is None
    assert groups.memory_usage_bytes() is None
    assert groups.cpu_limit_cores() is None
    assert groups.oom_kills() is None
    groups.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has control groups")
def test_the_groups_of_this_very_process() -> None:
    groups = ControlGroups()
    usage = groups.memory_usage_bytes()
    if groups.memory_version is None or usage is None:
        pytest.skip("memory is in no control group here, or in the topmost of version 2")
    held = bytearray(b"x") * 100_000_000
    grown = groups.memory_usage_bytes()
    assert grown is not None
    # Others in the same group come and go, too.
    assert grown - usage > 50_000_000
    del held
    groups.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has control groups")
def test_kills_are_counted_from_the_samplers_start() -> None:
    sampler = TelemetrySampler(1, started=0.0)
    assert sampler.oom_kills() in (0, None)
    sampler.close()
