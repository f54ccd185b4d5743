"""Under Scalene a target runs as it does without, and what Scalene measured is kept however it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.runs import lock
from jupyterlab_hotspots.runs.cancel import cancel
from jupyterlab_hotspots.runs.directory import RunDirectory
from jupyterlab_hotspots.store.reading import read_info

sys.path.insert(0, str(Path(__file__).parent))

from scalene_runs import ScaleneRuns, read, with_scalene

AS_SEEN_FROM_WITHIN = """
    import json, os, sys
    def annotated(x: int) -> str: pass
    seen = {
        "argv": sys.argv, "path": sys.path, "name": __name__, "file": __file__, "package": __package__,
        "spec": None if __spec__ is None else __spec__.name, "globals": sorted(globals()), "cwd": os.getcwd(),
        "main": sys.modules["__main__"].__dict__ is globals(), "annotations": repr(annotated.__annotations__),
        "stdin": sys.stdin.read(), "locale": os.environ.get("LC_ALL"), "orig_argv": sys.orig_argv[1:],
    }
    total = 0
    for i in range(3_000_000):
        total += i
    print(json.dumps(seen))
"""
BUSY = """
    import sys
    def work(n):
        total = 0
        for i in range(n):
            total += i * i
        return total
    work(4_000_000)
"""


@pytest.fixture(params=list(with_scalene().values()), ids=list(with_scalene()))
def scalene(request: pytest.FixtureRequest, tmp_path: Path) -> ScaleneRuns:
    """Runs in a folder of the test's own, in each Python that has Scalene."""
    return ScaleneRuns(tmp_path, request.param)


def codes(measured: Measurements) -> list[str]:
    return [warning.code for warning in measured.warnings]


def has_rows(measured: Measurements) -> bool:
    return measured.lines is not None and measured.lines.num_rows > 0


def wait_for_output(run: RunDirectory, text: bytes) -> None:
    give_up = time.monotonic() + 60
    while text not in (run.stdout_file.read_bytes() if run.stdout_file.exists() else b""):
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.mark.parametrize("kind", ["script", "module"])
def test_the_target_sees_what_it_would_see_without_scalene(scalene: ScaleneRuns, kind: str) -> None:
    ending = '    sys.exit("the end")\n'
    if kind == "script":
        target: Path | str = scalene.write(AS_SEEN_FROM_WITHIN + ending)
        plain = [str(target)]
    else:
        scalene.write("", "package/__init__.py")
        scalene.write(AS_SEEN_FROM_WITHIN + ending, "package/__main__.py")
        target, plain = "package", ["-m", "package"]
    given = scalene.write("what is typed\n", "given.txt")
    words = ["data.py", "--help", "--", "-m", "---", "x y"]
    with given.open("rb") as source:
        expected = subprocess.run(
            [scalene.python, *plain, *words], cwd=scalene.work, stdin=source, capture_output=True, text=True
        )
    with given.open("rb") as source:
        run = scalene.start(target, *words, stdin=source.fileno())
        info = scalene.end(run)
    assert json.loads(run.stdout_file.read_text()) == json.loads(expected.stdout)
    assert run.stderr_file.read_text() == expected.stderr == "the end\n"
    assert (info.status, info.exit_code, info.reason) == ("failed", 1, "It exited with status 1: the end")
    assert read(run, info).lines


