"""Sampling from outside: what it finds in real programs, live and at the end, and where it may not look."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.profilers.sampling import reader
from jupyterlab_hotspots.profilers.sampling.functions import FirstLines
from jupyterlab_hotspots.profilers.sampling.stacks import Stacks
from jupyterlab_hotspots.profilers.sampling.torn_stacks import completed

Run = Callable[..., "Ended"]


class Ended:
    """A run that is over."""

    def __init__(self, folder: Path, document: dict[str, Any], output: bytes) -> None:
        self.document = document
        self.output = output
        self.folder = next((folder / "store" / "runs").iterdir())

    def row(self, table: str, **wanted: object) -> dict[str, Any]:
        rows = [row for row in self.document[table] if all(row.get(name) == value for name, value in wanted.items())]
        assert len(rows) == 1, rows
        return rows[0]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]

    @property
    def warnings(self) -> set[str]:
        return {warning["code"] for warning in self.document["warnings"]}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a script under sampling from the command line."""

    def run_it(source: str, *options: str, wrapper: tuple[str, ...] = (), status: int = 0) -> Ended:
        folder = tmp_path
        script, output = folder / "script.py", folder / "profile.json"
        script.write_text(textwrap.dedent(source))
        shown = ["--json", str(output)]
        words = ["run", "--quiet", "--profiler", "sampling", *shown, *options, str(script)]
        done = subprocess.run(
            [*wrapper, sys.executable, "-m", "jupyterlab_hotspots", *words],
            capture_output=True,
            env={**os.environ, "HOTSPOTS_STORE": str(folder / "store")},
            cwd=folder,
        )
        assert done.returncode == status, done.stderr.decode()
        return Ended(folder, json.loads(output.read_text()), done.stdout)

    return run_it


SPINNING = """
import time

class Survey:
    def spin(self, until):
        while time.perf_counter() < until:
            pass

def outer():
    Survey().spin(time.perf_counter() + 1.2)

outer()
"""


def test_functions_lines_tree_and_time_axis_are_filled(run: Run) -> None:
    ended = run(SPINNING)
    spin = ended.row("functions", function="spin")
    assert (spin["line"], spin["origin"]) == (5, "own")
    if sys.version_info >= (3, 11):
        assert spin["qualname"] == "Survey.spin"
    assert spin["own_share"] > 0.8 and "calls" not in spin
    outer = ended.row("functions", function="outer")
    assert outer["total_s"] == pytest.approx(spin["total_s"], rel=0.05) and outer["own_s"] < 0.1
    assert ended.row("lines", line=6)["own_s"] + sum(
        row["own_s"] for row in ended.document["lines"] if row["line"] == 7
    ) == pytest.approx(spin["own_s"], rel=0.01)
    tree = ended.document["tree"]
    assert tree["name"][:2] == ["<module>", "outer"] and tree["parent"][:2] == [None, 0]
    total = sum(ended.document["samples"]["duration_s"]) if "samples" in ended.document else None
    assert total is None or total == pytest.approx(sum(row["own_s"] for row in ended.document["functions"]), rel=0.05)


def test_own_times_add_up_to_the_time_of_the_code(run: Run) -> None:
    ended = run(SPINNING)
    assert sum(row["own_s"] for row in ended.document["functions"]) == pytest.approx(
        ended.document["run"]["code_s"], abs=0.4
    )


def test_functions_and_lines_arrive_while_it_runs(run: Run) -> None:
    ended = run(SPINNING.replace("1.2", "2.5"))
    (end,) = (event["t"] for event in ended.events if event["type"] == "finished")
    early = [event for event in ended.events if event["type"] == "hotspots" and event["t"] < end - 0.5]
    assert {event["table"] for event in early} == {"functions", "lines"}
    names = {name for event in early for name in event["define"].get("function", [])}
    assert "spin" in names


def test_nothing_of_ours_is_in_the_tables(run: Run) -> None:
    ended = run(SPINNING)
    files = {row.get("file", "") for table in ("functions", "lines") for row in ended.document[table]}
    assert not any("jupyterlab_hotspots" in file for file in files), files


def test_waiting_of_the_main_thread_counts_and_is_told_apart(run: Run) -> None:
    ended = run("import time\ndef nap():\n    time.sleep(1.0)\nnap()\n")
    nap = ended.row("functions", function="nap")
    assert nap["own_share"] > 0.8
    assert nap["idle_s"] == pytest.approx(nap["own_s"], rel=0.2)


def test_threads_that_only_wait_take_no_share(run: Run) -> None:
    ended = run(
        """
        import threading, time
        def waits():
            event.wait()
        def works(until):
            while time.perf_counter() < until:
                pass
        event = threading.Event()
        threads = [threading.Thread(target=waits, daemon=True) for _ in range(6)]
        for thread in threads:
            thread.start()
        works(time.perf_counter() + 1.5)
        """
    )
    assert ended.row("functions", function="works")["own_share"] > 0.8


