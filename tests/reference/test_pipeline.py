"""The pipeline as a user meets it: a plain script and a module, its options, its environment, what it prints."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.reference import pipeline

SUMMARY = re.compile(r"read (\d+), full size (\d+), candidates (\d+), \d+\.\d alerts/s\n")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HOTSPOTS_ALERTS", raising=False)
    monkeypatch.delenv("HOTSPOTS_OUTPUT", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "how", [[pipeline.__file__], ["-m", "jupyterlab_hotspots.reference.pipeline"]], ids=["script", "module"]
)
def test_it_runs_as_a_script_and_as_a_module(how: list[str], simulated_file: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *how, "--alerts", str(simulated_file), "--output", "results", "--shuffles", "2"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    summary = SUMMARY.fullmatch(done.stdout)
    assert summary is not None
    assert summary.groups() == ("200", "197", "3")
    lines = done.stderr.splitlines()
    assert [re.sub(r", .*", "", line) for line in lines] == [f"read {part} of 200" for part in range(20, 201, 20)]
    assert (tmp_path / "results" / "hostless.parquet").exists()


def test_a_terminal_gets_a_bar_and_the_summary_stays_alone_on_stdout(few_alerts: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = ["--alerts", str(few_alerts), "--output", "results", "--shuffles", "2"]
    child = subprocess.Popen(
        [sys.executable, pipeline.__file__, *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(theirs)
    seen = bytearray()
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # how Linux says that the other end was closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    out, _ = child.communicate()
    assert child.returncode == 0
    assert SUMMARY.fullmatch(out)
    assert "6/6" in seen.decode()
    assert "alerts/s" in seen.decode()


def test_quiet_says_nothing_but_the_summary(few_alerts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pipeline.main(["--alerts", str(few_alerts), "--output", "results", "--quiet"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert SUMMARY.fullmatch(said.out)


def test_the_environment_names_alerts_and_output(
    few_alerts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTSPOTS_ALERTS", str(few_alerts))
    monkeypatch.setenv("HOTSPOTS_OUTPUT", str(tmp_path / "elsewhere"))
    assert pipeline.main(["--quiet"]) == 0
    assert capsys.readouterr().out.startswith("read 6,")
    assert (tmp_path / "elsewhere" / "hostless.parquet").exists()


def test_an_option_goes_before_the_environment(
    few_alerts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_ALERTS", "nowhere.parquet")
    monkeypatch.setenv("HOTSPOTS_OUTPUT", "nowhere")
    assert pipeline.main(["--alerts", str(few_alerts), "--output", "here", "--quiet"]) == 0
    assert (tmp_path / "here" / "hostless.parquet").exists()
    assert not (tmp_path / "nowhere").exists()


def test_limit_reads_the_first_alerts_only(simulated_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pipeline.main(["--alerts", str(simulated_file), "--limit", "5", "--shuffles", "2", "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("read 5,")


def test_without_alerts_the_error_names_the_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    assert pipeline.main([]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "No file of alerts was given. " in said.err
    assert "reference simulate" in said.err


def test_a_missing_file_is_two_sentences_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert pipeline.main(["--alerts", "absent.parquet"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(r"error: The file of alerts absent\.parquet does not exist\. [A-Z].*\.\n$", said.err)
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "wrong",
    [["--shuffles", "1"], ["--shuffles", "many"], ["--seed", "-1"], ["--limit", "0"], ["--unknown"], ["stray"]],
)
def test_a_wrong_option_ends_with_status_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        pipeline.main(wrong)
    assert end.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_unreadable_stamps_are_said_and_do_not_fail_the_run(
    few_alerts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(few_alerts)
    index = table.schema.get_field_index("cutoutScience")
    torn = pa.array([b"torn", None, *table["cutoutScience"].to_pylist()[2:]], pa.binary())
    pq.write_table(table.set_column(index, "cutoutScience", torn), tmp_path / "torn.parquet")
    assert pipeline.main(["--alerts", "torn.parquet", "--quiet", "--shuffles", "2"]) == 0
    said = capsys.readouterr()
    assert "corrupt 1, null 1" in said.err
    assert SUMMARY.fullmatch(said.out)


def test_a_missing_package_is_said_with_what_to_install(few_alerts: Path) -> None:
    # None in sys.modules is how Python itself marks a module that cannot be imported.
    code = (
        "import sys; sys.modules['astropy'] = None\n"
        "from jupyterlab_hotspots.reference.pipeline import main\n"
        f"sys.exit(main(['--alerts', {str(few_alerts)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "needs the package astropy" in done.stderr
    assert 'pip install "jupyterlab-hotspots[reference]"' in done.stderr
    assert "Traceback" not in done.stderr
