"""What memray records under the agent, in every Python that has it, is read back with lines, stacks and a time axis."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from agent_runs import PACKAGE, Agent, AgentRun

from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

COLLECTOR = PACKAGE / "profilers" / "allocations" / "collector.py"
MB = 1_000_000


@cache
def has_memray(python: str) -> bool:
    return subprocess.run([python, "-c", "import memray"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def memray_agent(agent: Agent) -> Agent:
    if not has_memray(agent.python):
        pytest.skip("this Python has no memray")
    return agent


def recorded(agent: Agent, source: str, *args: str, **options: Any) -> AgentRun:
    return agent.run(agent.write(source), *args, collector=COLLECTOR, live=False, **options)


def read(raw: Path, **known: Any) -> Measurements:
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="r", status="succeeded", target=target, profiler="allocations", created="", **known)
    return registry.reader("allocations").read(raw, ReadContext(info=info))


def rows(found: Measurements, table: str) -> list[dict[str, Any]]:
    measured = found.table(table)
    assert measured is not None
    return measured.to_pylist()  # pyright: ignore


def line(found: Measurements, number: int, file: str = "script.py") -> dict[str, Any]:
    (row,) = [row for row in rows(found, "lines") if row["line"] == number and row["file"].endswith(f"/{file}")]
    return row


SOURCE = """\
import threading
def make(n):
    return bytes(n)
def keeps():
    return [make(2_000_000) for _ in range(3)]
def frees():
    gone = bytearray(9_000_000)
    return len(gone)
def down(depth):
    return bytes(1_000_000) if depth == 0 else down(depth - 1)
kept = keeps()
frees()
deep = down(5)
later = []
thread = threading.Thread(target=lambda: later.append(bytearray(1_500_000)))
thread.start(); thread.join()
print("done")
"""


def test_lines_functions_tree_and_time_axis(memray_agent: Agent) -> None:
    run = recorded(memray_agent, SOURCE)
    assert (run.stdout, run.stderr, run.returncode) == (b"done\n", b"", 0)
    found = read(run.raw)
    assert found.warnings == ()
    script = str(memray_agent.work / "script.py")
    made = line(found, 3)
    assert (made["file"], made["function"], made["origin"], made["source"]) == (
        script,
        "make",
        "own",
        "    return bytes(n)",
    )
    assert made["peak_bytes"] == pytest.approx(6 * MB, rel=0.001)
    assert made["leaked_bytes"] == pytest.approx(6 * MB, rel=0.001)
    assert made["count"] == 3
    assert line(found, 11)["peak_bytes"] < 10_000, "what it called allocated it"
    assert line(found, 11)["total_peak_bytes"] == pytest.approx(6 * MB, rel=0.001)
    freed = line(found, 7)
    assert (freed["peak_bytes"], freed["temporary_bytes"], freed["leaked_bytes"]) == (9_000_001, 9_000_001, 0)
    recursive = line(found, 10)
    assert recursive["total_leaked_bytes"] == recursive["leaked_bytes"] == pytest.approx(MB, rel=0.001)
    assert line(found, 15)["leaked_bytes"] == pytest.approx(1.5 * MB, rel=0.001), "in another thread"
    functions = {row["function"]: row for row in rows(found, "functions") if row["file"] == script}
    assert functions["<module>"]["total_peak_bytes"] == pytest.approx(15 * MB, rel=0.01)
    assert functions["down"]["total_leaked_bytes"] == pytest.approx(MB, rel=0.001)
    tree = rows(found, "tree")
    (leaf,) = [node for node, row in enumerate(tree) if row["name"] == "make"]
    path: list[tuple[str, int]] = []
    node: int | None = leaf
    while node is not None:
        path.append((tree[node]["name"], tree[node]["line"]))
        node = tree[node]["parent"]
    inner = [] if memray_agent.version >= (3, 12) else [("<listcomp>", 5)]
    assert path == [("make", 3), *inner, ("keeps", 5), ("<module>", 11)]
    (site,) = [row for row in rows(found, "sites") if row["file"] == script and row["line"] == 3]
    assert (site["function"], site["allocator"], site["count"]) == ("make", "calloc", 3)
    samples = rows(found, "samples")
    assert [row["t_s"] for row in samples] == sorted(row["t_s"] for row in samples)
    assert max(row["heap_bytes"] for row in samples) <= 16 * MB
    assert all(row["rss_bytes"] > MB for row in samples)


def test_nothing_of_the_agent_is_in_it(memray_agent: Agent) -> None:
    found = read(recorded(memray_agent, SOURCE).raw)
    for table in ("lines", "functions", "tree", "sites"):
        files = {row["file"] for row in rows(found, table)}
        assert files, table
        assert not [file for file in files if file and file.startswith(str(PACKAGE))], table
        assert not [file for file in files if file and "/memray/" in file], table


def test_a_module_is_recorded_from_its_first_frame(memray_agent: Agent) -> None:
    memray_agent.write("kept = bytes(3_000_000)\n", "package/work.py")
    memray_agent.write("", "package/__init__.py")
    run = memray_agent.run("package.work", collector=COLLECTOR, live=False)
    found = read(run.raw)
    row = line(found, 1, "work.py")
    assert (row["function"], row["origin"]) == ("<module>", "own")
    assert row["peak_bytes"] == pytest.approx(3 * MB, rel=0.001)
    own = [row for row in rows(found, "tree") if row["name"] == "<module>" and row["file"].endswith("work.py")]
    assert [row["parent"] for row in own] == [None]


def test_small_objects_are_counted_one_by_one_if_wanted(memray_agent: Agent) -> None:
    source = "kept = [bytes(67) for _ in range(20_000)]\n"
    run = recorded(memray_agent, source, collector_options={"python_allocators": True})
    row = line(read(run.raw), 1)
    assert row["leaked_bytes"] == pytest.approx(20_000 * (100 + 8), rel=0.05)
    assert row["leaked_bytes"] >= 20_000 * 108


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)"])
def test_of_a_process_that_is_gone_all_it_had_done_is_kept(memray_agent: Agent, end: str) -> None:
    source = f"import os\nkept = bytes(5_000_000)\nmore = [bytearray(1000) for _ in range(500)]\n{end}\n"
    run = recorded(memray_agent, source)
    assert run.returncode != 0
    found = read(run.raw)
    assert line(found, 2)["peak_bytes"] == pytest.approx(5 * MB, rel=0.001)
    assert line(found, 3)["count"] >= 500
    (warning,) = found.warnings
    assert warning.code == "cut_short"


def test_exceptions_and_exit_statuses_are_the_targets_own(memray_agent: Agent) -> None:
    for source in (
        "import sys\nsys.exit(7)\n",
        "def f():\n    raise KeyError('x')\nf()\n",
        "raise SystemExit('bye')\n",
    ):
        run, plain = recorded(memray_agent, source), memray_agent.plain(memray_agent.work / "script.py")
        assert (run.stdout, run.stderr, run.returncode) == (plain.stdout, plain.stderr, plain.returncode)
        assert read(run.raw).warnings == ()


def test_a_forked_child_is_not_recorded_and_ends_as_it_would(memray_agent: Agent) -> None:
    source = """
