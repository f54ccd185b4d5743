"""What the agent and its snapshots must not do to the target, and what the target may do to the agent."""

from __future__ import annotations

import json
import signal
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from agent_runs import Agent

from jupyterlab_hotspots.agent.journal import Journal
from jupyterlab_hotspots.agent.live import Live
from jupyterlab_hotspots.profilers.raw_columns import read_columns


def run(agent: Agent, source: str, *args: str, hz: float = 100.0, **options: object):
    return agent.run(agent.write(textwrap.dedent(source)), *args, hz=hz, **options)


def calls_of(ended, name: str) -> int:
    columns = read_columns(ended.raw / "cprofile.columns")
    text = columns.text("functions.function")
    counts = columns.counts("functions.calls").tolist()
    return sum(count for code, count in zip(text.codes, counts, strict=True) if text.strings[code] == name)


def test_what_other_signals_raise_reaches_the_target(agent: Agent) -> None:
    """Their handlers may run within ours; not one exception may be lost or doubled."""
    ended = run(
        agent,
        """
        import signal, time
        class Alarm(Exception): pass
        armed = False
        rung = caught = 0
        def ring(*_):
            global armed, rung
            if armed:
                armed = False
                rung += 1
                raise Alarm
        signal.signal(signal.SIGALRM, ring)
        # cProfile itself loses what is raised while it first looks at a built-in function.
        sum(range(10))
        signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            try:
                armed = True
                while True:
                    sum(range(10))
            except Alarm:
                caught += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(rung - caught, rung > 50)
        """,
        hz=300.0,
    )
    assert ended.stderr == b""
    assert ended.stdout == b"0 True\n"
    assert len(ended.of_type("hotspots")) > 5


def test_what_python_makes_of_such_an_exception_is_undone(tmp_path: Path) -> None:
    """`os.fstat` may turn it into a SystemError, once in many thousand times: so here by hand."""
    ours: dict[str, Any] = {}
    exec(compile("def fail(error): raise error", "/ours.py", "exec"), ours)

    class Failing:
        error: BaseException

        def snapshot(self, limit: int) -> None:
            ours["fail"](self.error)

    def theirs() -> Exception:
        try:
            raise ValueError("theirs")
        except ValueError as error:
            return error

    collector = Failing()
    live = Live(collector, Journal(str(tmp_path / "live.jsonl")), str(tmp_path), 1, {"/ours.py"})
    for cause in (theirs(), KeyboardInterrupt()):
        collector.error = SystemError("returned a result with an exception set")
        collector.error.__cause__ = cause
        with pytest.raises(type(cause)) as raised:
            live._on_signal(signal.SIGURG, None)
        assert raised.value is cause
    collector.error = SystemError("our own")
    live._on_signal(signal.SIGURG, None)
    assert live.failures == 1


def test_a_flood_of_wishes_is_not_answered_one_within_the_other(agent: Agent) -> None:
    source = """
    import os, signal, subprocess, sys, time
    def f(): pass
    flood = f"import os\\nwhile os.getppid() == {os.getpid()}: os.kill({os.getpid()}, {int(signal.SIGURG)})"
    child = subprocess.Popen([sys.executable, "-c", flood])
    end = time.monotonic() + 2
    calls = 0
    while time.monotonic() < end:
        f()
        calls += 1
    child.kill()
    child.wait()
    print(calls)
    """
    ended = run(agent, source)
    assert (ended.stderr, ended.returncode, ended.warnings) == (b"", 0, [])
    assert calls_of(ended, "f") == int(ended.stdout) > 0


def test_interruptions_reach_the_target(agent: Agent) -> None:
    source = """
    import time
    caught = 0
    print("ready", flush=True)
    while caught < 40:
        try:
            while True:
                sum(range(100))
        except KeyboardInterrupt:
            caught += 1
            print(caught)
    """
    started = agent.start(agent.write(textwrap.dedent(source)))
    started.wait_for("started")
    output = started.raw.parent / "stdout"
    while b"ready" not in output.read_bytes():
        time.sleep(0.01)
    for sent in range(1, 41):
        started.ask()
        started.process.send_signal(signal.SIGINT)
        give_up = time.monotonic() + 20
        while len(output.read_bytes().splitlines()) < sent + 1:
            assert time.monotonic() < give_up, f"interruption {sent} was lost"
            time.sleep(0.002)
    ended = started.finish()
    assert ended.returncode == 0
    assert ended.stderr == b""


def test_a_pause_ends_by_the_signal_that_is_meant(agent: Agent) -> None:
    source = """
    import signal, time
    seen = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    for _ in range(2):
        began = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        signal.pause()
        print(time.monotonic() - began >= 0.4, len(seen))
    time.sleep(0.1)
    """
    ended = run(agent, source)
    assert ended.stdout == b"True 1\nTrue 2\n"
    assert ended.warnings == []
    assert calls_of(ended, "<built-in method _signal.pause>") == 2


