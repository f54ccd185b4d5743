"""What the line profiler watches, and that nothing a program does breaks it or is changed by it."""

from __future__ import annotations

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


@pytest.fixture(autouse=True)
def tool(agent: Agent) -> None:
    needs(agent, "line_profiler")


def run(agent: Agent, target: Path | str, *args: str, select: list[str] | None = None, **options: Any) -> AgentRun:
    return agent.run(target, *args, collector=COLLECTOR, collector_options={"select": select or []}, **options)


def read(ended: AgentRun) -> Measurements:
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="0", status="failed", target=target, profiler="line", created="")
    return reader.read(ended.raw, ReadContext(info=info))


def rows(ended: AgentRun) -> list[dict[str, Any]]:
    lines = read(ended).lines
    assert lines is not None
    return lines.to_pylist()


def hits(ended: AgentRun) -> dict[str, int]:
    """Source without its indentation → hits."""
    return {row["source"].strip(): row["hits"] for row in rows(ended)}


def codes(ended: AgentRun) -> dict[str, str]:
    return {warning.code: warning.message for warning in read(ended).warnings}


def test_all_own_files_are_watched_and_nothing_else(agent: Agent) -> None:
    agent.write("import json\nfrom . import inner\nanswer = json.dumps([inner.f(1)])\n", "package/__init__.py")
    agent.write("def f(n):\n    return n + 1\n", "package/inner.py")
    agent.write("installed = 1\n", "venv/lib/site-packages/installed.py")
    elsewhere = agent.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "other.py").write_text("there = 1\n")
    script = agent.write(
        f"import sys\nsys.path += ['venv/lib/site-packages', {str(elsewhere)!r}]\n"
        "import package, installed, other\n"
        "class A:\n    x = 1\n\n    def m(self):\n        return [i for i in range(3)]\n    def n(self): return 1\n"
        "for i in range(4): A().m(), A().n()\nprint(package.answer)\n"
    )
    ended = run(agent, script)
    assert (ended.returncode, ended.stdout) == (0, b"[2]\n"), ended.stderr.decode()
    found = hits(ended)
    assert {Path(row["file"]).name for row in rows(ended)} == {"script.py", "__init__.py", "inner.py"}
    assert found["return n + 1"] == 1 and found["answer = json.dumps([inner.f(1)])"] == 1
    assert (found["return [i for i in range(3)]"], found["def m(self):"]) == (4, 1)
    if "lines_not_counted" in codes(ended):
        assert agent.version >= (3, 13) and "script.py:9" in codes(ended)["lines_not_counted"]
    else:
        assert found["def n(self): return 1"] == 4, "the function's, not the definition's"
    assert found["class A:"] == found["x = 1"] == 1
    (inner,) = [row for row in rows(ended) if row["source"] == "    return n + 1"]
    assert (inner["function"], inner["function_line"], inner["line"], inner["origin"]) == ("f", 1, 2, "own")
    assert inner["file"] == str(agent.work / "package" / "inner.py")


def test_times_are_inclusive_seconds_and_functions_have_their_sum(agent: Agent) -> None:
    script = agent.write("import time\ndef f():\n    time.sleep(0.1)\n    return 1\n\ndef g():\n    return f()\ng()\n")
    ended = run(agent, script)
    times = {row["source"].strip(): row["time_s"] for row in rows(ended)}
    assert all(0.1 <= times[line] < 0.5 for line in ("time.sleep(0.1)", "return f()", "g()"))
    assert times["return 1"] < 0.05
    functions = read(ended).functions
    assert functions is not None
    totals = {row["function"]: row["total_s"] for row in functions.to_pylist()}
    assert totals["f"] == pytest.approx(times["time.sleep(0.1)"] + times["return 1"])
    assert set(totals) == {"f", "g", "<module>"}
    assert codes(ended) == {}


def test_a_module_is_watched_with_its_package(agent: Agent) -> None:
    agent.write("def helper():\n    return 2\n", "pack/__init__.py")
    agent.write("import pack\nprint(pack.helper())\n", "pack/__main__.py")
    ended = run(agent, "pack")
    assert (ended.returncode, ended.stdout) == (0, b"2\n"), ended.stderr.decode()
    assert hits(ended) == {"def helper():": 1, "return 2": 1, "import pack": 1, "print(pack.helper())": 1}


