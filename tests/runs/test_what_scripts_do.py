"""Scripts print, fork, read and move about as they would without us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def warnings(run: Any) -> list[str]:
    return [event["code"] for event in run.events() if event["type"] == "warning"]


def test_100_mb_of_output_arrive_whole(runs: Any) -> None:
    run, result = runs.run("import sys\nfor _ in range(100):\n    sys.stdout.write('x' * (1 << 20))")
    assert result["status"] == "succeeded"
    assert run.stdout_file.stat().st_size == 100 << 20
    sizes = [event["stdout"] for event in run.events() if event["type"] == "output"]
    assert sizes[-1] == 100 << 20
    assert run.events_file.stat().st_size < 1 << 20


def test_bytes_that_are_not_utf8_are_kept(runs: Any) -> None:
    run, result = runs.run("import sys\nsys.stdout.buffer.write(bytes(range(256)))\nsys.stderr.buffer.write(b'\\xff')")
    assert result["status"] == "succeeded"
    assert run.stdout_file.read_bytes() == bytes(range(256))
    assert run.stderr_file.read_bytes() == b"\xff"


def test_a_fork_that_is_waited_for_is_part_of_the_run(runs: Any) -> None:
    source = """
        import os
        pid = os.fork()
        if pid == 0:
            sum(range(10_000_000))
            print("child", flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        print("parent")
    """
    run, result = runs.run(source)
    assert result["status"] == "succeeded"
    assert run.stdout_file.read_text() == "child\nparent\n"
    assert result["cpu_s"] > 0.05
    assert "children_left" not in warnings(run)


def test_threads_run_to_their_end(runs: Any) -> None:
    source = """
        import threading, time
        def work():
            time.sleep(0.3)
            print("thread")
        threading.Thread(target=work).start()
        print("main")
    """
    run, result = runs.run(source)
    assert result["status"] == "succeeded"
    assert run.stdout_file.read_text() == "main\nthread\n"


def test_standard_input_is_empty_unless_given(runs: Any) -> None:
    run, result = runs.run("import sys\nprint(repr(sys.stdin.read()))")
    assert result["status"] == "succeeded"
    assert run.stdout_file.read_text() == "''\n"


def test_standard_input_can_be_a_pipe(runs: Any) -> None:
    read, write = os.pipe()
    run = runs.start("print(input() + '!')", stdin=read)
    os.close(read)
    os.write(write, b"hello\n")
    assert runs.result(run)["status"] == "succeeded"
    assert run.stdout_file.read_text() == "hello!\n"
    # Nobody else of ours keeps the reading end open.
    with pytest.raises(BrokenPipeError):
        os.write(write, b"more")
    os.close(write)


def test_a_script_may_change_its_directory(runs: Any) -> None:
    run, result = runs.run("import os\nos.chdir('/')\nprint(os.getcwd())")
    assert result["status"] == "succeeded"
    assert run.stdout_file.read_text() == "/\n"


def test_a_script_may_replace_or_close_its_output(runs: Any) -> None:
    source = """
        import io, os, sys
        print("before", flush=True)
        sys.stdout = io.StringIO()
        print("unseen")
        os.close(1)
        os.close(2)
    """
    run, result = runs.run(source)
    assert result["status"] == "succeeded"
    assert run.stdout_file.read_text() == "before\n"


def test_the_environment_is_ours_plus_what_was_asked_for(runs: Any) -> None:
    source = "import os\nprint(os.environ['GREETING'], os.environ['HOTSPOTS_RUN'], 'PATH' in os.environ)"
    run, _ = runs.run(source, env={"GREETING": "grüß dich"})
    assert run.stdout_file.read_text(encoding="utf-8") == f"grüß dich {run.id} True\n"


def test_the_target_is_a_session_of_its_own_with_default_signals(runs: Any) -> None:
    source = """
        import os, signal
        print(os.getsid(0) == os.getpid() == os.getpgrp())
        print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        others = (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGQUIT)
        print([one.name for one in others if signal.getsignal(one) != signal.SIG_DFL])
        print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
    """
    run, _ = runs.run(source)
    assert run.stdout_file.read_text() == "True\nTrue\n[]\n[]\n"


def test_the_target_has_no_open_files_of_ours(runs: Any) -> None:
    source = """
        import os
        for descriptor in range(3, 200):
            try:
                print(os.readlink(f"/proc/self/fd/{descriptor}"))
            except OSError:
                pass
    """
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc to look into")
    run, _ = runs.run(source)
    assert run.stdout_file.read_text() == ""


def test_arguments_and_names_need_not_be_ascii(runs: Any) -> None:
    run, result = runs.run("import sys\nprint(sys.argv)", "日本", "a b", "", name="größe 1.py")
    assert result["status"] == "succeeded"
    assert result["target"]["name"] == "größe 1.py"
    assert "日本" in run.stdout_file.read_text(encoding="utf-8")


def test_what_it_left_in_the_background_goes_on_and_is_named(runs: Any, until: Any) -> None:
    source = """
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print(child.pid, flush=True)
    """
    run, result = runs.run(source)
    assert result["status"] == "succeeded"
    pid = int(run.stdout_file.read_text())
    (warning,) = [event for event in run.events() if event.get("code") == "children_left"]
    assert warning["pids"] == [pid]
    os.kill(pid, 0)  # It is still there; the fixture ends it.


def test_a_run_started_by_a_process_that_ignores_sigint_can_still_be_interrupted(runs: Any) -> None:
    run = runs.create("import signal\nprint(signal.getsignal(signal.SIGINT) is signal.default_int_handler)")
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "from jupyterlab_hotspots.runs import launch; "
        "from jupyterlab_hotspots.runs.directory import RunDirectory; launch.start(RunDirectory(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(run.path)], check=True)
    assert runs.result(run)["status"] == "succeeded"
    assert run.stdout_file.read_text() == "True\n"


def test_a_script_that_writes_nonsense_where_its_live_rows_are_goes_on(runs: Any) -> None:
    run, result = runs.run("""
        import os
        with open(os.path.dirname(os.environ["HOTSPOTS_PROGRESS"]) + "/raw/live.jsonl", "a") as file:
            print('{"type": "ready", "t": 1, "signal": 9, "python": ["3"]}', file=file)
            print('{"type": "hotspots", "t": ' + "9" * 400 + "}", file=file)
            print('{"type": "hotspots", "t": 1, "table": "t", "update": {"id": [[]], "own_s": ["x"]}}', file=file)
            print('{"type": "stopped", "t": -1e308, "how": [], "import_s": "x", "error": {"type": []}}', file=file)
            print('{"type": "started", "t": 1e308}', file=file)
        sum(sum(range(1000)) for _ in range(20_000))
        print("whole")
    """)
    assert (result["status"], run.stdout_file.read_text()) == ("succeeded", "whole\n")
    assert result["python"].startswith("3.") and 0 <= result["code_s"] < 60
    assert warnings(run) == ["bad_agent_line"]
    assert not run.supervisor_log.read_text()


def test_a_module_runs_from_the_working_directory_with_relative_imports(runs: Any) -> None:
    from jupyterlab_hotspots.runs import launch
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.targets.module import module_target

    package = runs.work / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "other.py").write_text("VALUE = 42")
    (package / "tool.py").write_text("import sys\nfrom .other import VALUE\nprint(VALUE, __name__, sys.argv[1:])")
    target = module_target("package.tool", ["--x"])
    request = RunRequest(target=target, profiler="cprofile", cwd=str(runs.work), python=sys.executable)
    run = runs.add(launch.create(runs.store, request))
    launch.start(run)
    result = runs.result(run)
    assert (result["status"], result["target"]["module"]) == ("succeeded", "package.tool")
    assert run.stdout_file.read_text() == "42 __main__ ['--x']\n"


def test_a_module_that_does_not_exist_is_named(runs: Any) -> None:
    from jupyterlab_hotspots.runs import launch
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.targets.module import module_target

    target = module_target("no_such_module")
    request = RunRequest(target=target, profiler="cprofile", cwd=str(runs.work), python=sys.executable)
    run = runs.add(launch.create(runs.store, request))
    launch.start(run)
    result = runs.result(run)
    assert (result["status"], result["exit_code"]) == ("failed", 1)
    assert "no_such_module" in result["reason"]