def test_child_processes_are_seen(run: Run) -> None:
    ended = run(
        """
        import multiprocessing, time
        def child_work():
            until = time.perf_counter() + 2
            while time.perf_counter() < until:
                pass
        if __name__ == "__main__":
            process = multiprocessing.get_context("fork").Process(target=child_work)
            process.start()
            process.join()
        """
    )
    assert ended.row("functions", function="child_work")["own_s"] > 0.5


def test_the_rate_is_what_was_asked_for(run: Run) -> None:
    slow, fast = (run(SPINNING, "--option", f"rate={rate}").row("functions", function="spin") for rate in (50, 250))
    assert 2 * slow["samples"] < fast["samples"]


def test_a_program_that_is_killed_keeps_its_samples(run: Run) -> None:
    ended = run(SPINNING + "\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", status=128 + 9)
    assert ended.row("functions", function="spin")["own_s"] > 0.5


def test_a_program_that_is_over_at_once_says_that_nothing_was_sampled(run: Run) -> None:
    ended = run("x = 1\n")
    assert ended.warnings & {"no_samples", "few_samples"}


def test_no_process_of_ours_is_left_and_none_counts_as_the_programs(run: Run) -> None:
    ended = run(SPINNING)
    processes = [value for value in ended.document["telemetry"]["processes"] if value is not None]
    assert set(processes) == {1}
    left = subprocess.run(["pgrep", "-f", str(ended.folder)], capture_output=True, text=True).stdout.split()
    assert left == []


FORBIDS = (
    "import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: no other process may read this one\n"
)


def as_plain_user() -> tuple[str, ...]:
    """The words before a command that have it run without any privilege; skips where we cannot give ours up.

    Root without capabilities may read what a plain user may: processes of the same user that do not forbid it.
    """
    if os.geteuid() != 0:
        return ()
    wrapper = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    if not shutil.which("setpriv") or subprocess.run([*wrapper, "true"], capture_output=True).returncode:
        pytest.skip("needs setpriv to give root's capabilities up")
    return wrapper


def test_a_plain_user_samples_a_process_of_their_own(run: Run) -> None:
    ended = run(SPINNING, wrapper=as_plain_user())
    assert ended.row("functions", function="spin")["own_share"] > 0.8
    assert "sampled_from_inside" not in ended.warnings


def test_where_reading_is_denied_functions_are_sampled_from_inside(run: Run) -> None:
    ended = run(FORBIDS + SPINNING.replace("1.2", "3"), wrapper=as_plain_user())
    spin = ended.row("functions", function="spin")
    assert spin["own_share"] > 0.8 and spin["own_s"] > 1
    assert "lines" not in ended.document or not ended.document["lines"]
    assert "sampled_from_inside" in ended.warnings
    assert any(event["type"] == "hotspots" for event in ended.events)


def test_the_first_line_of_a_function_is_found_from_any_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        textwrap.dedent(
            """\
            import functools
            def same(x):
                def same(y):
                    return y
                return same(x)
            class First:
                def run(self):
                    return [
                        value
                        for value in (lambda n: n)(range(3))
                    ]
            class Second:
                @functools.lru_cache(
                    maxsize=None
                )
                @staticmethod
                def run(self):
                    return 2
            """
        )
    )
    expected = {("same", 4): 3, ("same", 5): 2, ("run", 8): 7, ("run", 18): 13, ("<module>", 12): 1}
    for is_own in (True, False):
        first_lines = FirstLines(lambda _, answer=is_own: answer)
        found = {(name, line): first_lines.of(str(path), name, line) for name, line in expected}
        assert found == expected, is_own


def test_damaged_files_are_not_believed(tmp_path: Path) -> None:
    from jupyterlab_hotspots.profilers.protocol import ReadContext
    from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

    info = RunInfo(
        id="0",
        status="succeeded",
        target=TargetInfo(kind="script", name="x.py"),
        profiler="sampling",
        created="",
    )
    good = {
        "frames": [["f", None, "/x.py", 2, 1]],
        "stacks": [[0]],
        "window": {
            "began": 1.0,
            "seconds": 1.0,
            "looks": 100,
            "threads": [{"pid": 1, "tid": 1, "name": "", "main": True, "first": 0, "pieces": [[0, 1.0, 1.0, 0.5]]}],
        },
    }
    bad: list[Any] = [
        {**good, "stacks": [[7]]},
        {**good, "window": {**good["window"], "seconds": -1}},
        {**good, "window": {**good["window"], "looks": 1e300}},
        {**good, "frames": [[1]]},
        [],
        "x",
    ]
    for line in bad:
        (tmp_path / "sampling.jsonl").write_text(json.dumps(line) + "\n")
        found = reader.read(tmp_path, ReadContext(info=info))
        assert found.functions is not None and sum(found.functions.to_pydict().get("own_s", [])) == 0
    (tmp_path / "sampling.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(bad[0]) + "\n{torn")
    found = reader.read(tmp_path, ReadContext(info=info))
    assert found.functions is not None and found.functions.to_pydict()["own_s"] == [1.0]


ONE_LINE = """
import time

def spin():
    return [end for end in range(2) if [0 for _ in iter(lambda: time.perf_counter() < UNTIL, False)] or True]

UNTIL = time.perf_counter() + 1.2
spin()
"""


def test_a_line_of_a_function_and_the_lambda_in_it_is_one_row_of_that_function(run: Run) -> None:
    ended = run(ONE_LINE)
    row = ended.row("lines", line=5)
    assert (row["function"], row["function_line"]) == ("spin", 4)
    assert row["source"].strip().startswith("return [end")
    assert row["share"] > 0.95
    inner = [row for row in ended.document["functions"] if row["line"] == 5]
    assert "<lambda>" in {row["function"] for row in inner}


COUNTING = """
import time
def count(until):
    while time.process_time() < until:
        pass
before = time.process_time()
count(before + 1.0)
"""


def test_cpu_time_is_what_the_kernel_gave_however_busy_the_machine(run: Run) -> None:
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3 * (os.cpu_count() or 1))]
    try:
        ended = run(COUNTING)
    finally:
        for other in others:
            other.kill()
            other.wait()
    row = ended.row("functions", function="count")
    assert 0.4 < row["cpu_s"] < min(1.1, 0.9 * row["own_s"])
    assert row["idle_s"] < 0.1 * row["own_s"]
    assert "no_cpu" in ended.warnings


