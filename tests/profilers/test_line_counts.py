"""The hits of the line profiler are those of `kernprof -l` on the same script, and those of a run that is not live."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from agent_runs import PACKAGE, Agent, AgentRun
from installed import needs

from jupyterlab_hotspots.profilers.line import reader
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

COLLECTOR = PACKAGE / "profilers" / "line" / "collector.py"
SNAPSHOTS_HZ = 100.0

FUNCTIONS = '''
import asyncio, functools, sys, time

{mark}
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

class Key:
    {mark}
    def __init__(self, n): self.n = n

    {mark}
    def __lt__(self, other):
        smaller = self.n < other.n
        return smaller

    @property
    {mark}
    def twice(self):
        return self.n * 2

    @staticmethod
    {mark}
    def made(n):
        return [Key(i % 7)
                for i in range(n)
                if i != 3]

    @classmethod
    {mark}
    def counted(cls,
                n,
                step=1):
        total = sum(
            cls(i).twice
            for i in range(0, n, step)
        )
        return max(
            total,
            fails(n),
        )

{mark}
def fails(n):
    try:
        try:
            raise ValueError(n)
        finally:
            n += 1
    except ValueError as error:
        if n % 2: return 1
        else: return len(str(error))
    return 0

{mark}
def lets_through(n):
    if n % 3 == 0:
        [][n]
    return n

{mark}
def twin(n):
    total = 0
    for i in range(n):
        total += i
    return total

{mark}
def other_twin(n):
    total = 0
    for i in range(n):
        total += i
    return total

{mark}
def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1

{mark}
async def worker(n):
    for _ in range(n):
        await asyncio.sleep(0)
    return n

{mark}
def nested(n):
    def inner(i):
        return i + 1
    add = lambda i: inner(i) + 1
    return [add(i) for i in range(n)]

{mark}
def matches(value):
    match value:
        case {{"a": 1}}:
            return "a"
        case [x, *_] if x > 1:
            return x
        case _:
            pass
    with open("/dev/null") as file, \\
         open("/dev/null") as other:
        text = file.read() + other.read()
    assert not text, (
        "text")
    return f"""{{value}}
    {{text}}"""

async def main():
    return sum(await asyncio.gather(*(worker(n) for n in range(10))))

def run(rounds):
    for i in range(rounds):
        fib(8)
        sorted(Key.made(30))
        Key.counted(20)
        for n in range(3):
            fails(n)
        try:
            lets_through(i)
        except IndexError:
            pass
        twin(5), other_twin(9)
        sum(numbers(6))
        nested(4)
        matches({{"a": 1}}), matches([2, 3]), matches(i)
        sys.stdout.write("")
    return asyncio.run(main())

run(int(sys.argv[1]))
'''
ROUNDS, LIVE_ROUNDS = "60", "400"


@pytest.fixture(autouse=True)
def tool(agent: Agent) -> None:
    needs(agent, "line_profiler")


def measured(run: AgentRun) -> Measurements:
    assert (run.returncode, run.stopped["how"]) == (0, "returned"), run.stderr.decode()
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="0", status="succeeded", target=target, profiler="line", created="")
    return reader.read(run.raw, ReadContext(info=info))


def hits(run: AgentRun, *, bodies: bool = False) -> dict[tuple[str, int], int]:
    """(file name, line) → hits, of lines in functions, or of all."""
    lines = measured(run).lines
    assert lines is not None
    return {
        (Path(row["file"]).name, row["line"]): row["hits"]
        for row in lines.to_pylist()
        if bodies or row["function"] not in ("<module>", "Key")
    }


def kernprof(agent: Agent, script: Path, *args: str, options: tuple[str, ...] = ()) -> dict[tuple[str, int], int]:
    """The same as line_profiler's own command line counts it."""
    output = script.with_suffix(".lprof")
    command = [agent.python, "-m", "kernprof", "-l", *options, "-o", str(output), str(script), *args]
    ended = subprocess.run(command, capture_output=True, cwd=agent.work, timeout=60)
    assert ended.returncode == 0, ended.stderr.decode()
    program = (
        "import json, sys, line_profiler\n"
        "timings = line_profiler.load_stats(sys.argv[1]).timings\n"
        "print(json.dumps([[key[0], line, hits] for key, rows in timings.items() for line, hits, _ in rows]))"
    )
    said = subprocess.run([agent.python, "-c", program, str(output)], capture_output=True, check=True, cwd=agent.work)
    found: dict[tuple[str, int], int] = {}
    for file, line, count in json.loads(said.stdout):
        key = Path(file).name, line
        found[key] = found.get(key, 0) + count
    return found


def differences(ours: dict[Any, Any], theirs: dict[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    keys = ours.keys() | theirs.keys()
    return {key: (ours.get(key), theirs.get(key)) for key in sorted(keys) if ours.get(key) != theirs.get(key)}


def test_hits_of_marked_functions_are_those_of_kernprof(agent: Agent) -> None:
    script = agent.write(FUNCTIONS.format(mark="@profile"))
    ours = hits(agent.run(script, ROUNDS, hz=SNAPSHOTS_HZ, collector=COLLECTOR))
    assert differences(ours, kernprof(agent, script, ROUNDS)) == {}
    assert sum(ours.values()) > 20_000


def test_hits_of_all_functions_are_those_of_kernprof(agent: Agent) -> None:
    """Its `-p` watches the functions of a file, not what runs outside of them."""
    script = agent.write(FUNCTIONS.format(mark=""))
    ours = hits(agent.run(script, ROUNDS, hz=SNAPSHOTS_HZ, collector=COLLECTOR))
    assert differences(ours, kernprof(agent, script, ROUNDS, options=("-p", str(script)))) == {}


def test_hits_of_a_live_run_are_those_of_one_that_is_not(agent: Agent) -> None:
    script = agent.write(FUNCTIONS.format(mark=""))
    live = agent.run(script, LIVE_ROUNDS, hz=SNAPSHOTS_HZ, collector=COLLECTOR)
    still = agent.run(script, LIVE_ROUNDS, live=False, collector=COLLECTOR)
    assert len(live.of_type("hotspots")) > 5, "too few snapshots to prove anything"
    assert differences(hits(live, bodies=True), hits(still, bodies=True)) == {}
    assert hits(still, bodies=True)["script.py", 2] == 1
