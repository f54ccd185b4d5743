"""What importing costs: modules that a start-up must not pay for stay out."""

from __future__ import annotations

import subprocess
import sys

import pytest


def imported_by(statements: str) -> set[str]:
    program = f"{statements}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_itself_imports_nothing() -> None:
    found = imported_by("import jupyterlab_hotspots.profiles")
    assert not found & {"numpy", "pyarrow", "msgspec", "pandas"}


@pytest.mark.parametrize("module", ["rows", "run_info", "profile", "columns"])
def test_the_words_of_the_model_need_neither_numpy_nor_pyarrow(module: str) -> None:
    assert not imported_by(f"import jupyterlab_hotspots.profiles.{module}") & {"numpy", "pyarrow", "pandas"}


def test_a_profile_is_built_ranked_merged_compared_and_written_without_pandas() -> None:
    found = imported_by(
        """
from jupyterlab_hotspots.profiles.compare import compare_tables
from jupyterlab_hotspots.profiles.document import decode, encode, from_document, to_document
from jupyterlab_hotspots.profiles.graph import callers
from jupyterlab_hotspots.profiles.merge import merge_measurements
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, LineRow, NodeRow, TelemetryRow
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.profiles.tables import build
import numpy
functions = build(FunctionRow, {"function": ["f", "g"], "file": ["/a.py", None], "own_s": [1.0, None], "calls": [1, 2]})
edges = build(EdgeRow, {"caller": numpy.array([0]), "callee": [1]})
lines = build(LineRow, {"line": [1, 2], "hits": [3, None], "time_s": [1.0, 2.0]})
tree = build(NodeRow, {"parent": [None, 0], "name": ["f", "g"]})
found = Measurements(functions=functions, edges=edges, lines=lines, tree=tree)
found = merge_measurements([found, found])
rank(found.functions, by="function", text="f", hide_library=True, limit=1)
callers(found, 1)
compare_tables(functions, found.functions).to_pydict()
telemetry = build(TelemetryRow, {"t_s": [0.0], "rss_bytes": [1]})
run = RunInfo(id="1", status="running", target=TargetInfo(kind="script", name="a"), profiler="cprofile", created="now")
from_document(decode(encode(to_document(Profile(run, found, telemetry)))))
"""
    )
    assert "pyarrow" in found and "pandas" not in found
