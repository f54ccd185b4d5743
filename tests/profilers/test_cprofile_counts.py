"""A run that is watched while it runs counts what one counts that is not, and what `python -m cProfile` counts."""

from __future__ import annotations

import marshal
import re
import subprocess
from pathlib import Path
from typing import Any

from agent_runs import Agent, AgentRun

from jupyterlab_hotspots.profilers.cprofile import reader
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

Key = tuple[str, int, str]
SNAPSHOTS_HZ = 60.0
"""Far more often than a supervisor asks."""

SCRIPT = '''
import sys, time

EVALUATED, EXECUTED = compile("fib(5)", "<eval>", "eval"), compile("fib(6)", "<exec>", "exec")

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def even(n):
    return True if n == 0 else odd(n - 1)

def odd(n):
    return False if n == 0 else even(n - 1)

def numbers(n):
    for i in range(n):
        yield i
        yield from (j for j in (i,))

class Key:
    """Python code inside built-in methods: there the handler runs while they are on the stack."""
    def __init__(self, n): self.n = n
    def __hash__(self): return hash(self.n)
    def __eq__(self, other): return self.n == other.n
    def __lt__(self, other): return self.n < other.n
    def __repr__(self): return repr(self.n)
    def __len__(self): return len(str(self.n))
    def __enter__(self): return self
    def __exit__(self, *error): return True
    def __del__(self): len("x")

def fails(n):
    try:
        raise ValueError(n)
    except ValueError:
        return int("7")

def inside_builtins(n):
    keys = [Key(i % 50) for i in range(n)]
    sorted(keys); keys.sort(key=lambda key: -key.n)
    table = {}
    for key in keys:
        table.setdefault(key, []).append(len(key))
        table.get(key)
    repr(keys); str(keys)
    ",".join(repr(key) for key in keys)
    max(keys, key=Key.__hash__); sum(len(key) for key in keys); any(map(fails, range(3)))
    for key in keys:
        with key:
            fails(1)
            raise KeyError
    list(map(lambda i: round(i / 3, 2), range(n))); list(zip(keys, map(len, keys)))
    eval(EVALUATED); exec(EXECUTED)

def same_place(n):
    return [eval("lambda x: len(str(x))")(i) for i in range(n)], [(lambda: 1)() + (lambda: 2)() for i in range(n)]

class Meta(type):
    def __call__(cls, *args): return super().__call__(*args)

class Made(metaclass=Meta):
    @property
    def value(self): return time.perf_counter() > 0
    @staticmethod
    def twice(n): return n * 2

def main(rounds):
    for i in range(rounds):
        fib(12); even(60); list(numbers(60)); inside_builtins(60); same_place(40)
        made = Made(); made.value; made.twice(i)
        time.sleep(0.0005)
        sys.stdout.write("")

main(int(sys.argv[1]))
'''
ROUNDS = "50"

IMPORTING = """
import asyncio, collections, contextlib, dataclasses, enum, functools, json, random, re

@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0

class Colour(enum.Enum):
    RED = 1

@functools.lru_cache(maxsize=10)
def cached(n): return n * n

@contextlib.contextmanager
def context():
    yield 1

async def worker(n):
    for _ in range(n):
        await asyncio.sleep(0)
    return n

async def stream(n):
    for i in range(n):
        yield i

async def main():
    total = 0
    for _ in range(30):
        total += sum(await asyncio.gather(*(worker(n) for n in range(20))))
        total += len([i async for i in stream(30)])
    return total

random.seed(1)
for i in range(80):
    json.loads(json.dumps([{"n": n, "f": n / 3} for n in range(50)], indent=1))
    sorted(Point(random.randrange(9), n) for n in range(40))
    [cached(n % 15) for n in range(60)]
    re.sub(r"(a|b)+", lambda match: match.group().upper(), "xxabbaxxab" * 20)
    collections.Counter(str(n) for n in range(100)).most_common(3)
    Colour(1), Colour["RED"]
    with context(): pass
print(asyncio.run(main()))
"""


def measured(run: AgentRun) -> Measurements:
    assert (run.returncode, run.stopped["how"], run.warnings) == (0, "returned", []), run.stderr.decode()
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="0", status="succeeded", target=target, profiler="cprofile", created="")
    return reader.read(run.raw, ReadContext(info=info))


