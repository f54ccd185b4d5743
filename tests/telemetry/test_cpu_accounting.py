"""CPU time of a tree whose processes come and go, against what the kernel accounts to whoever waited for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere psutil cannot tell what children that ended had used"
)

BURN = """
import os, sys, time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def child(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return pid
"""


def watch(program: str, *options: str) -> dict[str, Any]:
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, str(here / "watch_tree.py"), BURN + textwrap.dedent(program), *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(here.parents[1] / "python_ext")},
    )
    return json.loads(done.stdout)


def test_children_that_live_shorter_than_a_sample_are_not_lost() -> None:
    seen = watch(
        """
        for _ in range(50):
            os.waitpid(child(lambda: burn(0.03)), 0)
        """,
        "subreaper",
    )
    assert seen["rusage"] > 1.5
    assert seen["integral"] == pytest.approx(seen["rusage"], rel=0.05)


def test_grandchildren_and_children_seen_alive_are_not_counted_twice() -> None:
    seen = watch(
        """
        def family():
            inner = [child(lambda: burn(0.15)) for _ in range(2)]
            burn(0.15)
            for pid in inner:
                os.waitpid(pid, 0)
        for _ in range(3):
            os.waitpid(child(family), 0)
        burn(0.2)
        """,
        "subreaper",
    )
    assert seen["rusage"] > 1.5
    assert seen["integral"] == pytest.approx(seen["rusage"], rel=0.05)
    assert seen["largest"] == 4
    # A long-lived child that is waited for must not show as a peak of all it ever used.
    assert seen["highest"] < 110 * (os.cpu_count() or 1)


def test_orphans_that_the_subreaper_takes_over_are_not_lost() -> None:
    seen = watch(
        """
        def leave_orphans():
            child(lambda: burn(0.4))
            child(lambda: burn(0.03))
        for _ in range(3):
            os.waitpid(child(leave_orphans), 0)
        """,
        "subreaper",
    )
    assert seen["rusage"] > 1.2
    assert seen["integral"] == pytest.approx(seen["rusage"], rel=0.05)
    assert seen["largest"] >= 2


def test_without_a_subreaper_the_tree_is_followed_until_its_end() -> None:
    seen = watch(
        """
        time.sleep(0.3)
        for _ in range(10):
            os.waitpid(child(lambda: burn(0.1)), 0)
        """
    )
    # The start of the process, before the sampler came, does not count; nor do the last moments before the root ended.
    assert seen["rusage"] > 1.0
    assert 0.85 * seen["rusage"] < seen["integral"] < 1.01 * seen["rusage"]


def test_children_that_nobody_waits_for_keep_what_was_last_seen_of_them() -> None:
    seen = watch(
        """
        import signal
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        for _ in range(2):
            child(lambda: burn(1.0))
        try:
            os.wait()
        except ChildProcessError:
            pass
        time.sleep(0.3)
        """,
        "subreaper",
    )
    assert seen["rusage"] < 0.5  # the kernel forgets them
    assert 1.6 < seen["integral"] < 2.3


def test_an_excluded_helper_of_the_subreaper_does_not_count() -> None:
    seen = watch("burn(0.8)", "subreaper", "helper")
    assert seen["rusage"] > 1.2  # the helper's CPU is in it
    assert seen["integral"] < 1.05
    assert seen["largest"] == 1
    assert seen["highest"] < 130