def test_a_lack_of_memory_is_the_targets_own(agent: Agent) -> None:
    ended = run(
        agent,
        """
        import resource, time
        def used():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used() + (30 << 20),) * 2)
        failures = 0
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            held = []
            try:
                while True:
                    held.append(bytes(100_000))
            except MemoryError:
                failures += 1
                held = None
        print(failures > 3)
        """,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == (b"True\n", b"", 0)


def test_a_deep_stack_is_no_deeper_for_it(agent: Agent) -> None:
    ended = run(
        agent,
        """
        import sys
        def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
        sys.setrecursionlimit(2000)
        print(all(deep(1900) == 1900 for _ in range(2000)))
        """,
    )
    assert ended.stdout == b"True\n"
    assert ended.stderr == b""


def test_no_garbage_is_collected_within_a_snapshot(agent: Agent) -> None:
    """Else the target's finalizers would run there; a large table makes more objects than collections wait for.

    Just before and after it, in the handler, one that was due already may run: there it does no harm.
    """
    functions = "".join(f"def f{n}(): pass\nf{n}()\n" for n in range(3000))
    source = """
    import gc, sys, time
    inside = within = 0
    def watch(phase, info):
        global inside, within
        frame = sys._getframe()
        while frame is not None and frame.f_code.co_name != "_answer_undisturbed":
            frame = frame.f_back
        inside += frame is not None
        within += frame is None
    gc.callbacks.append(watch)
    end = time.monotonic() + 1
    kept = []
    while time.monotonic() < end:
        kept = [[n] for n in range(5000)]
    print(inside, within > 10)
    """
    ended = agent.run(agent.write(functions + textwrap.dedent(source)), hz=50.0)
    assert ended.stdout == b"0 True\n"
    assert len(ended.of_type("hotspots")) > 2


def test_a_collector_that_was_off_stays_off(agent: Agent) -> None:
    ended = run(agent, "import gc, time\ngc.disable()\ntime.sleep(0.2)\nprint(gc.isenabled())\n")
    assert ended.stdout == b"False\n"


def test_no_reference_to_a_frame_is_kept(agent: Agent) -> None:
    ended = run(
        agent,
        """
        import time, weakref
        class Thing: pass
        def f():
            global gone
            thing = Thing()
            gone = weakref.ref(thing)
            end = time.monotonic() + 0.3
            while time.monotonic() < end: pass
        f()
        print(gone() is None)
        """,
    )
    assert ended.stdout == b"True\n"


def test_descriptors_are_the_targets_own(agent: Agent) -> None:
    """It finds the same numbers, may close them all, and never finds our lines in its files."""
    source = """
    import os, time
    print(os.open("a", os.O_WRONLY | os.O_CREAT), os.open("b", os.O_WRONLY | os.O_CREAT))
    os.closerange(3, 1024)
    files = [os.open(f"f{n}", os.O_WRONLY | os.O_CREAT) for n in range(300)]
    print(files[0])
    time.sleep(0.3)
    for file in files:
        os.write(file, b"mine")
    time.sleep(0.2)
    """
    script = agent.write(textwrap.dedent(source))
    plain, ended = agent.plain(script), agent.run(script, hz=50.0)
    assert (ended.stdout, ended.returncode) == (plain.stdout, 0)
    assert {(agent.work / f"f{n}").read_bytes() for n in range(300)} == {b"mine"}
    assert len(ended.of_type("hotspots")) > 5
    assert ended.stopped["how"] == "returned"
    assert ended.warnings == []


def test_no_descriptor_is_inherited(agent: Agent) -> None:
    source = """
    import subprocess
    print(subprocess.run(["ls", "/proc/self/fd"], capture_output=True, close_fds=False).stdout)
    """
    script = agent.write(textwrap.dedent(source))
    assert agent.run(script).stdout == agent.plain(script).stdout


def test_a_full_disk_does_not_stop_the_target(agent: Agent) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    raw = agent.folder / "run1" / "raw"
    raw.mkdir(parents=True)
    (raw / "live.jsonl").symlink_to("/dev/full")
    (raw / "cprofile.columns.tmp").symlink_to("/dev/full")
    ended = agent.start(agent.write("import time\ntime.sleep(0.3)\nprint('done')\nraise SystemExit(6)\n"))
    time.sleep(0.2)
    ended.ask()
    finished = ended.process.wait()
    assert finished == 6
    assert (agent.folder / "run1" / "stdout").read_bytes() == b"done\n"
    assert (agent.folder / "run1" / "stderr").read_bytes() == b""
    assert not (raw / "cprofile.columns").exists()


def test_what_could_not_be_written_is_said(agent: Agent) -> None:
    raw = agent.folder / "run1" / "raw"
    raw.mkdir(parents=True)
    (raw / "cprofile.columns.tmp").symlink_to("/dev/full")
    ended = run(agent, "import time\ntime.sleep(0.1)\n")
    assert ended.warnings == ["write_failed"]
    assert "No space left" in ended.of_type("warning")[0]["message"]


def test_a_limit_on_files_does_not_stop_the_target(agent: Agent) -> None:
    ended = run(
        agent,
        """
        import resource, time
        resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        time.sleep(0.4)
        print("done")
        """,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == (b"done\n", b"", 0)


@pytest.mark.parametrize(
    ("taking", "code"),
    [
        ("signal.signal(signal.SIGURG, signal.SIG_IGN)", "live_signal_taken"),
        ("signal.signal(signal.SIGURG, lambda *_: seen.append(1))", "live_signal_taken"),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])", "live_signal_blocked"),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())", "live_signal_blocked"),
        ("sys.settrace(lambda *_: None)", "live_signal_taken"),
    ],
)
def test_the_signal_is_the_targets_if_it_wants_it(agent: Agent, taking: str, code: str) -> None:
    source = f"""
    import signal, sys, time
    seen = []
    {taking}
    def f(): pass
    for _ in range(1000): f()
    time.sleep(0.2)
    print("done")
    """
    ended = run(agent, source, hz=50.0)
    assert (ended.stdout, ended.stderr, ended.returncode) == (b"done\n", b"", 0)
    assert ended.warnings == [code]
    assert calls_of(ended, "f") == 1000


