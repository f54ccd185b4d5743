"""What a run under a profiler costs beside the raw tool's command line: wall and CPU time of four workloads, in pairs.

For `sampling` the other side is the bare script. `--through cli` takes the whole way, `jupyter-hotspots run`, as a user
does; `--through agent` (cprofile) starts the agent alone and asks it for snapshots at the supervisor's pace. The extra
start-up is measured with a script that sleeps for a second, shown in a row of its own, and taken off the wall time of
the others; CPU time is the target process's own.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pairs import PAIRS, Ratio, Spent, in_turns, paired_ratio, run
from sampling_pace import SamplingPace, pace_of, rows_of

from jupyterlab_hotspots.runs.pace import Pace

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "python_ext" / "jupyterlab_hotspots"
BOUNDS = {"sampling": {"allocation": 1.05}}
"""Where they are not the usual ones."""
BOUND = {"sampling": 1.03}
RAW_BOUND = 1.02
START_UP_BOUND_S = 0.3
GOLDEN = (1 + math.sqrt(5)) / 2


@dataclass(frozen=True)
class Workload:
    """A script of `workloads/`, and how its argument grows for `times` as much work."""

    name: str
    size: int
    grown: Callable[[int, float], int]

    @property
    def script(self) -> Path:
        return HERE / "workloads" / f"{self.name}.py"


def in_proportion(size: int, times: float) -> int:
    return math.ceil(size * times)


WORKLOADS = (
    Workload("calls", 30, lambda size, times: size + math.ceil(math.log(times, GOLDEN))),
    Workload("lines", 100_000, in_proportion),
    Workload("arrays", 2000, in_proportion),
    Workload("allocation", 12, in_proportion),
)


def raw_command(profiler: str, python: str, script: Path, folder: Path) -> list[str | Path]:
    """The raw tool's own command line up to the script's arguments."""
    output = folder / "plain.out"
    output.unlink(missing_ok=True)
    commands: dict[str, list[str | Path]] = {
        "sampling": [python, script],
        "cprofile": [python, "-m", "cProfile", "-o", output, script],
        "line": [python, "-m", "kernprof", "-q", "-l", "-p", script, "-o", output, script],
        "memory": [python, "-m", "memory_profiler", "-o", output, script],
        "allocations": [python, "-m", "memray", "run", "-q", "-f", "-o", output, script],
        "tracemalloc": [python, "-X", "tracemalloc", script],
        "scalene": [python, "-m", "scalene", "run", "-o", output, script, "---"],
        "heap": [python, script],
    }
    return commands[profiler]


RAW_TITLES = {
    "sampling": "the bare script",
    "cprofile": "`python -m cProfile -o FILE`",
    "line": "`kernprof -l -p SCRIPT` (all its functions)",
    "memory": "`python -m memory_profiler` (all its functions marked)",
    "allocations": "`memray run`",
    "tracemalloc": "`python -X tracemalloc`",
    "scalene": "`scalene run`",
    "heap": "the bare script",
}


def marked(script: Path, folder: Path) -> Path:
    """A copy in which every function is marked `@profile`, the only ones that memory_profiler looks at."""
    lines = script.read_text(encoding="utf-8").splitlines()
    copy = folder / f"marked_{script.name}"
    text = [
        f"{line[: len(line) - len(line.lstrip())]}@profile\n{line}" if line.lstrip()[:4] == "def " else line
        for line in lines
    ]
    copy.write_text("\n".join(text) + "\n", encoding="utf-8")
    return copy


class Ways:
    """Both ways to run a script under a profiler."""

    def __init__(self, profiler: str, python: str, through: str, folder: Path) -> None:
        self.profiler = profiler
        self._python = python
        self._through = through
        self._folder = folder
        self._runs = 0
        self.paces: list[SamplingPace] = []

    def plain(self, script: Path, *args: str) -> Spent:
        """The raw tool, or the bare script."""
        command = raw_command(self.profiler, self._python, self._script(script), self._folder)
        return run([*command, *args], cwd=self._folder)

    def _script(self, script: Path) -> Path:
        return marked(script, self._folder) if self.profiler == "memory" else script

    def ours(self, script: Path, *args: str) -> Spent:
        return self._cli(script, *args) if self._through == "cli" else self._agent(script, *args)

    def _cli(self, script: Path, *args: str) -> Spent:
        command = Path(sys.executable).parent / "jupyter-hotspots"
        script = self._script(script)
        output = self._folder / "profile.json"
        spent = run(
            [command, "run", "--profiler", self.profiler, "--python", self._python, "--json", output, script, *args],
            cwd=self._folder,
        )
        info = json.loads(output.read_text())["run"]
        if self.profiler == "sampling":
            self.paces.append(pace_of(info["id"]))
        return Spent(spent.wall_s, info["cpu_s"])

    def _agent(self, script: Path, *args: str) -> Spent:
        self._runs += 1
        folder = self._folder / str(self._runs)
        (folder / "raw").mkdir(parents=True)
        told: dict[str, Any] = {
            "folder": str(folder / "raw"),
            "collector": str(PACKAGE / "profilers" / "cprofile" / "collector.py"),
            "options": {},
            "target": {"kind": "script", "path": str(script), "module": None, "args": list(args)},
            "live": True,
            "limit": 200,
            "parent": os.getpid(),
        }
        (folder / "agent.json").write_text(json.dumps(told))
        return run(
            [self._python, PACKAGE / "agent" / "launch.py", folder / "agent.json"],
            cwd=self._folder,
            meanwhile=lambda process: ask_for_snapshots(process, folder / "raw" / "live.jsonl"),
        )


def ask_for_snapshots(process: subprocess.Popen[bytes], live: Path) -> None:
    """Sends the signal at the supervisor's pace until the process ends."""
    pace: Pace | None = None
    read = 0
    # Readable as soon as the process has ended, without taking its exit status away from who waits for it.
    ended = os.pidfd_open(process.pid)
    while not select.select([ended], [], [], 0.05 if pace is not None else 0.005)[0]:
        if live.exists():
            with live.open("rb") as file:
                file.seek(read)
                lines = file.read()
            lines = lines[: lines.rfind(b"\n") + 1]
            read += len(lines)
            for line in map(json.loads, lines.splitlines()):
                if line["type"] == "started":
                    pace = Pace(line["t"])
                elif line["type"] == "hotspots" and pace is not None:
                    pace.answered(line["t"], line["cost_s"])
        now = time.monotonic()
        if pace is not None and now >= pace.due:
            os.kill(process.pid, signal.SIGURG)  # Popen.send_signal would take the exit status
            pace.asked(now)
    os.close(ended)


