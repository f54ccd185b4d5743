"""What the heap's collector sees of programs whose objects are known, in every Python there is."""

from __future__ import annotations

import signal
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "agent"))

from agent_runs import PACKAGE, Agent, AgentRun

from jupyterlab_hotspots.profilers.heap import reader
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo

COLLECTOR = PACKAGE / "profilers" / "heap" / "collector.py"
INFO = RunInfo(
    id="01M7Z2NWWNBT0YPQJ2JNAGC4ZK",
    status="succeeded",
    target=TargetInfo(kind="script", name="shop.py"),
    profiler="heap",
    created="2026-11-21T12:00:00Z",
)

SHOP = """
    import sys
    import store
    class Thing:
        def __init__(self, number):
            self.number = number
    class Node:
        __slots__ = ("next", "data")
    for number in range(1000):
        store.registry[f"key {number}"] = Thing(number)
    head = None
    for number in range(30):
        node = Node()
        node.next, node.data = head, bytearray(10_000)
        head = node
    class Holder:
        pass
    holder = Holder()
    holder.many = [store.Item() for _ in range(7)]
    blob = bytes(3_000_000)
    print(sum(map(sys.getsizeof, store.registry.values())), sys.getsizeof(Node()) * 30, sys.getsizeof(blob))
"""
STORE = "registry = {}\nclass Item: pass\n"


def run(agent: Agent, source: str, **options: Any) -> AgentRun:
    return agent.run(agent.write(textwrap.dedent(source), "shop.py"), collector=COLLECTOR, **options)


def read(ran: AgentRun) -> Measurements:
    return reader.read(ran.raw, ReadContext(info=INFO))


def sites(measured: Measurements) -> dict[str, dict[str, Any]]:
    assert measured.sites is not None
    return {row["type"]: row for row in measured.sites.to_pylist()}


def chains(measured: Measurements, kind: str) -> list[list[str]]:
    """The names of the chains of a type, from what holds it on."""
    assert measured.tree is not None
    rows = measured.tree.to_pylist()
    root = sites(measured)[kind]["node"]
    assert rows[root]["name"] == kind and rows[root].get("parent") is None
    found: dict[int, list[str]] = {root: []}
    leaves: list[int] = []
    for place, row in enumerate(rows):
        if row.get("parent") in found:
            found[place] = [*found[row["parent"]], row["name"]]
            leaves.append(place)
    parents = {row.get("parent") for row in rows}
    return [found[place] for place in leaves if place not in parents]


def test_counts_are_exact_sizes_right_and_chains_end_at_the_global(agent: Agent) -> None:
    agent.write(STORE, "store.py")
    ran = run(agent, SHOP)
    assert (ran.returncode, ran.stderr, ran.warnings) == (0, b"", [])
    things, nodes, blob = map(int, ran.stdout.split())
    measured = read(ran)
    found = sites(measured)
    for kind, count, size in (
        ("__main__.Thing", 1000, things),
        ("__main__.Node", 30, nodes),
        ("bytes", 1, blob),
        ("bytearray", 30, None),
        ("store.Item", 7, None),
    ):
        row = found[kind]
        assert (row["count"], row["growth_count"]) == (count, count), kind
        if size is not None:
            assert row["size_bytes"] == row["growth_bytes"] == size, kind
    assert found["bytearray"]["size_bytes"] == pytest.approx(30 * 10_000, rel=0.01)
    assert found["__main__.Thing"]["origin"] == found["store.Item"]["origin"] == "own"
    assert found["bytes"]["origin"] == "builtin"
    assert chains(measured, "__main__.Thing") == [["dict[…]", "store.registry"]]
    assert ["list[…]", "__main__.Holder.many", "__main__.holder"] in chains(measured, "store.Item")
    for chain in chains(measured, "__main__.Node"):
        assert chain in (["__main__.head"], ["__main__.Node.next (repeated)", "__main__.head"])
    assert chains(measured, "bytes") == [["__main__.blob"]]
    assert measured.tree is not None
    ends = [row["file"] for row in measured.tree.to_pylist() if row["name"] == "store.registry"]
    assert ends and set(ends) == {str(agent.work / "store.py")}
    assert not [kind for kind in found if "hotspots" in kind]


def test_what_is_looked_at_runs_none_of_its_code(agent: Agent) -> None:
    ran = run(
        agent,
        """
        class Meta(type):
            def __hash__(self): print("hash of a type"); return 1
            def __eq__(self, other): print("equality of a type"); return True
            def __getattribute__(self, name): print("attribute of a type"); return type.__getattribute__(self, name)
            def __instancecheck__(self, one): print("instance"); return True
        class Odd(metaclass=Meta):
            def __len__(self): print("length"); return 1
            def __repr__(self): print("repr"); return "1"
            def __sizeof__(self): print("size"); return 1
            def __eq__(self, other): print("equal"); return True
            def __hash__(self): print("hash"); return 1
            def __bool__(self): print("truth"); return False
            def __getattribute__(self, name): print("attribute", name); return object.__getattribute__(self, name)
            @property
            def __class__(self): print("class"); return int
        odd = [type.__call__(Odd) for _ in range(11)]
        import time
        time.sleep(0.6)
        """,
        hz=10.0,
    )
    assert (ran.stdout, ran.stderr, ran.warnings) == (b"", b"", [])
    assert sites(read(ran))["__main__.Odd"]["count"] == 11
    assert chains(read(ran), "__main__.Odd") == [["list[…]", "__main__.odd"]]


