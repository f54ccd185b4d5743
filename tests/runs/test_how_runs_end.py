"""Every way a script can end is told apart, and nothing of what it did before is lost."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from jupyterlab_hotspots.errors import BadRequest


def of_type(run: Any, kind: str) -> list[dict[str, Any]]:
    return [event for event in run.events() if event["type"] == kind]


def test_a_script_that_returns_succeeds(runs: Any) -> None:
    run, result = runs.run("print('done')")
    assert (result["status"], result["exit_code"]) == ("succeeded", 0)
    assert "reason" not in result and "signal" not in result
    assert run.stdout_file.read_text() == "done\n"
    assert run.state() == "ended"


def test_the_result_says_what_ran_and_what_it_took(runs: Any) -> None:
    _, result = runs.run("import time\nsum(range(2_000_000))\ntime.sleep(0.2)", "--n", "3")
    assert result["target"]["name"] == "script.py"
    assert result["target"]["args"] == ["--n", "3"]
    assert 0.2 < result["code_s"] < result["wall_s"] < 30
    assert 0 < result["startup_s"] < result["wall_s"]
    assert 0 < result["cpu_s"] < 30
    assert 5e6 < result["peak_rss_bytes"] < 1e9
    assert result["started"] < result["ended"]
    assert result["host"] == os.uname().nodename
    assert result["python"].count(".") == 2


def test_the_result_can_be_read_as_run_info(runs: Any) -> None:
    msgspec = pytest.importorskip("msgspec")
    from jupyterlab_hotspots.profiles.run_info import RunInfo

    _, result = runs.run("raise ValueError('no')")
    info = msgspec.convert(result, RunInfo)
    assert info.status == "failed" and info.has_ended
    assert info.error == "ValueError: no"


def test_an_exit_status_is_kept(runs: Any) -> None:
    _, result = runs.run("import sys\nsys.exit(3)")
    assert (result["status"], result["exit_code"], result["reason_code"]) == ("failed", 3, "exit_code")
    assert result["reason"] == "It exited with status 3."


def test_a_message_as_exit_status_is_the_reason(runs: Any) -> None:
    _, result = runs.run("import sys\nsys.exit('no input')")
    assert result["exit_code"] == 1
    assert result["reason"] == "It exited with status 1: no input"


def test_an_exception_is_the_reason_with_its_line(runs: Any) -> None:
    run, result = runs.run("def f():\n    raise KeyError('x')\nf()\n")
    assert (result["status"], result["exit_code"], result["reason_code"]) == ("failed", 1, "raised")
    assert result["reason"] == "KeyError: 'x' (script.py, line 2)"
    assert "Traceback" in run.stderr_file.read_text()


def test_os_exit_ends_a_run_without_a_word(runs: Any) -> None:
    _, result = runs.run("import os\nos._exit(7)")
    assert (result["status"], result["exit_code"], result["reason_code"]) == ("failed", 7, "exit_code")


def test_a_segmentation_fault_is_named(runs: Any) -> None:
    _, result = runs.run("import ctypes\nctypes.string_at(0)")
    assert (result["status"], result["signal"], result["reason_code"]) == ("failed", signal.SIGSEGV, "signal")
    assert "segmentation fault" in result["reason"]
    assert "exit_code" not in result


def test_sigkill_from_outside_is_not_taken_for_lack_of_memory(runs: Any) -> None:
    _, result = runs.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert (result["status"], result["signal"]) == ("failed", signal.SIGKILL)
    assert "SIGKILL" in result["reason"] and "memory" not in result["reason"]


def test_a_syntax_error_in_the_target_says_its_line(runs: Any) -> None:
    run, result = runs.run("x = 1\nif x\n    pass\n")
    assert (result["status"], result["exit_code"], result["reason_code"]) == ("failed", 1, "syntax_error")
    assert "line 2" in result["reason"]
    assert "code_s" not in result
    assert "if x" in run.stderr_file.read_text()


def test_a_script_deleted_before_it_starts_fails_with_its_name(runs: Any) -> None:
    from jupyterlab_hotspots.runs import launch

    run = runs.create("pass")
    (runs.work / "script.py").unlink()
    launch.start(run)
    result = runs.result(run)
    assert result["status"] == "failed" and result["exit_code"] == 2
    assert "script.py" in result["reason"]


def test_a_working_directory_deleted_before_it_starts_is_named(runs: Any) -> None:
    from jupyterlab_hotspots.runs import launch

    cwd = runs.folder / "gone"
    cwd.mkdir()
    run = runs.create("pass", cwd=str(cwd))
    cwd.rmdir()
    launch.start(run)
    result = runs.result(run)
    assert (result["status"], result["reason_code"]) == ("failed", "cannot_start")
    assert str(cwd) in result["reason"]
    assert "exit_code" not in result and "wall_s" not in result


def test_an_interpreter_that_is_none_is_named(runs: Any) -> None:
    program = runs.folder / "python"
    program.write_text("not a program")
    program.chmod(0o755)
    _, result = runs.run("pass", python=str(program))
    assert result["reason_code"] == "cannot_start"
    assert str(program) in result["reason"]


def test_a_damaged_request_is_said_in_its_own_words(runs: Any) -> None:
    from jupyterlab_hotspots.runs import launch

    run = runs.create("pass")
    run.request_file.write_text(f'{{"id": "{run.id}", "target": {{"kind": "script"}}}}')
    launch.start(run)
    result = runs.result(run)
    assert (result["status"], result["reason_code"]) == ("failed", "cannot_start")
    assert "'path'" in result["reason"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"profiler": "nonesuch"}, "nonesuch"),
        ({"cwd": "/nonesuch"}, "/nonesuch"),
        ({"python": "/nonesuch/python"}, "/nonesuch/python"),
    ],
)
def test_what_cannot_run_is_refused_before_a_directory_is_made(runs: Any, fields: dict[str, str], said: str) -> None:
    import dataclasses

    from jupyterlab_hotspots.runs import launch

    request = dataclasses.replace(runs.request("pass"), **fields)
    with pytest.raises(BadRequest, match=said):
        launch.create(runs.store, request)
    assert not runs.store.exists()


def test_events_are_numbered_without_gaps_and_end_with_finished(runs: Any) -> None:
    run, result = runs.run("import time\nfor i in range(8):\n    print(i, flush=True)\n    time.sleep(0.1)")
    events = run.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["run"] for event in events} == {run.id}
    assert events[0]["type"] == "status" and events[0]["status"] == "running"
    assert [event["type"] for event in events[-2:]] == ["status", "finished"]
    assert events[-1]["info"] == result
    assert events[-2]["status"] == "succeeded"


def test_telemetry_comes_in_columns_and_its_first_event_has_the_limits(runs: Any) -> None:
    run, _ = runs.run("import time\ntime.sleep(1.3)")
    events = of_type(run, "telemetry")
    assert len(events) >= 2
    assert events[0]["limits"]["host_cores"] == os.cpu_count()
    assert "limits" not in events[1]
    times = [t for event in events for t in event["columns"]["t_s"]]
    assert times == sorted(times) and len(times) >= 8
    assert all(len(column) == len(event["columns"]["t_s"]) for event in events for column in event["columns"].values())
    assert max(filter(None, (size for event in events for size in event["columns"]["rss_bytes"]))) > 5e6


def test_live_rows_come_before_the_end(runs: Any) -> None:
    source = """
        import time

        def hot():
            return sum(range(20_000))

        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            hot()
    """
    run, result = runs.run(source)
    rows = of_type(run, "hotspots")
    assert len(rows) >= 2
    assert rows[0]["t"] < result["startup_s"] + 1.0 < result["wall_s"]
    assert "hot" in rows[0]["define"]["function"]
    assert 0 < rows[0]["elapsed_s"] < rows[-1]["elapsed_s"] <= result["code_s"] + 0.01


def test_the_codes_own_time_is_told_apart_from_its_imports(runs: Any) -> None:
    (runs.work / "slow_to_import.py").write_text("import time\ntime.sleep(0.4)\n", encoding="utf-8")
    _, result = runs.run("import slow_to_import, time\ntime.sleep(0.2)\n")
    assert result["import_s"] >= 0.4
    assert 0.2 <= result["code_s"] <= result["wall_s"] - result["import_s"]