def test_what_is_shown_is_what_scalene_wrote(scalene: ScaleneRuns) -> None:
    script = scalene.write(BUSY + "    kept = bytearray(60_000_000)  # <&>\n")
    run, info, measured = scalene.run(script, options={"stacks": True})
    assert info.status == "succeeded"
    assert codes(measured) == []
    written = json.loads((run.raw_folder / "scalene.json").read_bytes())
    (file,) = written["files"].values()
    elapsed = written["elapsed_time_sec"]
    assert measured.lines is not None
    rows = {row["line"]: row for row in measured.lines.to_pylist()}
    assert {3, 7}.isdisjoint(rows) and {5, 6, 9} <= set(rows)
    for line in file["lines"]:
        row = rows.get(line["lineno"])
        if row is None:
            assert line["n_cpu_percent_python"] + line["n_cpu_percent_c"] + line["n_malloc_mb"] == 0
            continue
        assert row["python_s"] == pytest.approx(line["n_cpu_percent_python"] * elapsed / 100)
        assert row["native_s"] == pytest.approx(line["n_cpu_percent_c"] * elapsed / 100)
        assert row["system_s"] == pytest.approx(line["n_sys_percent"] * elapsed / 100)
        assert row["own_s"] == pytest.approx(row["python_s"] + row["native_s"] + row["system_s"])
        assert row["peak_bytes"] == (round(line["n_peak_mb"] * 2**20) or None)
    assert rows[9]["source"] == "kept = bytearray(60_000_000)  # <&>"
    assert rows[9]["peak_bytes"] == pytest.approx(60e6, rel=0.02)
    assert [rows[line]["function"] for line in (5, 6, 9)] == ["work", "work", "<module>"]
    assert measured.functions is not None and measured.tree is not None and measured.samples is not None
    functions = {row["function"]: row for row in measured.functions.to_pylist()}
    assert functions["work"]["line"] == 3
    assert functions["work"]["own_s"] == pytest.approx(sum(rows[n]["own_s"] for n in rows if 3 <= n <= 7))
    assert functions["work"]["own_s"] > 0.5 * sum(row["own_s"] for row in functions.values())
    assert "work" in measured.tree.column("name").to_pylist()
    assert max(measured.samples.column("heap_bytes").to_pylist()) == pytest.approx(60e6, rel=0.1)
    assert info.peak_rss_bytes is not None and info.peak_rss_bytes > 60e6
    assert info.code_s is not None and elapsed == pytest.approx(info.code_s, abs=0.2)


def test_an_exception_is_pythons_own_and_what_was_measured_is_kept(scalene: ScaleneRuns) -> None:
    script = scalene.write(BUSY + "    def fails():\n        raise ValueError('oops')\n    fails()\n")
    plain = subprocess.run([scalene.python, str(script)], capture_output=True, text=True)
    run, info, measured = scalene.run(script, options={"cpu_only": True})
    assert run.stderr_file.read_text() == plain.stderr
    assert run.stdout_file.read_bytes() == b""
    assert (info.exit_code, info.reason) == (1, "ValueError: oops (script.py, line 10)")
    assert measured.lines is not None and 6 in measured.lines.column("line").to_pylist()
    assert "peak_bytes" not in measured.lines.column_names
    assert measured.samples is None


def test_a_stopped_run_keeps_what_was_measured(scalene: ScaleneRuns) -> None:
    script = scalene.write(BUSY + "    print('going', flush=True)\n    while True:\n        work(10_000)\n")
    run = scalene.start(script)
    wait_for_output(run, b"going")
    cancel(run)
    info = scalene.end(run)
    measured = read(run, info)
    assert info.status == "cancelled"
    assert codes(measured) == []
    assert measured.lines is not None and 6 in measured.lines.column("line").to_pylist()


def test_sigterm_alone_keeps_what_was_measured(scalene: ScaleneRuns) -> None:
    script = scalene.write(BUSY + "    print('going', flush=True)\n    while True:\n        work(10_000)\n")
    run = scalene.start(script, options={"cpu_only": True})
    wait_for_output(run, b"going")
    pid = (run.supervisor() or {})["target_pid"]
    while lock.is_held(run.lock_file):
        # Python 3.10 may lose a signal that comes together with Scalene's own, until the next one comes.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        time.sleep(2)
    info = scalene.end(run)
    measured = read(run, info)
    assert info.exit_code == 143
    assert codes(measured) == []
    assert measured.lines is not None and 6 in measured.lines.column("line").to_pylist()


