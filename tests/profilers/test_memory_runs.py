"""Memory line by line: what memory_profiler says of the same script, and what a program is known to take."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from agent_runs import PACKAGE, Agent, AgentRun
from installed import needs

from jupyterlab_hotspots.profilers.memory import reader
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

COLLECTOR = PACKAGE / "profilers" / "memory" / "collector.py"
MEBIBYTE = 1 << 20
TOLERANCE = MEBIBYTE
"""Of an increment on a line that takes or frees a known amount; docs/profilers.md says so."""

COMPARED = """
import sys

@profile
def main():
    kept = []
    for i in range(3):
        kept.append(b"x" * (8 << 20))
    block = b"y" * (40 << 20)
    numbers = [n * 1.5 for n in range(3000)]
    halves = sorted((n / 2 for n in numbers), key=lambda half: -half)
    try:
        int("no number")
    except ValueError:
        del block
    while kept:
        if len(kept) > 5:
            break
        text = "a" * (12 << 20)
        return (len(numbers),
                len(text))

print(main())
"""

KNOWN = """
def keep():
    for n in range(3):
        kept.append(b"x" * (10 << 20))
    return n

def drop():
    block = b"x" * (50 << 20)
    for size in (50, 60):
        block = None
        block = b"x" * (size << 20)
    del block

def floats():
    return [n * 1.5 for n in range(300_000)]

class Table:
    rows = bytes(b"x" * (16 << 20))

kept = []
keep()
drop()
numbers = floats()
kept.clear()
"""


def run(agent: Agent, target: Path | str, *args: str, select: list[str] | None = None, **options: Any) -> AgentRun:
    return agent.run(target, *args, collector=COLLECTOR, collector_options={"select": select or []}, **options)


def read(ended: AgentRun) -> Measurements:
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="0", status="failed", target=target, profiler="memory", created="")
    return reader.read(ended.raw, ReadContext(info=info))


def rows(ended: AgentRun) -> dict[str, dict[str, Any]]:
    """Source without its indentation → row."""
    lines = read(ended).lines
    assert lines is not None
    return {row["source"].strip(): row for row in lines.to_pylist()}


def codes(ended: AgentRun) -> dict[str, str]:
    return {warning.code: warning.message for warning in read(ended).warnings}


def memory_profiler(agent: Agent, script: Path) -> dict[int, tuple[float, float, int]]:
    """Line → memory and increment in bytes, and occurrences, as the tool's own command line prints them."""
    command = [agent.python, "-m", "memory_profiler", "--precision", "5", str(script)]
    ended = subprocess.run(command, capture_output=True, cwd=agent.work, timeout=60, text=True)
    assert ended.returncode == 0, ended.stderr
    found = re.findall(r"^ *(\d+) +(-?[\d.]+) MiB +(-?[\d.]+) MiB +(\d+) ", ended.stdout, re.MULTILINE)
    return {
        int(line): (float(memory) * MEBIBYTE, float(increment) * MEBIBYTE, int(occurrences))
        for line, memory, increment, occurrences in found
    }


def test_lines_are_those_of_memory_profiler(agent: Agent) -> None:
    needs(agent, "memory_profiler")
    script = agent.write(COMPARED)
    theirs = memory_profiler(agent, script)
    ended = run(agent, script)
    ours = {row["line"]: row for row in rows(ended).values()}
    assert {line: row["occurrences"] for line, row in ours.items()} == {line: row[2] for line, row in theirs.items()}
    first = min(theirs)
    for line, (memory, increment, _) in theirs.items():
        # Theirs has all memory on the first line; and the tool itself, which is larger than we are, in every one.
        if line != first:
            assert ours[line]["increment_bytes"] == pytest.approx(increment, abs=TOLERANCE), line
        grown, theirs_grown = ours[line]["rss_bytes"] - ours[first]["rss_bytes"], memory - theirs[first][0]
        assert grown == pytest.approx(theirs_grown, abs=2 * TOLERANCE), line
    assert ours[first]["increment_bytes"] == pytest.approx(0, abs=TOLERANCE)