def test_live_rows_grow_with_the_heap_and_do_not_disturb_the_last_look(agent: Agent) -> None:
    agent.write(STORE, "store.py")
    source = """
        import time
        class Thing: pass
        kept = []
        for _ in range(10):
            kept += [Thing() for _ in range(100)]
            time.sleep(0.05)
    """
    ran = run(agent, source, hz=20.0)
    assert ran.warnings == []
    told = ran.of_type("hotspots")
    (number,) = {
        line["define"]["id"][place]
        for line in told
        for place, name in enumerate(line["define"]["type"])
        if name == "__main__.Thing"
    }
    counts = [
        line["update"]["count"][line["update"]["id"].index(number)] for line in told if number in line["update"]["id"]
    ]
    assert len(counts) >= 3 and counts == sorted(counts) and counts[-1] == 1000
    still = sites(read(run(agent, source)))
    lively = sites(read(ran))
    assert {kind: row["count"] for kind, row in lively.items()} == {kind: row["count"] for kind, row in still.items()}


def test_hotspots_own_objects_are_not_seen_among_many(agent: Agent) -> None:
    ran = run(
        agent,
        """
        import gc
        kept = [[number] for number in range(100_000)]
        gc.collect()
        kept += [{} for _ in range(3)]
        """,
    )
    found = sites(read(ran))
    assert "set" not in found and not [kind for kind in found if "hotspots" in kind]
    assert (found["list"]["count"], found["dict"]["count"]) == (100_001, 3)


def test_after_an_exception_what_its_frames_hold_is_still_there(agent: Agent) -> None:
    ran = run(
        agent,
        """
        class Thing: pass
        def fails():
            local = [Thing() for _ in range(50)]
            raise ValueError("oops")
        fails()
        """,
    )
    assert ran.returncode == 1 and ran.stderr.endswith(b"ValueError: oops\n")
    assert sites(read(ran))["__main__.Thing"]["count"] == 50
    assert chains(read(ran), "__main__.Thing") == [["list[…]", "local in fails()"]]


def test_garbage_is_counted_unless_it_is_collected_first(agent: Agent) -> None:
    source = """
        import gc
        gc.disable()
        class Thing: pass
        for _ in range(40):
            thing = Thing()
            thing.self = thing
        del thing
    """
    assert sites(read(run(agent, source)))["__main__.Thing"]["count"] == 40
    assert "__main__.Thing" not in sites(read(run(agent, source, collector_options={"collect": True})))


def test_growth_is_counted_from_the_mark(agent: Agent) -> None:
    source = """
        import time
        class Thing: pass
        kept = [Thing() for _ in range(100)]
        time.sleep(0.8)
        kept += [Thing() for _ in range(11)]
        time.sleep(0.2)
    """
    found = sites(read(run(agent, source, hz=10.0, collector_options={"mark_s": 0.2})))["__main__.Thing"]
    assert (found["count"], found["growth_count"]) == (111, 11)
    unmarked = read(run(agent, source, hz=10.0, collector_options={"mark_s": 1000}))
    assert [warning.code for warning in unmarked.warnings] == ["no_mark"]
    assert sites(unmarked)["__main__.Thing"]["count"] == 111


def test_of_a_killed_process_the_last_live_table_is_kept(agent: Agent) -> None:
    source = (
        "class Thing: pass\nkept = [Thing() for _ in range(123)]\nimport time\nprint(1, flush=True)\ntime.sleep(60)\n"
    )
    started = agent.start(agent.write(source, "shop.py"), collector=COLLECTOR)
    started.wait_for("started")
    give_up = time.monotonic() + 30
    while not any("__main__.Thing" in line["define"]["type"] for line in started.lines() if line["type"] == "hotspots"):
        assert time.monotonic() < give_up
        started.ask()
        time.sleep(0.05)
    started.process.send_signal(signal.SIGKILL)
    ran = started.finish()
    measured = read(ran)
    assert sites(measured)["__main__.Thing"]["count"] == 123
    assert [warning.code for warning in measured.warnings] == ["cut_short"]


def test_a_forked_child_looks_at_nothing(agent: Agent) -> None:
    ran = run(
        agent,
        """
        import os
        class Thing: pass
        kept = [Thing() for _ in range(5)]
        child = os.fork()
        if child == 0:
            kept += [Thing() for _ in range(5)]
        else:
            os.waitpid(child, 0)
        """,
    )
    assert len(ran.of_type("stopped")) == 1
    assert sites(read(ran))["__main__.Thing"]["count"] == 5


@pytest.mark.parametrize("tool", ["objgraph", "guppy3", "pympler"])
def test_what_grew_is_what_the_tools_count_themselves(tool: str, tmp_path: Path) -> None:
    pytest.importorskip({"guppy3": "guppy"}.get(tool, tool))
    agent = Agent(sys.executable, tmp_path)
    agent.write(STORE, "store.py")
    ours = sites(read(run(agent, SHOP)))
    ran = run(agent, SHOP, hz=20.0, collector_options={"count_with": tool})
    assert (ran.returncode, ran.stderr, ran.warnings) == (0, b"", [])
    theirs = sites(read(ran))
    for kind in ("__main__.Thing", "__main__.Node", "__main__.Holder", "store.Item"):
        assert theirs[kind]["growth_count"] == ours[kind]["count"]
        if tool != "objgraph":
            assert theirs[kind]["growth_bytes"] == ours[kind]["size_bytes"]
    assert theirs["dict"]["count"] > ours["dict"]["count"]  # what was there before counts too
    assert chains(read(ran), "__main__.Thing") == [["dict[…]", "store.registry"]]
    assert not [kind for kind in theirs if "hotspots" in kind]


def test_a_tool_that_is_not_there_is_named(agent: Agent) -> None:
    ran = run(agent, "print(1)", collector_options={"count_with": "no such tool"})
    assert ran.returncode == 125 and b"objgraph, guppy3 or pympler" in ran.stderr and b"Traceback" not in ran.stderr