import os, sys
kept = bytes(2_000_000)
pid = os.fork()
if pid == 0:
    more = bytes(70_000_000)
    sys.exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
after = bytes(3_000_000)
"""
    run = recorded(memray_agent, source)
    assert (run.stdout, run.returncode) == (b"5\n", 0)
    found = read(run.raw)
    assert [row for row in rows(found, "lines") if row["file"].endswith("script.py") and row["line"] == 6] == []
    assert line(found, 9)["leaked_bytes"] == pytest.approx(3 * MB, rel=0.001)
    assert found.warnings == ()


@pytest.mark.parametrize("change", ["sys.setprofile(lambda *event: None)", "sys.setprofile(None)"])
def test_it_is_said_when_the_code_takes_the_profile_function(memray_agent: Agent, change: str) -> None:
    found = read(recorded(memray_agent, f"import sys\n{change}\ndef f():\n    return bytes(2_000_000)\nx = f()\n").raw)
    assert [warning.code for warning in found.warnings] == ["profile_replaced"]


def test_threads_that_go_on_are_named(memray_agent: Agent) -> None:
    source = "import threading, time\nthreading.Thread(target=time.sleep, args=(0.2,), name='late').start()\n"
    (warning,) = read(recorded(memray_agent, source).raw).warnings
    assert warning.code == "threads_left"
    assert "late" in warning.message


def test_native_stacks_stand_below_the_python_line(memray_agent: Agent) -> None:
    run = recorded(memray_agent, "kept = bytes(4_000_000)\n", collector_options={"native": True})
    found = read(run.raw)
    assert line(found, 1)["peak_bytes"] == pytest.approx(4 * MB, rel=0.001)
    tree = rows(found, "tree")
    leaf = max(range(len(tree)), key=lambda node: tree[node]["peak_bytes"])
    assert tree[leaf]["origin"] == "builtin"
    names: list[str] = []
    node: int | None = leaf
    while node is not None:
        names.append(tree[node]["name"])
        node = tree[node]["parent"]
    assert names[-1] == "<module>"
    assert len(names) > 1


def test_tables_are_ranked_by_what_was_asked(memray_agent: Agent) -> None:
    found = read(recorded(memray_agent, SOURCE).raw)
    assert found.lines is not None and found.sites is not None
    for table, by, first in (
        (found.lines, "peak_bytes", 7),
        (found.lines, None, 7),
        (found.lines, "leaked_bytes", 3),
        (found.lines, "temporary_bytes", 7),
        (found.lines, "allocated_bytes", 7),
        (found.sites, "peak_bytes", 7),
        (found.sites, "leaked_bytes", 3),
    ):
        page = rank(table, by=by, limit=1)
        assert page.table.column("line").to_pylist() == [first], by


def test_the_target_runs_even_if_nothing_can_be_recorded(memray_agent: Agent) -> None:
    script = memray_agent.write("print(1)\n")
    started = memray_agent.folder / "run1" / "raw" / "allocations.bin"
    started.mkdir(parents=True)
    run = memray_agent.run(script, collector=COLLECTOR, live=False)
    assert (run.stdout, run.stderr, run.returncode) == (b"1\n", b"", 0)
    assert run.warnings == ["write_failed"]


def test_a_signal_reaches_the_target_as_always(memray_agent: Agent) -> None:
    source = "import time\ntry:\n    print('up', flush=True)\n    time.sleep(60)\n"
    source += "except KeyboardInterrupt:\n    print('int')\n"
    started = memray_agent.start(memray_agent.write(source), collector=COLLECTOR, live=False)
    started.wait_for("started")
    while b"up" not in (started.raw.parent / "stdout").read_bytes():
        time.sleep(0.01)
    os.kill(started.process.pid, signal.SIGINT)
    assert started.finish().stdout == b"up\nint\n"
