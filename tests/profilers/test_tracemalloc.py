"""What lines hold what, in every Python: at the end, more than at a mark, and while the code runs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from agent_runs import PACKAGE, Agent, AgentRun, Started

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.tracemalloc.room import is_room_for
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

COLLECTOR = PACKAGE / "profilers" / "tracemalloc" / "collector.py"


def recorded(agent: Agent, source: str, **options: Any) -> AgentRun:
    return agent.run(agent.write(source), collector=COLLECTOR, **options)


def started(agent: Agent, source: str, **options: Any) -> Started:
    return agent.start(agent.write(source), collector=COLLECTOR, **options)


def read(raw: Path, **known: Any) -> Measurements:
    target = TargetInfo(kind="script", name="script.py")
    info = RunInfo(id="r", status="succeeded", target=target, profiler="tracemalloc", created="", **known)
    return registry.reader("tracemalloc").read(raw, ReadContext(info=info))


def rows(found: Measurements, table: str) -> list[dict[str, Any]]:
    measured = found.table(table)
    assert measured is not None
    return measured.to_pylist()  # pyright: ignore


OWN_BLOCK = 2048
"""A block that Python 3.10 may take for itself while a line runs (seen with one build of it, not with another)."""


def bytes_near(known: int) -> Any:
    """The size, with what the interpreter may add."""
    return pytest.approx(known + OWN_BLOCK / 2, abs=OWN_BLOCK / 2)


def site(found: Measurements, number: int) -> dict[str, Any]:
    (row,) = [row for row in rows(found, "sites") if row["line"] == number and row["file"].endswith("/script.py")]
    return row


SOURCE = """\
def make(n):
    return bytes(n)
def frees():
    gone = bytearray(4_000_000)
    return len(gone)
kept = [make(1000) for _ in range(2000)]
frees()
small = [str(number) for number in range(100_000, 150_000)]
import sys; print(sum(map(sys.getsizeof, small)) + sys.getsizeof(small))
"""


def test_what_is_held_at_the_end(agent: Agent) -> None:
    run = recorded(agent, SOURCE)
    assert (run.stderr, run.returncode) == (b"", 0)
    found = read(run.raw)
    assert found.warnings == ()
    made = site(found, 2)
    assert (made["origin"], made["source"]) == ("own", "    return bytes(n)")
    assert made["count"] in (2000, 2001) and made["growth_count"] == made["count"]
    assert made["size_bytes"] == made["growth_bytes"] == bytes_near(2000 * 1033)
    assert site(found, 8)["size_bytes"] == pytest.approx(int(run.stdout), rel=0.005)
    assert [row for row in rows(found, "sites") if row["line"] == 4 and row["file"].endswith("/script.py")] == []
    assert found.tree is None
    (line,) = [row for row in rows(found, "lines") if row["line"] == 2 and row["file"].endswith("/script.py")]
    assert line["leaked_bytes"] == made["size_bytes"]
    samples = rows(found, "samples")
    assert samples[-1]["heap_bytes"] == pytest.approx(sum(row["size_bytes"] for row in rows(found, "sites")), rel=0.1)


def test_nothing_of_the_agent_is_in_it(agent: Agent) -> None:
    source = "import time\nkept = []\nfor i in range(40):\n    kept.append(bytes(2000))\n    time.sleep(0.01)\n"
    for options in ({}, {"frames": 20}):
        run = recorded(agent, source, hz=50.0, collector_options=options)
        found = read(run.raw)
        for table in ("sites", "lines") if not options else ("sites", "lines", "tree"):
            assert not [row for row in rows(found, table) if row["file"].startswith(str(PACKAGE))], table
        for said in run.of_type("hotspots"):
            assert not [file for file in said["define"]["file"] if file.startswith(str(PACKAGE))]
        assert site(found, 4)["size_bytes"] == pytest.approx(40 * 2033, abs=0.02 * 40 * 2033 + OWN_BLOCK)


def test_stacks_give_a_tree(agent: Agent) -> None:
    found = read(recorded(agent, SOURCE, collector_options={"frames": 10.0}).raw)
    tree = rows(found, "tree")
    (leaf,) = [row for row, node in enumerate(tree) if node["line"] == 2]
    path: list[int] = []
    node: int | None = leaf
    while node is not None:
        path.append(tree[node]["line"])
        node = tree[node]["parent"]
    assert path == ([2, 6] if agent.version >= (3, 12) else [2, 6, 6])
    assert tree[leaf]["leaked_bytes"] == site(found, 2)["size_bytes"] == bytes_near(2000 * 1033)
    (line,) = [row for row in rows(found, "lines") if row["line"] == 6]
    assert line["total_leaked_bytes"] >= 2000 * 1033 > line["leaked_bytes"]


def test_rows_come_while_it_runs_and_fall_when_memory_is_freed(agent: Agent) -> None:
    source = """
