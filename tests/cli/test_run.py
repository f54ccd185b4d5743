from __future__ import annotations

import json
import os
import pstats
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
Script = Callable[[str], Path]

WORK = """
import sys

def inner(n):
    return sum(range(n))

def outer(n):
    return [inner(50) for _ in range(n)]

outer(200)
print("arguments", sys.argv[1:])
"""


def test_a_run_is_reported_kept_listed_shown_and_exported(hotspots, script: Script, tmp_path: Path) -> None:
    run = hotspots("run", "--profiler", "cprofile", script(WORK), "--night", "20240716")
    assert run.returncode == 0
    assert run.stdout == b"arguments ['--night', '20240716']\n"
    report = run.stderr.decode()
    assert "succeeded" in report and "inner" in report and "200" in report

    listed = json.loads(hotspots("list", "--json").stdout)
    assert [(one["target"]["name"], one["status"]) for one in listed] == [("work.py", "succeeded")]
    assert "work.py" in hotspots("list").stdout.decode()

    shown = hotspots("show", "last", "--sort", "total", "--filter", "outer").stdout.decode()
    assert "outer" in shown and "inner" not in shown

    assert hotspots("export", "last", tmp_path / "work.prof").returncode == 0
    stats = pstats.Stats(str(tmp_path / "work.prof")).stats  # type: ignore[attr-defined]
    calls = {name: counts[1] for (_, _, name), counts in stats.items()}
    assert calls["inner"] == 200 and calls["outer"] == 1
    callers = next(counts[4] for (_, _, name), counts in stats.items() if name == "inner")
    assert sum(one[0] for one in callers.values()) == 200


def test_the_exported_profile_equals_that_of_python_m_cprofile(hotspots, script: Script, tmp_path: Path) -> None:
    path = script(WORK)
    subprocess.run(
        [sys.executable, "-m", "cProfile", "-o", tmp_path / "raw.prof", path], check=True, capture_output=True
    )
    assert hotspots("run", "--quiet", "--profiler", "cprofile", path).returncode == 0
    assert hotspots("export", "last", tmp_path / "ours.prof").returncode == 0

    def counts(file: Path) -> dict[object, object]:
        stats = pstats.Stats(str(file)).stats  # type: ignore[attr-defined]
        own_machinery = ("exec", "disable", "stdout")
        return {
            key: (row[0], row[1])
            for key, row in stats.items()
            if not any(word in key[2] for word in own_machinery) and "codecs" not in key[0]
        }

    assert counts(tmp_path / "ours.prof") == counts(tmp_path / "raw.prof")


def test_json_follows_the_committed_schema(hotspots, script: Script, tmp_path: Path) -> None:
    words = ("--quiet", "--profiler", "cprofile", "--json", tmp_path / "p.json")
    assert hotspots("run", *words, script(WORK)).returncode == 0
    document = json.loads((tmp_path / "p.json").read_text())
    schema = json.loads((CHECKOUT / "schema" / "profile.schema.json").read_text())
    jsonschema.validate(document, schema)
    inner = next(row for row in document["functions"] if row["function"] == "inner")
    assert inner["calls"] == 200 and inner["own_share"] <= 1
    assert document["run"]["status"] == "succeeded"


def test_options_after_the_target_are_the_targets_own(hotspots, script: Script) -> None:
    run = hotspots("run", "--quiet", script("import sys; print(sys.argv[1:])"), "--quiet", "--timeout", "x", "-m", "y")
    assert run.stdout == b"['--quiet', '--timeout', 'x', '-m', 'y']\n"


def test_a_module_runs_as_python_m_would(hotspots, tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("VALUE = 7\n")
    (package / "tool.py").write_text("from . import VALUE\nimport sys\nprint(VALUE, __name__, sys.argv[1:])\n")
    run = hotspots("run", "--quiet", "-m", "package.tool", "--x")
    assert run.stdout == b"7 __main__ ['--x']\n"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("raise SystemExit(3)", 3),
        ("raise ValueError('no')", 1),
        ("import os; os._exit(4)", 4),
        ("import os; os.kill(os.getpid(), 9)", 128 + 9),
        ("import ctypes; ctypes.string_at(0)", 128 + 11),
        ("def f(:\n", 1),
    ],
)
def test_the_exit_status_is_the_targets_own(hotspots, script: Script, source: str, status: int) -> None:
    assert hotspots("run", script(source)).returncode == status


def test_a_syntax_error_is_shown_with_its_line(hotspots, script: Script) -> None:
    run = hotspots("run", script("x = 1\ndef f(:\n"))
    assert b"line 2" in run.stderr and b"def f(:" in run.stderr and b"SyntaxError" in run.stderr


