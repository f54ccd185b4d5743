"""`jupyter hotspots reference …`: the two sub-commands, and a help that does not wait for astropy."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.reference.commands import prepare_parser, run


def run_words(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="jupyter hotspots reference")
    prepare_parser(parser)
    return run(parser.parse_args(words))


def test_simulate_then_hostless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alerts = str(tmp_path / "alerts.parquet")
    assert run_words("simulate", "--alerts", "40", "--seed", "2", "--output", alerts, "--quiet") == 0
    assert capsys.readouterr().out.startswith("made 40, wrong-sized 1, candidates 1, seed 2, ")
    options = ["--output", str(tmp_path), "--shuffles", "2", "--quiet"]
    assert run_words("hostless", "--alerts", alerts, *options) == 0
    assert capsys.readouterr().out.startswith("read 40, full size 39, candidates 1, ")


def test_progress_of_the_simulation_is_said_in_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_words("simulate", "--alerts", "20", "--output", str(tmp_path / "alerts.parquet")) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("made 20 of 20, ")


def test_an_error_is_left_to_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(HotspotsError, match="does not exist"):
        run_words("hostless", "--alerts", str(tmp_path / "absent.parquet"))


@pytest.mark.parametrize(
    "words", [[], ["simulate"], ["simulate", "--alerts", "0", "--output", "a"], ["nonsense"]], ids=str
)
def test_a_wrong_option_ends_in_the_parser(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_words(*words)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_reading_the_options_imports_nothing_heavy() -> None:
    code = (
        "import argparse, sys\n"
        "from jupyterlab_hotspots.reference import commands, pipeline\n"
        "commands.prepare_parser(argparse.ArgumentParser())\n"
        "print(sorted({'numpy', 'scipy', 'astropy', 'pyarrow', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