import time
def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
def hold():
    return bytearray(3_000_000)
held = hold()
spin(0.3)
held = None
spin(0.3)
"""
    run = recorded(agent, source, hz=30.0)
    told: list[tuple[int, int]] = []
    ids: set[int] = set()
    for said in run.of_type("hotspots"):
        define, update = said["define"], said["update"]
        places = zip(define["id"], define["file"], define["line"], strict=True)
        ids |= {row_id for row_id, file, line in places if file.endswith("/script.py") and line == 7}
        values = zip(update["id"], update["size_bytes"], update["growth_bytes"], strict=True)
        told += [(size, growth) for row_id, size, growth in values if row_id in ids]
        assert said["cost_s"] >= 0
    assert len(ids) == 1
    assert told[0] == pytest.approx((3_000_000, 3_000_000), rel=0.001)
    assert told[-1] == (0, 0)


def test_growth_counts_from_the_mark(agent: Agent) -> None:
    source = """
import time
early = [bytes(1000) for _ in range(1000)]
time.sleep(0.4)
late = [bytes(1000) for _ in range(500)]
shrinks = early[:100]
del early
"""
    run = recorded(agent, source, hz=20.0, collector_options={"mark_s": 0.15})
    found = read(run.raw)
    assert site(found, 5)["growth_bytes"] == pytest.approx(500 * 1033, rel=0.05)
    shrunk = site(found, 3)
    assert shrunk["size_bytes"] == pytest.approx(100 * 1033, rel=0.05)
    assert shrunk["growth_bytes"] == pytest.approx(-900 * 1033, rel=0.05)
    assert shrunk["growth_count"] < -850
    assert found.warnings == ()
    first, *later = run.of_type("hotspots")
    assert first["update"]["id"] == [], "before the mark nothing has grown"
    assert later[-1]["update"]["id"] != []


def test_a_mark_that_was_not_set_is_said(agent: Agent) -> None:
    found = read(recorded(agent, "kept = bytes(10_000)\n", collector_options={"mark_s": 60.0}).raw)
    assert [warning.code for warning in found.warnings] == ["mark_not_set"]
    assert site(found, 1)["growth_bytes"] == bytes_near(10_033)


def test_memory_traced_before_the_code_is_no_growth(agent: Agent) -> None:
    source = "import sys\nkept = bytes(10_000)\n"
    found = read(recorded(agent, source, flags=["-X", "tracemalloc=1"]).raw)
    assert site(found, 2)["growth_bytes"] == bytes_near(10_033)
    library = [row for row in rows(found, "sites") if row["origin"] != "own"]
    held = sum(row["size_bytes"] for row in library)
    assert held > 50_000
    assert abs(sum(row["growth_bytes"] for row in library)) < held / 4


def test_code_that_stops_tracing_keeps_what_was_seen_and_is_told(agent: Agent) -> None:
    source = "import time, tracemalloc\nkept = bytes(10_000)\ntime.sleep(0.4)\ntracemalloc.stop()\nmore = bytes(10)\n"
    found = read(recorded(agent, source, hz=20.0).raw)
    assert [warning.code for warning in found.warnings] == ["tracing_stopped"]
    assert site(found, 2)["size_bytes"] == bytes_near(10_033)


def test_code_may_use_tracemalloc_itself_to_its_end(agent: Agent) -> None:
    source = """
import atexit, tracemalloc
tracemalloc.start()
kept = bytes(10_000)
def late():
    print(any(trace.size == 10_033 for trace in tracemalloc.take_snapshot().traces))