def test_known_bytes_are_on_their_lines(agent: Agent) -> None:
    # Blocks of this size are maps of their own, given back as they are freed.
    script = agent.write(KNOWN)
    ended = run(agent, script, env={"MALLOC_MMAP_THRESHOLD_": "1000000"})
    assert ended.returncode == 0, ended.stderr.decode()
    found = rows(ended)
    known = {
        'kept.append(b"x" * (10 << 20))': 30 * MEBIBYTE,
        'block = b"x" * (50 << 20)': 50 * MEBIBYTE,
        "block = None": -100 * MEBIBYTE,
        'block = b"x" * (size << 20)': 110 * MEBIBYTE,
        "del block": -60 * MEBIBYTE,
        'rows = bytes(b"x" * (16 << 20))': 16 * MEBIBYTE,
        "return [n * 1.5 for n in range(300_000)]": 12_000_000,  # 32 bytes a number, and 8 for its place
        "keep()": 30 * MEBIBYTE,
        "drop()": 0,
        "numbers = floats()": 12_000_000,
        "kept.clear()": -30 * MEBIBYTE,
    }
    for line, size in known.items():
        assert found[line]["increment_bytes"] == pytest.approx(size, abs=TOLERANCE, rel=0.02), line
    assert found["block = None"]["occurrences"] == 2
    assert found["class Table:"]["function"] == "<module>" and found["class Table:"]["occurrences"] == 1
    before = found["kept = []"]["rss_bytes"]
    peak = found['block = b"x" * (size << 20)']["rss_bytes"] - before
    assert peak == pytest.approx(90 * MEBIBYTE, abs=2 * TOLERANCE), "the highest, not the last"
    assert codes(ended) == {}


def test_live_rows_change_no_occurrences(agent: Agent) -> None:
    script = agent.write(
        "import time\ndef gen(n):\n    for i in range(n):\n        yield i\n"
        "def work(n):\n    total = 0\n    for i in gen(n):\n        total += i\n        time.sleep(0.002)\n"
        "    return total\nprint(work(200))\n"
    )
    live, still = run(agent, script, hz=60.0), run(agent, script, live=False)
    assert len(live.of_type("hotspots")) > 10, "too few snapshots to prove anything"
    assert {line: row["occurrences"] for line, row in rows(live).items()} == {
        line: row["occurrences"] for line, row in rows(still).items()
    }
    assert rows(still)["total += i"]["occurrences"] == 200
    newest = live.of_type("hotspots")[3]
    assert newest["table"] == "lines" and {"increment_bytes", "rss_bytes", "occurrences"} < set(newest["update"])


@pytest.mark.parametrize("ending", ["sys.exit(7)", "os._exit(7)"])
def test_what_was_read_before_the_end_is_kept(agent: Agent, ending: str) -> None:
    script = agent.write(
        "import os, sys, time\ndef work(n):\n    for i in range(n):\n        time.sleep(0.02)\n"
        f"def main():\n    work(20)\n    {ending}\nmain()\n"
    )
    ended = run(agent, script, hz=50.0)
    assert ended.returncode == 7
    found = rows(ended)
    if "_exit" in ending:
        assert "cut_short" in codes(ended) and found["time.sleep(0.02)"]["occurrences"] > 5
    else:
        assert found["time.sleep(0.02)"]["occurrences"] == 20 and found["main()"]["occurrences"] >= 1


@pytest.mark.parametrize("mark", ["", "from memory_profiler import profile\n", "import memory_profiler\n"])
def test_marked_functions_are_watched_alone(agent: Agent, mark: str) -> None:
    if mark:
        needs(agent, "memory_profiler")
    decorator = "@memory_profiler.profile(precision=4)" if mark.startswith("import") else "@profile"
    script = agent.write(f"{mark}{decorator}\ndef f():\n    return 1\ndef g():\n    return f()\nprint(g() + g())\n")
    ended = run(agent, script)
    assert (ended.returncode, ended.stdout) == (0, b"2\n"), ended.stderr.decode()
    found = {line: row["occurrences"] for line, row in rows(ended).items()}
    assert found == {decorator if agent.version < (3, 8) else next(iter(found)): 2, "return 1": 2}


def test_it_works_where_memory_profiler_is_broken_or_missing(agent: Agent) -> None:
    broken = agent.write("raise ImportError('distutils is gone')\n", "broken/memory_profiler.py").parent
    script = agent.write("def f():\n    return b'x' * 20_000_000\nkept = f()\n")
    ended = run(agent, script, env={"PYTHONPATH": str(broken)})
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rows(ended)["kept = f()"]["increment_bytes"] == pytest.approx(20_000_000, abs=TOLERANCE)