def test_a_forked_child_leaves_the_run_alone(agent: Agent) -> None:
    source = """
    import os, signal, sys, time
    def mine(): pass
    def childs(): pass
    def work(pid):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGURG])
        for _ in range(50):
            os.kill(os.getpid(), signal.SIGURG)
            childs()
            time.sleep(0.002)
    pid = os.fork()
    if pid == 0:
        work(0)
        sys.exit(5)
    mine()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """
    ended = run(agent, source, hz=20.0)
    assert (ended.stdout, ended.stderr, ended.returncode) == (b"5\n", b"", 0)
    assert ended.stopped["how"] == "returned"
    assert (calls_of(ended, "mine"), calls_of(ended, "childs")) == (1, 0)
    assert len(ended.of_type("hotspots")) <= ended.asked + 1


def test_a_forked_child_can_profile_itself(agent: Agent) -> None:
    source = """
    import cProfile, multiprocessing as mp
    def work(n):
        profile = cProfile.Profile()
        profile.runcall(sum, range(n))
        return len(profile.getstats()) > 0
    with mp.get_context("fork").Pool(2) as pool:
        print(pool.map(work, [1, 2, 3]))
    """
    ended = run(agent, source)
    assert ended.stdout == b"[True, True, True]\n", ended.stderr


def test_a_profile_function_of_its_own_is_noticed(agent: Agent) -> None:
    source = """
    import sys
    def f(): pass
    def g(): pass
    seen = []
    def watch(frame, event, argument):
        seen.append(event)
    for _ in range(10): f()
    sys.setprofile(watch)
    for _ in range(10): g()
    sys.setprofile(None)
    print(seen.count("call"))
    """
    ended = run(agent, source, hz=0.0)
    assert (ended.stdout, ended.stderr) == (b"10\n", b"")
    assert ended.warnings == ["profile_shared" if agent.version >= (3, 12) else "profile_replaced"]
    assert calls_of(ended, "f") == 10
    assert calls_of(ended, "g") == (10 if agent.version >= (3, 12) else 0)


def test_a_profile_function_is_its_own_until_the_very_end(agent: Agent) -> None:
    source = """
    import atexit, sys
    def f(): pass
    seen = []
    def watch(frame, event, argument):
        if event == "call" and frame.f_code.co_name == "f":
            seen.append(1)
    sys.setprofile(watch)
    atexit.register(lambda: (f(), sys.setprofile(None), print(len(seen))))
    """
    ended = run(agent, source, hz=0.0)
    assert (ended.stdout, ended.stderr) == (b"1\n", b"")


def test_a_profile_function_that_is_put_back_loses_little(agent: Agent) -> None:
    source = """
    import sys
    def f(): pass
    def g(): pass
    before = sys.getprofile()
    sys.setprofile(lambda *_: None)
    g()
    sys.setprofile(before)
    for _ in range(100): f()
    """
    ended = run(agent, source, hz=0.0)
    assert ended.stderr == b""
    assert calls_of(ended, "f") >= 99
    assert ended.warnings == ["profile_shared" if agent.version >= (3, 12) else "profile_replaced"]


