"""Who belongs to the tree: real processes that fork, leave orphans, thread, end and come again under an old pid."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler

if sys.platform != "linux":
    pytest.skip("how processes are found on Linux", allow_module_level=True)

from jupyterlab_hotspots.telemetry.discovery import TreeFinder
from jupyterlab_hotspots.telemetry.kept_files import DescriptorBudget
from jupyterlab_hotspots.telemetry.ledger import TreeLedger
from jupyterlab_hotspots.telemetry.linux import LinuxSource

Start = Callable[[str], "subprocess.Popen[str]"]
GoOn = Callable[["subprocess.Popen[str]"], str]

FORKS_WHEN_TOLD = """
    import os, sys, time
    print("ready")
    for line in sys.stdin:
        if not os.fork():
            print(os.getpid())
            time.sleep(60)
"""


@pytest.mark.parametrize("descriptors", [1000, 3, 0])
def test_new_children_are_found_by_their_pid_alone(start: Start, go_on: GoOn, descriptors: int) -> None:
    process = start(FORKS_WHEN_TOLD)
    ledger = TreeLedger(process.pid, LinuxSource(None, DescriptorBudget(descriptors)))
    expected = [process.pid]
    for _ in range(3):
        expected.append(int(go_on(process)))
        ledger.update(thorough=False)
        assert list(ledger.members) == expected
    ledger.update(thorough=True)
    rss = sum(member.rss_bytes for member in ledger.members.values())
    assert rss == pytest.approx(sum(psutil.Process(pid).memory_info().rss for pid in expected), rel=0.05)
    ledger.close()


def test_a_whole_family_that_appears_at_once_is_found_parents_first(start: Start, go_on: GoOn) -> None:
    process = start(
        """
        import os, sys, time
        print("ready"); sys.stdin.readline()
        pids = []
        for _ in range(4):
            inner, outer = os.pipe()
            pid = os.fork()
            if pid:
                os.write(outer, b"%d" % pid)
                time.sleep(60)
            pids.append(int(os.read(inner, 20)))
        print(pids, flush=True)
        time.sleep(60)
        """
    )
    finder = TreeFinder(None)
    finder.find({process.pid: None}, (), thorough=True)
    family = [int(pid) for pid in go_on(process).strip("[]").split(",")]
    assert finder.find({process.pid: None}, (), thorough=False) == family
    assert finder.find({process.pid: None, **dict.fromkeys(family)}, (), thorough=False) == []
    finder.close()


@pytest.mark.parametrize("thorough", [False, True])
def test_threads_are_no_processes(start: Start, go_on: GoOn, thorough: bool) -> None:
    process = start(
        """
        import sys, threading, time
        print("ready"); sys.stdin.readline()
        for _ in range(10):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        print("threads"); sys.stdin.readline()
        """
    )
    # The root as a child of this process, so that its threads look like children of this process, too.
    ledger = TreeLedger(process.pid, LinuxSource(os.getpid()))
    assert go_on(process) == "threads"
    ledger.update(thorough)
    threads = {int(task.name) for task in Path(f"/proc/{process.pid}/task").iterdir()}
    assert len(threads) == 11
    # Other children of this process, left by other tests, may be there as well.
    assert threads & set(ledger.members) == {process.pid}
    ledger.update(thorough=True)
    assert ledger.members[process.pid].threads == 11
    ledger.close()


def test_strangers_do_not_join_and_a_burst_of_new_pids_hides_nobody(start: Start, go_on: GoOn) -> None:
    process = start(FORKS_WHEN_TOLD)
    finder = TreeFinder(None)
    finder.find({process.pid: None}, (), thorough=True)
    threads = [threading.Thread(target=time.sleep, args=(0,)) for _ in range(150)]
    for thread in threads:  # each takes a pid: more than are tried one by one
        thread.start()
        thread.join()
    stranger = subprocess.Popen(["sleep", "60"])
    child = int(go_on(process))
    try:
        assert finder.find({process.pid: None}, (), thorough=False) == [child]
    finally:
        stranger.kill()
        stranger.wait()
        finder.close()


def test_members_whose_parent_ends_stay_and_the_dead_leave(start: Start, go_on: GoOn) -> None:
    process = start(
        """
        import os, sys, time
        print("ready")
        read, write = os.pipe()
        sys.stdin.readline()
        middle = os.fork()
        if not middle:
            grandchild = os.fork()
            if grandchild:
                os.write(write, b"%d" % grandchild)
            time.sleep(60)
        print(middle, int(os.read(read, 20)))
        sys.stdin.readline()
        os.kill(middle, 9); os.waitpid(middle, 0)
        print("middle has gone"); sys.stdin.readline()
        """
    )
    sampler = TelemetrySampler(process.pid, started=time.monotonic())
    middle, grandchild = (int(pid) for pid in go_on(process).split())
    try:
        sampler.sample()
        assert sampler.pids() == [process.pid, middle, grandchild]
        assert go_on(process) == "middle has gone"
        sampler.sample()
        assert sampler.pids() == [process.pid, grandchild]
        process.kill()
        process.wait()
        sampler.sample()
        assert sampler.pids() == [grandchild]  # an orphan, but still to be stopped
        os.kill(grandchild, 9)
        while sampler.pids():
            time.sleep(0.01)
            sampler.sample()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(grandchild, 9)
        sampler.close()


def test_one_that_has_ended_but_is_not_waited_for_is_not_alive(start: Start, go_on: GoOn) -> None:
    process = start(
        """
        import os, sys
        print("ready"); sys.stdin.readline()
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        print(pid); sys.stdin.readline()
        """
    )
    sampler = TelemetrySampler(process.pid, started=time.monotonic())
    pid = int(go_on(process))
    sample = sampler.sample()
    assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert sampler.pids() == [process.pid]
    assert sample["processes"] == 1
    sampler.close()


def test_pids_now_sees_what_came_after_the_last_sample(start: Start, go_on: GoOn) -> None:
    process = start(FORKS_WHEN_TOLD)
    sampler = TelemetrySampler(process.pid, started=time.monotonic())
    sampler.sample()
    child = int(go_on(process))
    assert sampler.pids() == [process.pid]
    assert sampler.pids_now() == [process.pid, child]
    sampler.close()


def test_an_excluded_process_takes_its_children_along(start: Start, go_on: GoOn) -> None:
    process = start(FORKS_WHEN_TOLD)
    sampler = TelemetrySampler(process.pid, started=time.monotonic(), also_children_of=os.getpid())
    other = start(FORKS_WHEN_TOLD)
    inner = int(go_on(other))
    assert sampler.pids_now() == [process.pid, other.pid, inner]
    sampler.exclude(other.pid)
    go_on(other)
    assert sampler.pids_now() == [process.pid]
    sampler.close()


def test_a_pid_given_out_again_is_another_process() -> None:
    """In a pid namespace of its own, where the next pid can be chosen."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    program = textwrap.dedent(
        """
        import subprocess, sys, time
        from jupyterlab_hotspots.telemetry.kept_files import DescriptorBudget
        from jupyterlab_hotspots.telemetry.ledger import TreeLedger
        from jupyterlab_hotspots.telemetry.linux import LinuxSource
        has_a_child = (
            "import subprocess; child = subprocess.Popen(['sleep', '60']);"
            "print(child.pid, flush=True); child.wait(); input()"
        )
        root = subprocess.Popen(
            [sys.executable, "-S", "-c", has_a_child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        old = int(root.stdout.readline())
        ledgers = [TreeLedger(root.pid, LinuxSource(None, DescriptorBudget(n))) for n in (1000, 0)]
        assert [list(ledger.members) for ledger in ledgers] == [[root.pid, old]] * 2
        import os
        os.kill(old, 9)
        while os.path.exists(f"/proc/{old}"):
            time.sleep(0.01)
        time.sleep(0.05)  # start times are known in ticks of 10 ms; no pid comes again as fast as this by itself
        with open("/proc/sys/kernel/ns_last_pid", "w") as file:
            file.write(str(old - 1))
        stranger = subprocess.Popen(["sleep", "60"])
        assert stranger.pid == old, (stranger.pid, old)
        for ledger in ledgers:
            for thorough in (False, True):
                ledger.update(thorough)
                assert list(ledger.members) == [root.pid], list(ledger.members)
        stranger.kill(); root.kill()
        print("told apart")
        """
    )
    command = ["unshare", "--pid", "--fork", "--mount-proc", *(["--map-root-user"] if os.getuid() else [])]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let one make a pid namespace")
    done = subprocess.run(
        [*command, sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "python_ext")},
    )
    if "ns_last_pid" in done.stderr:
        pytest.skip("this machine does not let one choose the next pid")
    assert done.stdout.strip() == "told apart", done.stderr