def test_of_a_killed_run_what_was_saved_is_kept_and_the_rest_is_said_to_be_missing(scalene: ScaleneRuns) -> None:
    script = scalene.write(BUSY + "    print('going', flush=True)\n    while True:\n        work(10_000)\n")
    run = scalene.start(script, options={"cpu_only": True, "save_every_s": 0.3})
    wait_for_output(run, b"going")
    give_up = time.monotonic() + 30
    while not (run.raw_folder / "scalene.json").exists() or not has_rows(read(run, read_info(run))):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    os.kill((run.supervisor() or {})["target_pid"], signal.SIGKILL)
    info = scalene.end(run)
    measured = read(run, info)
    assert info.signal == signal.SIGKILL
    assert codes(measured) == ["cut_short"]
    unsaved = scalene.start(script, options={"cpu_only": True})
    wait_for_output(unsaved, b"going")
    os.kill((unsaved.supervisor() or {})["target_pid"], signal.SIGKILL)
    measured = read(unsaved, scalene.end(unsaved))
    assert codes(measured) == ["cut_short"]
    assert measured.lines is not None and measured.lines.num_rows == 0


def test_without_scalene_the_run_says_so(scalene: ScaleneRuns, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    run, info, measured = scalene.run(scalene.write("print(1)"), python=str(tmp_path / "bare" / "bin" / "python"))
    assert (info.status, info.exit_code) == ("failed", 125)
    assert info.reason is not None and "Scalene is not installed" in info.reason and "-m pip install" in info.reason
    assert "Traceback" not in run.stderr_file.read_text()
    assert run.stdout_file.read_bytes() == b""
    assert measured.lines is not None and measured.lines.num_rows == 0


def test_what_is_too_short_says_so(scalene: ScaleneRuns) -> None:
    run, info, measured = scalene.run(scalene.write("x = 1\n"))
    assert info.status == "succeeded"
    assert codes(measured) == ["too_short"]
    assert run.stderr_file.read_bytes() == b"" == run.stdout_file.read_bytes()


def test_what_cannot_be_run_is_said_as_python_says_it(scalene: ScaleneRuns) -> None:
    script = scalene.write("x = = 1\n")
    plain = subprocess.run([scalene.python, str(script)], capture_output=True, text=True)
    run, info, _ = scalene.run(script)
    assert run.stderr_file.read_text() == plain.stderr
    assert (info.reason_code, info.exit_code) == ("syntax_error", 1)
    latin = scalene.work / "latin.py"
    latin.write_bytes("# coding: latin-1\nprint('é')\n".encode("latin-1"))
    _, info, _ = scalene.run(latin)
    assert info.reason is not None and "UTF-8" in info.reason


REPLACING = """
    import builtins, os, signal, sys
    def useless(*_, **__):
        raise RuntimeError("replaced by the target")
    for name in ("len", "isinstance", "getattr", "str", "print", "open", "map"):
        setattr(builtins, name, useless)
    os.getpid = os.open = os.path.exists = signal.signal = sys.exit = useless
    {end}
"""


@pytest.mark.parametrize(
    ("end", "status"), [("", 0), ("raise SystemExit(3)", 3), ("raise SystemExit", 0), ("{}[1]", 1)]
)
def test_a_target_that_has_replaced_what_we_need_ends_as_it_would_have(
    scalene: ScaleneRuns, end: str, status: int
) -> None:
    script = scalene.write(REPLACING.replace("{end}", end))
    # Scalene's own timer may meet what was replaced, on a busy machine: what is ours never does.
    for _ in range(3):
        run = scalene.start(script)
        if scalene.end(run).exit_code == status:
            break
    else:
        pytest.fail(f"it did not end with {status}")
    # What Scalene has imported may complain at the end of Python; of ours there is nothing.
    assert "jupyterlab_hotspots" not in run.stderr_file.read_text()