@pytest.mark.parametrize(
    "marked",
    [
        "@profile\ndef f():\n    return 1\n",
        "from line_profiler import profile\n@profile\ndef f():\n    return 1\n",
        "import line_profiler as lp\n@lp.profile\ndef f():\n    return 1\n",
        "import other\nf = other.f\n",
        "@profile()\ndef f():\n    return 1\n",
        "class A:\n    @staticmethod\n    @profile\n    def f():\n        return 1\nf = A.f\n",
    ],
)
def test_marked_functions_are_watched_alone(agent: Agent, marked: str) -> None:
    agent.write("@profile\ndef f():\n    return 1\n", "other.py")
    script = agent.write(f"{marked}\ndef unmarked():\n    return f()\nprint(sum(unmarked() for _ in range(5)))\n")
    ended = run(agent, script)
    assert (ended.returncode, ended.stdout) == (0, b"5\n"), ended.stderr.decode()
    assert hits(ended) == {"return 1": 5}


def test_a_decorator_of_ones_own_called_profile_is_no_mark(agent: Agent) -> None:
    script = agent.write("def profile(f):\n    return f\n@profile\ndef f():\n    return 1\nf()\n")
    ended = run(agent, script)
    assert hits(ended)["return 1"] == 1 and hits(ended)["f()"] == 1
    agent.write(
        "try:\n    profile\nexcept NameError:\n    def profile(f): return f\n@profile\ndef f():\n    return 1\nf()\n"
    )
    assert hits(run(agent, script)) == {"return 1": 1}


def test_what_is_selected_is_watched_and_what_is_not_found_is_named(agent: Agent) -> None:
    agent.write(
        "def f(n):\n    def deep():\n        return n\n    return deep()\n"
        "class K:\n    def m(self):\n        return 4\n",
        "mod.py",
    )
    script = agent.write(
        "import mod, fractions\ndef main():\n    return mod.f(1) + mod.K().m()\n"
        "fractions.Fraction(1, 2).limit_denominator(3)\nprint(main())\n"
    )
    wanted = ["mod:f", "script:main", "fractions:Fraction.limit_denominator", "mod:nothing", "nowhere.at:all"]
    ended = run(agent, script, select=wanted)
    assert ended.stdout == b"5\n"
    found = {(row["function"], row["source"].strip()): row["hits"] for row in rows(ended)}
    assert {function for function, _ in found} == {"f", "deep", "main", "limit_denominator"}
    assert found["main", "return mod.f(1) + mod.K().m()"] == 1
    missing = [warning for warning in read(ended).warnings if warning.code == "not_selected"]
    assert [name in warning.message for name, warning in zip(wanted[3:], missing, strict=True)] == [True, True]
    assert "K.m" in missing[0].hint
    assert {row["function"] for row in rows(run(agent, script, select=["mod"]))} == {"<module>", "f", "deep", "K", "m"}


ENDINGS = {
    "sys.exit(7)": (7, "exited"),
    "raise ValueError('broken')": (1, "raised"),
    "os.kill(os.getpid(), 15)": (-15, None),
    "os._exit(3)": (3, None),
}


@pytest.mark.parametrize("ending", list(ENDINGS))
def test_what_ran_before_the_end_is_kept(agent: Agent, ending: str) -> None:
    script = agent.write(
        "import os, sys, time\ndef work(n):\n    for i in range(n):\n        time.sleep(0.02)\n"
        f"def main():\n    work(20)\n    {ending}\nmain()\n"
    )
    started = agent.start(script, collector=COLLECTOR)
    ended = started.finish(hz=50.0)
    code, how = ENDINGS[ending]
    assert ended.returncode == code
    found = hits(ended)
    if how is None:
        assert "cut_short" in codes(ended)
        assert found["time.sleep(0.02)"] > 5 and found["main()"] == 1
        return
    assert ended.stopped["how"] == how
    assert (found["time.sleep(0.02)"], found["main()"], found[ending]) == (20, 1, 1)