def test_threads_children_and_closed_descriptors(agent: Agent) -> None:
    script = agent.write(
        "import os, sys, threading\n"
        "def work(n):\n    for i in range(n):\n        x = i\n    return n\n"
        "os.closerange(3, 256)\nfile = open(__file__)\n"
        "threads = [threading.Thread(target=work, args=(50,)) for _ in range(4)]\n"
        "for t in threads: t.start()\nfor t in threads: t.join()\n"
        "child = os.fork()\n"
        "if child == 0:\n    work(1000)\n    os._exit(int(sys.gettrace() is not None))\n"
        "print(os.waitpid(child, 0)[1], len(file.read()) > 100)\n"
    )
    ended = run(agent, script, hz=50.0)
    assert (ended.returncode, ended.stdout) == (0, b"0 True\n"), ended.stderr.decode()
    assert rows(ended)["x = i"]["occurrences"] == 200


def test_selected_functions_are_watched_alone(agent: Agent) -> None:
    agent.write("def f(n):\n    return b'x' * n\ndef g():\n    return 1\n", "mod.py")
    ended = run(agent, agent.write("import mod\nkept = mod.f(9_000_000), mod.g()\n"), select=["mod:f", "mod:h"])
    assert {row["function"] for row in rows(ended).values()} == {"f"}
    assert "'mod:h'" in codes(ended)["not_selected"]


def test_the_supervisors_numbers_are_those_of_the_process(agent: Agent) -> None:
    """What is read is the resident memory that the system itself reports."""
    script = agent.write(
        "def f():\n    kept = b'x' * 30_000_000\n    with open('/proc/self/statm') as file:\n"
        "        said = int(file.read().split()[1])\n    print(said)\n    return kept\nf()\n"
    )
    ended = run(agent, script)
    said = int(ended.stdout) * os.sysconf("SC_PAGE_SIZE")
    found = rows(ended)["said = int(file.read().split()[1])"]
    assert found["rss_bytes"] == pytest.approx(said, abs=TOLERANCE)


def test_an_uncaught_exception_prints_as_in_plain_python(agent: Agent) -> None:
    script = agent.write(
        "@profile\ndef f(n):\n    try:\n        return g(n)\n"
        "    except KeyError as error:\n        raise ValueError(n) from error\n"
        "@profile\ndef g(n):\n    {}[n]\ndef h():\n    f(1)\nh()\n"
    )
    agent.write("import builtins\nbuiltins.profile = lambda f: f\n", "start/sitecustomize.py")
    plain = agent.plain(script, env={"PYTHONPATH": str(agent.work / "start")})
    ended = run(agent, script)
    assert (ended.returncode, ended.stderr.decode()) == (plain.returncode, plain.stderr.decode())


INTERRUPTED = """
import signal, sys
class Late(Exception):
    pass
def late(*_):
    raise Late
signal.signal(signal.SIGALRM, late)
for n in range(100):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        while True:
            pass
    except Late:
        if sys.gettrace() is None:
            print("late")
            break
"""
"""A time-out that comes while memory is read: sooner or later one does."""


def test_an_exception_that_ends_the_reading_is_not_called_another_tracer(agent: Agent) -> None:
    ended = run(agent, agent.write(INTERRUPTED))
    assert ended.stdout == b"late\n"
    (warning,) = [line for line in ended.of_type("warning") if line["code"] == "gaps"]
    assert "a signal's exception" in warning["message"]


WAITS = """
import sys, time

def wait():
    give_up = time.monotonic() + 30
    while sys.gettrace() is None and time.monotonic() < give_up:
        time.sleep(0.01)
"""
TOO_DEEP = """
def deeper(n):
    return deeper(n + 1)
try:
    deeper(0)
except RecursionError:
    pass
"""
AFTERWARDS = """
def after():
    kept = b"x" * 20_000_000
    return kept
wait()
first = b"y" * 10_000_000
second = after()
"""
INTERRUPTED_MARKED = f"@profile\ndef main():\n{indent(INTERRUPTED + AFTERWARDS, '    ')}\nmain()\n"


@pytest.mark.parametrize("script", [INTERRUPTED + AFTERWARDS, INTERRUPTED_MARKED, TOO_DEEP + AFTERWARDS])
def test_the_reading_goes_on_after_an_exception_that_ended_it(agent: Agent, script: str) -> None:
    ended = run(agent, agent.write(WAITS + script), hz=20.0)
    assert ended.returncode == 0, ended.stderr.decode()
    found = rows(ended)
    assert found['first = b"y" * 10_000_000']["increment_bytes"] == pytest.approx(10_000_000, abs=TOLERANCE)
    assert found["second = after()"]["increment_bytes"] == pytest.approx(20_000_000, abs=TOLERANCE)
    if script is not INTERRUPTED_MARKED:
        assert found['kept = b"x" * 20_000_000']["increment_bytes"] == pytest.approx(20_000_000, abs=TOLERANCE)
    if "Late" in script:
        assert "gaps" in ended.warnings