atexit.register(late)
late()
"""
    run = recorded(agent, source)
    assert run.stdout == b"True\nTrue\n"
    assert site(read(run.raw), 4)["size_bytes"] == bytes_near(10_033)


def test_a_process_that_is_gone_leaves_its_last_look(agent: Agent) -> None:
    begun = started(agent, "import time\nkept = [bytes(1000) for _ in range(500)]\nwhile True:\n    time.sleep(0.01)\n")
    begun.wait_for("started")
    while not (begun.raw / "tracemalloc.columns").exists():
        assert begun.process.poll() is None
        begun.ask()
        time.sleep(0.05)  # A wish that comes while one is being answered is dropped.
    begun.process.kill()
    run = begun.finish()
    for tables in (True, False):
        if not tables:
            (run.raw / "tracemalloc.columns").unlink()
        found = read(run.raw)
        assert site(found, 2)["size_bytes"] == pytest.approx(500 * 1033, rel=0.05)
        (warning,) = found.warnings
        assert warning.code == "cut_short"


def test_before_the_first_look_there_is_nothing_and_that_is_said(agent: Agent) -> None:
    found = read(recorded(agent, "import os\nos._exit(3)\n").raw)
    assert rows(found, "sites") == []
    assert [warning.code for warning in found.warnings] == ["cut_short"]


def test_children_exceptions_and_exit_statuses_are_the_targets_own(agent: Agent) -> None:
    forks = """
import os, sys, _tracemalloc
pid = os.fork()
if pid == 0:
    print(_tracemalloc.is_tracing(), flush=True)
    sys.exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
raise KeyError("x")
"""
    run, plain = recorded(agent, forks), agent.plain(agent.work / "script.py")
    assert (run.stdout, run.stderr, run.returncode) == (plain.stdout, plain.stderr, plain.returncode)
    assert read(run.raw).warnings == ()


def test_tables_are_ranked_by_what_was_asked(agent: Agent) -> None:
    found = read(recorded(agent, SOURCE).raw)
    assert found.sites is not None and found.lines is not None
    for table, by in ((found.sites, "size_bytes"), (found.sites, "growth_bytes"), (found.lines, "leaked_bytes")):
        assert rank(table, by=by, limit=1).table.column("line").to_pylist() == [8]
    assert rank(found.sites, limit=1).table.column("line").to_pylist() == [8]


def test_as_many_blocks_as_the_standard_librarys_own_snapshot_has(agent: Agent) -> None:
    source = """
import json, tracemalloc
def make(n):
    return {str(i): [i] * 10 for i in range(n)}
kept = [make(50) for _ in range(200)]
taken = tracemalloc.take_snapshot().statistics("lineno")
print(json.dumps({s.traceback[0].lineno: [s.size, s.count] for s in taken
    if s.traceback[0].filename == __file__ and s.traceback[0].lineno < 6}))
"""
    run = recorded(agent, source)
    theirs = json.loads(run.stdout)
    found = read(run.raw)
    assert theirs
    for line, (size, count) in theirs.items():
        ours = site(found, int(line))
        assert (ours["size_bytes"], ours["count"]) == pytest.approx((size, count), rel=0.001)


@pytest.mark.parametrize(
    "change",
    [{"depth": [9]}, {"depth": [0]}, {"size_bytes": [-1]}, {"size_bytes": [2**63 - 1]}, {"count": [1, 2]}],
    ids=str,
)
def test_tables_that_do_not_fit_together_are_refused(tmp_path: Path, change: dict[str, list[int]]) -> None:
    from jupyterlab_hotspots.agent.columns import write_columns

    stacks = {name: [1] for name in ("depth", "size_bytes", "count", "mark_bytes", "mark_count")} | change
    write_columns(
        str(tmp_path / "tracemalloc.columns"),
        {"final": True, "t": 1.0, "started": 1.0},
        [
            ("files.name", "text", ["/a.py"]),
            ("files.origin", "text", ["own"]),
            *((f"stacks.{name}", "int64", values) for name, values in stacks.items()),
            ("frames.file", "text", ["/a.py"]),
            ("frames.line", "int64", [3]),
            ("samples.t_s", "float64", []),
            ("samples.heap_bytes", "int64", []),
        ],
    )
    with pytest.raises(HotspotsError):
        read(tmp_path)


def test_where_there_is_no_room_for_a_look_the_code_ends_as_it_would(agent: Agent) -> None:
    source = """
import resource
kept = [bytes(100) for _ in range(300_000)]
with open("/proc/self/statm") as file:
    pages = int(file.read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 20_000_000,) * 2)
print("end")
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("the size of a process is not to be had")
    run = recorded(agent, source)
    assert (run.stdout, run.stderr, run.returncode) == (b"end\n", b"", 0)
    found = read(run.raw)
    assert [warning.code for warning in found.warnings] == ["not_looked_at"]


def test_a_look_is_not_taken_that_would_fill_the_memory() -> None:
    assert is_room_for(0)
    assert is_room_for(10_000_000)
    assert not is_room_for(1 << 50)
