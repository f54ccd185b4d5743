"""What is written is what `pstats` reads: the real reader, on profiles made by hand."""

from __future__ import annotations

import marshal
import pstats
import random
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import importing, pstats_file, registry
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.profiles.tables import build

RUN = RunInfo(
    id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
    status="succeeded",
    target=TargetInfo(kind="script", name="fit.py"),
    profiler="cprofile",
    created="2026-11-21T09:00:00.000Z",
)


def _profile() -> Profile:
    functions = build(
        FunctionRow,
        {
            "function": ["<module>", "recurse", "<built-in method builtins.len>"],
            "file": ["/a/fit.py", "/a/größe.py", None],
            "line": [1, 7, None],
            "calls": [1, 12, 5],
            "primitive_calls": [1, 2, 5],
            "own_s": [0.25, 1.5, 0.125],
            "total_s": [1.875, 1.625, 0.125],
        },
    )
    edges = build(
        EdgeRow,
        {
            "caller": [0, 1, 1],
            "callee": [1, 1, 2],
            "calls": [2, 10, 5],
            "primitive_calls": [2, 0, 5],
            "own_s": [0.5, 1.0, 0.125],
            "total_s": [1.625, 1.0, 0.125],
        },
    )
    return Profile(RUN, Measurements(functions=functions, edges=edges))


def test_pstats_reads_functions_and_callers_with_their_counts(tmp_path: Path) -> None:
    path = tmp_path / "fit.prof"
    registry.by_file_name(path).write(_profile(), path)
    stats = pstats.Stats(str(path))
    recurse, module, length = (
        ("/a/größe.py", 7, "recurse"),
        ("/a/fit.py", 1, "<module>"),
        "<built-in method builtins.len>",
    )
    table = stats.stats  # type: ignore[attr-defined]
    assert table[recurse][:4] == (2, 12, 1.5, 1.625)
    assert table[recurse][4] == {module: (2, 2, 0.5, 1.625), recurse: (10, 0, 1.0, 1.0)}
    assert table["~", 0, length][:4] == (5, 5, 0.125, 0.125)
    assert stats.total_calls == 18 and stats.prim_calls == 8  # type: ignore[attr-defined]
    assert stats.total_tt == 1.875  # type: ignore[attr-defined]


def test_a_profile_without_times_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as refused:
        pstats_file.write(Profile(RUN, Measurements()), tmp_path / "x.prof")
    assert "measures no time" in refused.value.message and refused.value.hint
    assert not (tmp_path / "x.prof").exists()


def _sharing(form: str, count: int = 40) -> dict[Any, Any]:
    """Tables that mean the same kind of thing and are marshalled differently: by what their objects share."""
    choose = random.Random(form)
    keys = [(f"/a/{n % 3}.py", 10**9 + n if form == "large" else n + 1, f"f{n}") for n in range(count)]
    nothing: dict[Any, Any] = {}
    table: dict[Any, Any] = {}
    for number, key in enumerate(keys):
        callers: dict[Any, Any] = {}
        for caller in choose.sample(keys, choose.randrange(4)):
            calls, seconds = choose.randrange(3000), choose.random()
            name = (*caller,) if form == "keys" else caller
            callers[name] = {
                "numbers": (calls, calls, seconds, seconds),
                "constants": (1, 1, 0.5, 0.25),
                "large": (calls + 2**40, 2**62, seconds, 7),
            }.get(form, (calls, calls + 0, seconds, seconds / 2))
        total = choose.random()
        if form == "empty" or not callers:
            callers = nothing
        table[key] = (number + 300, number + 300, total, total, callers)
    return table


@pytest.mark.parametrize("form", ["plain", "numbers", "constants", "keys", "large", "empty"])
@pytest.mark.parametrize("version", [2, 3, 4])
def test_however_it_is_marshalled_it_is_read_as_pstats_reads_it(form: str, version: int, tmp_path: Path) -> None:
    path, again = tmp_path / "x.prof", tmp_path / "again.prof"
    table = _sharing(form)
    path.write_bytes(marshal.dumps(table, version))
    profile = Profile(RUN, importing.read_file(path, form="pstats").measurements)
    pstats_file.write(profile, again)
    assert pstats.Stats(str(again)).stats == table  # type: ignore[attr-defined]


def test_an_unknown_format_or_ending_names_those_there_are() -> None:
    with pytest.raises(BadRequest) as refused:
        registry.by_name("gif")
    assert "pstats" in refused.value.hint
    with pytest.raises(BadRequest) as refused:
        registry.by_file_name(Path("x.gif"))
    assert ".prof" in refused.value.hint