def test_a_stack_that_ends_in_our_own_code_is_none_of_the_targets() -> None:
    stacks = Stacks(FirstLines(lambda file: True), "/house/agent/", "/house/profilers/")
    assert stacks.meet((("snapshot", "/house/profilers/sampling/collector.py", 61),)) is None
    assert stacks.meet((("main", "/house/agent/launch.py", 3), ("<module>", "/home/a.py", 1))) == 0


def test_a_tool_that_is_active_already_does_not_keep_the_sampler_away(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "start").mkdir()
    rival = "import sys\ndef watch(*_): pass\nwatch.__module__ = 'rival.inner'\nsys.setprofile(watch)\n"
    (tmp_path / "start" / "sitecustomize.py").write_text(rival)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "start"))
    ended = run("import sys, time\ntime.sleep(0.3)\nprint(sys.getprofile() is not None)\n")
    assert ended.output.strip() == b"True"
    assert "tool_active" in ended.warnings
    (warning,) = (one for one in ended.document["warnings"] if one["code"] == "tool_active")
    assert warning["message"].startswith("rival is active")


KILLED = """
import os, pathlib, signal, time

def processes(*words):
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = path.read_text()
        except (OSError, ValueError):
            continue
        if all(word in said for word in words):
            yield int(path.parent.name)

def samplers():
    return [*processes("py-spy", f"--pid\\0{os.getpid()}\\0")]

def spin(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass

spin(2)
while not (begun := samplers()):
    time.sleep(0.01)
for watcher in processes("sampling.watcher", f'"pid": {os.getpid()},'):
    os.kill(watcher, signal.SIGKILL)
give_up = time.monotonic() + 10
while samplers() and time.monotonic() < give_up:
    time.sleep(0.05)
print(len(samplers()))
spin(2.5)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a child of its parent's death")
def test_nothing_outlives_a_sampler_that_is_killed_and_its_death_is_named(run: Run) -> None:
    ended = run(KILLED)
    assert ended.output.split() == [b"0"]
    (said,) = [warning for warning in ended.document["warnings"] if warning["code"] == "watcher_died"]
    assert "before the code did" in said["message"]
    assert not ended.warnings & {"gaps", "cut_short", "children_left"}
    assert ended.row("functions", function="spin")["own_s"] > 0


def test_a_stack_torn_at_a_generator_is_joined_to_those_around_it() -> None:
    module, spin, expression, other = (("<module>", "a", 9), ("spin", "a", 4), ("<genexpr>", "a", 5), ("other", "b", 1))
    spans = [
        (0.0, (expression,)),
        (0.1, (module, spin)),
        (0.2, (module, spin, expression)),
        (0.3, (expression, other)),
        (0.4, ()),
        (0.5, (other,)),
        (0.6, (module, spin)),
    ]
    whole = [frames for _, frames in completed(spans)]
    assert whole[0] == (module, spin, expression)
    assert whole[3] == (module, spin, expression, other)
    assert whole[4:6] == [(), (other,)]
    assert [whole[place] for place in (1, 2, 6)] == [spans[place][1] for place in (1, 2, 6)]


GENERATOR = """
import time

def spin():
    total = 0
    while time.perf_counter() < UNTIL:
        total += sum(number for number in range(5))
    return total

UNTIL = time.perf_counter() + 1.5
spin()
"""


def test_what_a_generator_takes_is_in_the_time_of_what_runs_it(run: Run) -> None:
    ended = run(GENERATOR)
    inner = ended.row("functions", function="<genexpr>")
    outer = ended.row("functions", function="spin")
    assert inner["own_s"] > 0.1
    whole = sum(row["own_s"] for row in ended.document["functions"])
    assert outer["total_s"] > 0.97 * whole