def test_a_live_table_shows_lines_that_have_not_ended(agent: Agent) -> None:
    started = agent.start(agent.write("import time\ndef main():\n    time.sleep(30)\nmain()\n"), collector=COLLECTOR)
    started.wait_for("started")
    live: dict[int, dict[str, Any]] = {}
    for asked in range(1, 6):
        started.ask()
        line = started.wait_for("hotspots", asked)
        for part in ("define", "update"):
            for place, row_id in enumerate(line[part]["id"]):
                live.setdefault(row_id, {}).update({name: column[place] for name, column in line[part].items()})
    started.process.kill()
    started.finish()
    assert line["table"] == "lines" and line["complete"]
    found = {row["source"].strip(): row for row in live.values()}
    assert {"import time", "def main():", "time.sleep(30)", "main()"} == set(found)
    sleeping = found["time.sleep(30)"]
    assert (sleeping["function"], sleeping["line"], sleeping["hits"]) == ("main", 3, 1)
    assert 0 < sleeping["time_s"] <= found["main()"]["time_s"] < 30


def test_threads_and_children_and_finalizers(agent: Agent) -> None:
    script = agent.write(
        "import os, sys, threading, weakref\n"
        "def work(n):\n    for i in range(n):\n        x = i\n    return n\n"
        "class Held:\n    def __del__(self):\n        sys.stdout.write('gone ')\n"
        "def gen():\n    try:\n        yield 1\n        yield 2\n    finally:\n        sys.stdout.write('closed ')\n"
        "for _ in range(3):\n    threads = [threading.Thread(target=work, args=(50,)) for _ in range(4)]\n"
        "    for t in threads: t.start()\n    for t in threads: t.join()\n"
        "for value in gen(): break\nHeld()\n"
        "child = os.fork()\n"
        "if child == 0:\n    work(1000)\n    os._exit(int(sys.gettrace() is not None))\n"
        "print('child', os.waitpid(child, 0)[1])\n"
    )
    ended = run(agent, script, hz=50.0)
    assert (ended.returncode, ended.stdout.split()) == (0, [b"closed", b"gone", b"child", b"0"]), ended.stderr.decode()
    found = hits(ended)
    assert (found["x = i"], found["for i in range(n):"], found["return n"]) == (600, 612, 12)
    assert found["sys.stdout.write('closed ')"] == 1 and found["yield 1"] == 1


def test_generators_keep_what_is_sent_thrown_and_returned(agent: Agent) -> None:
    script = agent.write(
        "import asyncio\n"
        "@profile\ndef echo():\n    got = []\n    while len(got) < 3:\n        try:\n            "
        "got.append((yield len(got)))\n"
        "        except KeyError as error:\n            got.append(error.args[0])\n    return got\n"
        "@profile\nasync def stream(n):\n    for i in range(n):\n        yield i\n        await asyncio.sleep(0)\n"
        "@profile\nasync def main():\n    return [i async for i in stream(3)]\n"
        "def outer():\n    print((yield from echo()))\n"
        "g = outer()\nnext(g); g.send('a'); g.throw(KeyError('b'))\ntry: g.send('c')\nexcept StopIteration: pass\n"
        "print(asyncio.run(main()))\n"
    )
    plain = agent.write(script.read_text().replace("@profile\n", ""), "plain.py")
    ended = run(agent, script)
    assert (ended.returncode, ended.stdout) == (0, agent.plain(plain).stdout), ended.stderr.decode()
    found = hits(ended)
    assert (found["return got"], found["yield i"], found["got.append((yield len(got)))"]) == (1, 3, 3)


def test_tracebacks_and_warnings_are_those_of_plain_python(agent: Agent) -> None:
    agent.write("def f(:\n", "unreadable.py")
    agent.write("import absent_module\n", "lacking.py")
    agent.write("import warnings\nwarnings.warn('old', DeprecationWarning, stacklevel=2)\n1 / 0\n", "failing.py")
    script = agent.write(
        "import importlib, sys, traceback, warnings\nwarnings.simplefilter('always')\n"
        "for name in ('unreadable', 'lacking', 'failing'):\n"
        "    try: importlib.import_module(name)\n    except Exception: traceback.print_exc()\n"
        "    try: exec(f'import {name}')\n    except Exception: traceback.print_exc()\n"
        "import failing\n"
    )
    agent.plain(script)  # So that neither of the others compiles.
    plain, ended = agent.plain(script), run(agent, script)
    assert ended.stderr.decode() == plain.stderr.decode()
    assert ended.returncode == plain.returncode == 1