def test_a_time_out_exits_with_124_and_keeps_what_was_measured(hotspots, script: Script) -> None:
    source = "def wait():\n    while True:\n        sum(range(1000))\nwait()\n"
    run = hotspots("run", "--timeout", "1", script(source))
    assert run.returncode == 124
    assert b"wait" in run.stderr and b"timed out" in run.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "missing.py"], b"missing.py"),
        (["run"], b"No target"),
        (["run", "--profiler", "nothing", "x.py"], b"x.py"),
        (["run", "--nonsense", "x.py"], b"nonsense"),
        (["run", "-m", "not-a-module"], b"not-a-module"),
        (["show", "last"], b"empty"),
        (["show", "01ARZ3NDEKTSV4RRFFQ69G5FAV"], b"01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (["export", "last", "x.unknown"], b"x.unknown"),
        (["frobnicate"], b"frobnicate"),
    ],
)
def test_a_failure_of_our_own_exits_with_125_and_says_what_to_do(hotspots, words: list[str], said: bytes) -> None:
    failed = hotspots(*words)
    assert failed.returncode == 125
    assert said in failed.stderr
    assert b"Traceback" not in failed.stderr


def test_standard_input_reaches_the_target(hotspots, script: Script) -> None:
    run = hotspots("run", "--quiet", script("import sys; print(sys.stdin.read().upper())"), stdin=b"from outside")
    assert run.stdout == b"FROM OUTSIDE\n"


def test_bytes_that_are_not_utf8_come_through_unchanged(hotspots, script: Script) -> None:
    run = hotspots("run", "--quiet", script(r"import sys; sys.stdout.buffer.write(b'\xff\xfe\x00ok\n')"))
    assert run.stdout == b"\xff\xfe\x00ok\n"


def test_output_that_is_far_ahead_of_us_at_the_end_is_passed_on_whole(store: Path, script: Script) -> None:
    source = "import sys\nfor _ in range(50):\n    sys.stdout.write('x' * (1 << 20))\nsys.stderr.write('y' * (1 << 20))"
    code = """if True:
        import sys, time
        from pathlib import Path
        from jupyterlab_hotspots.cli.follow import Follower
        from jupyterlab_hotspots.runs import launch
        from jupyterlab_hotspots.runs.request import RunRequest
        from jupyterlab_hotspots.targets.script import script_target
        target = script_target(sys.argv[2])
        run = launch.create(sys.argv[1], RunRequest(target=target, profiler="cprofile", cwd="/", python=sys.executable))
        launch.start(run)
        while not run.result_file.exists():
            time.sleep(0.02)
        Follower(run, quiet=True).follow()
    """
    done = subprocess.run(
        [sys.executable, "-c", code, str(store), str(script(source))], capture_output=True, check=True
    )
    assert done.stdout == b"x" * (50 << 20)
    assert done.stderr == b"y" * (1 << 20)


@pytest.mark.parametrize(
    "words", [["~nobody-of-that-name/work.py"], ["x" * 5000], ["--python", "~nobody-of-that-name/p"]]
)
def test_a_path_that_cannot_be_is_said(hotspots, script: Script, words: list[str]) -> None:
    run = hotspots("run", *words, script("pass"))
    assert run.returncode == 125
    assert b"There is no" in run.stderr and b"Traceback" not in run.stderr


def test_an_argument_that_is_no_text_is_refused_rather_than_changed(hotspots, script: Script) -> None:
    run = hotspots("run", script("pass"), os.fsdecode(b"\xff"))
    assert run.returncode == 125
    assert b"must be Unicode" in run.stderr


def test_interrupting_stops_the_target_and_reports_what_was_measured(
    script: Script, tmp_path: Path, store: Path
) -> None:
    path = script("print('ready', flush=True)\ndef spin():\n    while True:\n        sum(range(1000))\nspin()\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab_hotspots", "run", path],
        env={**os.environ, "HOTSPOTS_STORE": str(store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"cancelled" in err and b"spin" in err


def test_a_target_that_closes_its_output_early_does_not_end_the_run(hotspots, script: Script) -> None:
    run = hotspots("run", script("import os, time\nos.close(1)\nos.close(2)\ntime.sleep(0.4)\n"))
    assert run.returncode == 0
    listed = json.loads(hotspots("list", "--json").stdout)
    assert listed[0]["wall_s"] > 0.4


def test_help_has_an_example_for_every_command(hotspots) -> None:
    for command in ("run", "list", "show", "export", "profilers"):
        shown = hotspots(command, "--help")
        assert shown.returncode == 0
        assert b"example" in shown.stdout


def test_rows_that_cannot_be_shown_are_refused_before_the_target_runs(hotspots, script, store: Path) -> None:
    ended = hotspots("run", "--limit", "-3", script("print('ran')"))
    assert ended.returncode == 125 and b"rows cannot be shown" in ended.stderr
    assert not list(store.glob("runs/*"))