def sized(workload: Workload, ways: Ways, seconds: float) -> int:
    """The argument with which the workload runs at least so long the other way."""
    size = workload.size
    while (took := ways.plain(workload.script, str(size)).wall_s) < seconds:
        size = workload.grown(size, 1.1 * seconds / took)
    return size


def extra_start_up(ways: Ways, script: Path, pairs: int) -> Ratio:
    ours, plain = in_turns(lambda: ways.ours(script), lambda: ways.plain(script), pairs)
    return paired_ratio([spent.wall_s for spent in ours], [spent.wall_s for spent in plain])


def measure(options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    ways = Ways(options.profiler, options.python, options.through, folder)
    # A second of sleep, not an empty script: what is loaded while the target runs delays nobody who waits for a run.
    waiting = folder / "waiting.py"
    waiting.write_text("import time\ntime.sleep(1)\n")
    start_up = extra_start_up(ways, waiting, 5 if options.quick else PAIRS)
    extra_s = max(0.0, start_up.ours - start_up.other)
    rows: list[dict[str, Any]] = [
        {
            "what": "extra start-up, script of 1 s",
            "ours": f"{extra_s:.3f} s",
            "other": None,
            "ratio": None,
            "interval": None,
            "bound": f"<= {START_UP_BOUND_S} s" if options.profiler == "cprofile" else None,
        }
    ]
    show(rows[-1])
    for workload in WORKLOADS:
        if options.workload and workload.name not in options.workload:
            continue
        size = str(sized(workload, ways, options.seconds))
        ways.paces.clear()
        ours, plain = in_turns(
            lambda script=workload.script, size=size: ways.ours(script, size),
            lambda script=workload.script, size=size: ways.plain(script, size),
            options.pairs,
        )
        wall = paired_ratio([spent.wall_s - extra_s for spent in ours], [spent.wall_s for spent in plain])
        cpu = paired_ratio([spent.cpu_s for spent in ours], [spent.cpu_s for spent in plain])
        for kind, ratio in (("wall", wall), ("CPU", cpu)):
            usual = BOUND.get(options.profiler, RAW_BOUND)
            bound = BOUNDS.get(options.profiler, {}).get(workload.name, usual)
            rows.append(ratio.row(f"{workload.name} {size}, {kind}", bound=bound))
            show(rows[-1])
        for row in rows_of(ways.paces, workload.name) if ways.paces else ():
            rows.append(row)
            show(row)
    return rows


def show(row: dict[str, Any]) -> None:
    cells = (row["what"], row["ours"], row["other"], row["ratio"], row["interval"], row["bound"])
    print("| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short runs and few pairs: a look, not a result")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--profiler", choices=sorted(RAW_TITLES), default="cprofile", help="(default %(default)s)")
    parser.add_argument("--through", choices=("cli", "agent"), default="cli", help="the whole way, or the agent alone")
    parser.add_argument("--python", default=sys.executable, help="the Python that runs the workloads (default: ours)")
    parser.add_argument("--pairs", type=int, help=f"pairs of runs (default {PAIRS}; quick: 5)")
    parser.add_argument("--seconds", type=float, help="how long a workload runs at least (default 5; quick: 1.5)")
    parser.add_argument("--workload", action="append", help="only this one")
    options = parser.parse_args()
    options.pairs = options.pairs or (5 if options.quick else PAIRS)
    options.seconds = options.seconds or (1.5 if options.quick else 5.0)
    print(f"{options.profiler}, over {RAW_TITLES[options.profiler]}")
    print("| what | Hotspots | other | ratio | interval | bound |\n|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("HOTSPOTS_STORE", str(Path(folder) / "store"))
        rows = measure(options, Path(folder))
    if options.json:
        way = (
            "`jupyter-hotspots run`"
            if options.through == "cli"
            else "the agent, with snapshots at the supervisor's pace"
        )
        method = (
            f"{way} over {RAW_TITLES[options.profiler]}, {options.pairs} interleaved pairs of at least "
            f"{options.seconds:g} s, the median of their ratios "
            "with its 95 % interval (sign test); the extra start-up is taken off the wall time; CPU time of the target."
        )
        options.json.write_text(
            json.dumps({"name": f"Overhead of {options.profiler}", "method": method, "rows": rows}, indent=1)
        )
    ratios = [row["ratio"] for row in rows if row["ratio"]]
    if ratios:
        print(f"median of medians: {statistics.median(ratios):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