def test_where_the_numbers_mislead_a_warning_says_so(agent: Agent) -> None:
    script = agent.write(
        "def f(a, b):\n    total = max(\n        a,\n        b,\n    )\n    return total\n\n"
        "def spin(n):\n    while n:\n        n -= 1\n\n"
        "def deep(n):\n    return deep(n - 1) if n else spin(20000)\n\n"
        "for i in range(15):\n    f(i, 3)\nspin(200000)\ndeep(30)\n"
    )
    found = codes(run(agent, script))
    assert "script.py:2 (×2)" in found["lines_counted_twice"] and "script.py:3" not in found["lines_counted_twice"]
    assert "script.py:10" in found["line_distorts"] and "%" in found["line_distorts"]
    assert "deep" in found["time_counted_twice"] and "spin" not in found["time_counted_twice"]


def test_libraries_that_are_slowed_as_well_are_said(agent: Agent) -> None:
    """Up to Python 3.11 every line of a library pays; then those of watched code alone."""
    agent.write("def spin(n):\n    while n:\n        n -= 1\n", "site-packages/library.py")
    script = agent.write(
        "import sys\nsys.path.append('site-packages')\nimport library\nfor i in range(40): library.spin(40_000)\n"
    )
    found = codes(run(agent, script, hz=100.0)).get("line_distorts", "")
    assert ("such as a library's" in found) == (agent.version < (3, 12))


def test_a_trace_function_of_the_target_is_said(agent: Agent) -> None:
    if agent.version >= (3, 12):
        pytest.skip("a trace function replaces no tool of sys.monitoring")
    script = agent.write(
        "import sys\ndef f():\n    return 1\nsys.settrace(lambda *_: None)\nf()\nprint(sys.gettrace())\n"
    )
    assert "trace_replaced" in codes(run(agent, script))


def test_code_that_uses_line_profiler_itself_still_can(agent: Agent) -> None:
    script = agent.write(
        "from line_profiler import LineProfiler\ndef f(n):\n    for i in range(n):\n        n += i\n    return n\n"
        "own = LineProfiler()\ncounted = own(f)\ncounted(10)\nf(5)\n"
        "(rows,) = own.get_stats().timings.values()\nprint([(line, hits) for line, hits, _ in rows])\n"
    )
    ended = run(agent, script)
    assert (ended.returncode, ended.stdout) == (0, agent.plain(script).stdout), ended.stderr.decode()
    assert hits(ended)["n += i"] == 15


def test_code_that_profiles_itself_still_can(agent: Agent) -> None:
    script = agent.write(
        "import cProfile\ndef f():\n    return 1\np = cProfile.Profile()\np.enable()\nf()\np.disable()\n"
        "print(sum(entry.callcount for entry in p.getstats() if getattr(entry.code, 'co_name', '') == 'f'))\n"
    )
    ended = run(agent, script)
    assert (ended.returncode, ended.stdout) == (0, b"1\n"), ended.stderr.decode()
    assert hits(ended)["return 1"] == 1


RIVALS = {
    "line_profiler": "import line_profiler\nline_profiler.LineProfiler().enable()\n",
    "memory_profiler": "import memory_profiler\nmemory_profiler.LineProfiler().enable()\n",
    "pdb": "import pdb, sys\ndebugger = pdb.Pdb()\ndebugger.reset()\ndebugger.dispatch_call = lambda *_: None\n"
    "sys.settrace(debugger.trace_dispatch)\n",
}


@pytest.mark.parametrize("rival", list(RIVALS))
def test_another_tracer_is_refused_by_name(agent: Agent, rival: str) -> None:
    needs(agent, rival)
    agent.write(RIVALS[rival], "start/sitecustomize.py")
    ended = run(agent, agent.write("print('ran')\n"), env={"PYTHONPATH": str(agent.work / "start")})
    assert (ended.returncode, ended.stdout) == (125, b"")
    assert f"hotspots: {rival} is active".encode() in ended.stderr


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
