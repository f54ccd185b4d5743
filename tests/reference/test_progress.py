from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyterlab_hotspots.reference.progress import TOLD_BY, with_progress


def test_progress_is_told_to_whoever_watches_and_ends_at_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "progress.jsonl"
    monkeypatch.setenv(TOLD_BY, str(told))
    assert list(with_progress(range(7), 7, "read")) == list(range(7))
    last = json.loads(told.read_text().splitlines()[-1])
    assert (last["done"], last["total"]) == (7, 7)
    assert last["label"].endswith("alerts/s")
    # The watcher draws the bar: nothing is said twice.
    assert capsys.readouterr().err == ""


def test_items_come_through_when_the_watcher_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOLD_BY, str(tmp_path / "missing" / "progress.jsonl"))
    assert list(with_progress("abc", 3, "read")) == ["a", "b", "c"]