def counts(measurements: Measurements) -> tuple[dict[Key, tuple[int, int]], dict[tuple[Key, Key], tuple[int, int]]]:
    """Calls and primitive calls, by the name `pstats` gives a function."""
    assert measurements.functions is not None and measurements.edges is not None
    functions, edges = measurements.functions.to_pydict(), measurements.edges.to_pydict()
    keys: list[Key] = [
        (file or "~", line or 0, name)
        for file, line, name in zip(functions["file"], functions["line"], functions["function"], strict=True)
    ]
    assert len(set(keys)) == len(keys)
    by_function = zip(keys, functions["calls"], functions["primitive_calls"], strict=True)
    by_edge = zip(edges["caller"], edges["callee"], edges["calls"], edges["primitive_calls"], strict=True)
    return (
        {key: (calls, primitive) for key, calls, primitive in by_function},
        {(keys[caller], keys[callee]): (calls, primitive) for caller, callee, calls, primitive in by_edge},
    )


def raw_counts(agent: Agent, script: Path, *args: str) -> tuple[dict[Key, Any], dict[tuple[Key, Key], Any]]:
    """The same from Python's own command line, without what it does itself: one `exec`, one `disable`."""
    output = script.with_suffix(".prof")
    subprocess.run([agent.python, "-m", "cProfile", "-o", output, script, *args], check=True, cwd=agent.work)
    stats = {without_address(key): row for key, row in marshal.loads(output.read_bytes()).items()}
    module = next(key for key in stats if key[0] == str(script) and key[2] == "<module>")
    own = "<method 'disable' of '_lsprof.Profiler' objects>"
    functions = {key: (row[1], row[0]) for key, row in stats.items() if key[2] != own}
    # Its `exec` makes every other one a recursion.
    executed = ("~", 0, "<built-in method builtins.exec>")
    calls = functions.pop(executed)[0] - 1
    if calls:
        functions[executed] = (calls, calls)
    edges = {
        (without_address(caller), key): row[:2]
        for key, (*_, callers) in stats.items()
        for caller, row in callers.items()
    }
    return functions, {edge: row for edge, row in edges.items() if edge != (executed, module) and executed not in edge}


def without_address(key: Key) -> Key:
    """Some built-ins are named `<… at 0x7f…>`."""
    return key[0], key[1], re.sub(r" at 0x[0-9a-f]+", "", key[2])


def differences(ours: dict[Any, Any], theirs: dict[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    """What differs, as (ours, theirs); so a failure shows just that."""
    keys = ours.keys() | theirs.keys()
    return {key: (ours.get(key), theirs.get(key)) for key in keys if ours.get(key) != theirs.get(key)}


def without_exec(edges: dict[tuple[Key, Key], Any]) -> dict[tuple[Key, Key], Any]:
    return {edge: row for edge, row in edges.items() if all("builtins.exec>" not in key[2] for key in edge)}


def test_live_counts_equal_those_of_a_run_that_is_not_live(agent: Agent) -> None:
    script = agent.write(SCRIPT)
    live, still = agent.run(script, ROUNDS, hz=SNAPSHOTS_HZ), agent.run(script, ROUNDS, live=False)
    assert still.asked == 0 and not still.of_type("hotspots")
    assert len(live.of_type("hotspots")) > 5, "too few snapshots to prove anything"
    functions, edges = counts(measured(still))
    live_functions, live_edges = counts(measured(live))
    assert differences(live_functions, functions) == {}
    assert differences(live_edges, edges) == {}
    assert functions[str(script), 6, "fib"][0] > 5_000


def test_counts_equal_those_of_python_itself(agent: Agent) -> None:
    script = agent.write(SCRIPT.replace("same_place(40)", "None"))  # Python keeps one of rows with equal names.
    functions, edges = counts(measured(agent.run(script, ROUNDS, hz=SNAPSHOTS_HZ)))
    raw_functions, raw_edges = raw_counts(agent, script, ROUNDS)
    assert differences(functions, raw_functions) == {}
    assert differences(without_exec(edges), without_exec(raw_edges)) == {}


def test_live_counts_hold_for_imports_coroutines_and_the_standard_library(agent: Agent) -> None:
    script = agent.write(IMPORTING)
    env = {"PYTHONHASHSEED": "0"}
    agent.run(script, live=False, env=env)  # So that neither of the others writes a .pyc file.
    live, still = agent.run(script, hz=SNAPSHOTS_HZ, env=env), agent.run(script, live=False, env=env)
    assert len(live.of_type("hotspots")) > 5
    for ours, theirs in zip(counts(measured(live)), counts(measured(still)), strict=True):
        assert differences(ours, theirs) == {}