def test_another_cprofile_is_noticed(agent: Agent) -> None:
    source = """
    import cProfile
    def f(): pass
    profile = cProfile.Profile()
    try:
        profile.enable()
    except ValueError as error:
        print(error)
    f()
    profile.disable()
    """
    ended = run(agent, source, hz=0.0)
    assert ended.warnings == ["profile_shared" if agent.version >= (3, 12) else "profile_replaced"]
    assert ended.returncode == 0


def test_threads_are_mentioned(agent: Agent) -> None:
    source = """
    import threading
    def f(): pass
    threads = [threading.Thread(target=f) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    """
    ended = run(agent, source, hz=0.0)
    assert ended.warnings == ["threads_mixed" if agent.version >= (3, 12) else "threads_not_profiled"]
    assert ended.of_type("warning")[0]["message"].startswith("3 threads were started")


RIVALS = {
    "a profile function": (
        "import sys\ndef watch(*_): pass\nwatch.__module__ = 'rival.inner'\nsys.setprofile(watch)\n",
        "rival",
    ),
    "a trace function": (
        "import sys\nclass Tracer:\n    __module__ = 'coverage.tracer'\n    def __call__(self, *_): return None\n"
        "sys.settrace(Tracer())\n",
        "coverage",
    ),
    "a monitoring tool": (
        "import sys\nm = sys.monitoring\nm.use_tool_id(m.COVERAGE_ID, 'coverage.py')\n"
        "m.set_events(m.COVERAGE_ID, m.events.PY_START)\n",
        "coverage.py",
    ),
    "a profiler's place": ("import sys\nsys.monitoring.use_tool_id(2, 'other')\n", "other"),
}


@pytest.mark.parametrize("case", RIVALS)
def test_a_tool_that_is_active_already_is_refused_by_name(agent: Agent, case: str) -> None:
    source, name = RIVALS[case]
    if "monitoring" in source and agent.version < (3, 12):
        pytest.skip("sys.monitoring came with Python 3.12")
    agent.write(source, "start/sitecustomize.py")
    script = agent.write("print('ran')\n")
    ended = agent.run(script, env={"PYTHONPATH": str(agent.work / "start")})
    assert ended.returncode == 125
    assert ended.stdout == b""
    assert f"hotspots: {name} is active".encode() in ended.stderr
    assert ended.stopped["error"]["type"] == "ProfilerActive"
    assert not ended.of_type("started")


def test_what_the_agent_cannot_start_it_says(agent: Agent) -> None:
    script = agent.write("print('ran')\n")
    ended = agent.run(script, collector=agent.work / "missing.py")
    assert ended.returncode == 125
    assert ended.stdout == b""
    assert ended.stderr.startswith(b"hotspots: the agent cannot start: ")
    assert b"Traceback" not in ended.stderr


def test_output_can_be_read_while_it_runs(agent: Agent) -> None:
    started = agent.start(agent.write("import time\nprint('first')\ntime.sleep(60)\n"))
    give_up = time.monotonic() + 30
    while (started.raw.parent / "stdout").read_bytes() != b"first\n":
        assert time.monotonic() < give_up
        time.sleep(0.01)
    started.process.kill()
    started.finish()


def test_a_hundred_megabytes_pass(agent: Agent) -> None:
    ended = run(agent, "line = 'x' * 9999\nfor _ in range(10_000): print(line)\n", hz=20.0)
    assert len(ended.stdout) == 100_000_000
    assert calls_of(ended, "<built-in method builtins.print>") == 10_000


def test_lines_after_a_torn_one_can_be_read(agent: Agent) -> None:
    """A full disk takes a part of a line."""
    raw = agent.folder / "run1" / "raw"
    source = """
    import os, resource, sys, time
    free = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(sys.argv[1]) + 50, free[1]))
    print("full")
    while not os.path.exists("free"):
        time.sleep(0.01)
    resource.setrlimit(resource.RLIMIT_FSIZE, free)
    """
    started = agent.start(agent.write(textwrap.dedent(source)), str(raw / "live.jsonl"))
    give_up = time.monotonic() + 30
    while not (raw.parent / "stdout").read_bytes():
        assert time.monotonic() < give_up
        time.sleep(0.01)
    before = (raw / "live.jsonl").stat().st_size
    while (raw / "live.jsonl").stat().st_size == before:
        started.ask()
        time.sleep(0.01)
    started.ask()
    time.sleep(0.1)
    (agent.work / "free").touch()
    assert started.process.wait() == 0
    good, torn = [], 0
    for line in (raw / "live.jsonl").read_bytes().splitlines():
        try:
            good.append(json.loads(line)["type"])
        except ValueError:
            torn += 1
    assert torn == 1
    assert good[:2] == ["ready", "started"] and "stopped" in good and good[-1] == "warning"
