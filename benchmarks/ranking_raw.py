"""The raw tools' own command lines, and how much each gives to a function or a line: the other side of `ranking.py`."""

from __future__ import annotations

import json
import pickle
import pstats
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

Place = tuple[str, str]
"""The end of a file's path, and a function, or the file's name and a line."""
Shares = dict[Place, float]
"""How much each has: seconds, samples or bytes."""
RawTool = Callable[[Path, list[str], Path], Shares]
"""Script, its arguments, folder for what the tool writes → shares."""

SCALENE_INTERVAL_S: Final = 0.01
_MEGABYTE: Final = 1 << 20
_SNAPSHOT: Final = """
import json, runpy, sys, tracemalloc
output, *sys.argv = sys.argv[1:]
sys.path[0] = sys.argv[0].rpartition("/")[0]
tracemalloc.start()
try:
    names = runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    kept = ended  # with its frames, and what they hold
found = tracemalloc.take_snapshot().filter_traces([
    tracemalloc.Filter(False, file) for file in ("<string>", tracemalloc.__file__, runpy.__file__, "<frozen runpy>")
]).statistics("lineno")
with open(output, "w") as file:
    json.dump([[one.traceback[0].filename, one.traceback[0].lineno, one.size] for one in found], file)
"""


def end_of(file: str) -> str:
    """The file's name and its folder's: the tools differ in whether a path is absolute."""
    return "/".join(Path(file).parts[-2:])


def function_at(file: str | None, function: str) -> Place:
    if function.startswith(("<built-in ", "<method ")):
        return "", function
    return end_of(file or ""), function.rpartition(".")[2].split("(")[0]


def line_at(file: str | None, line: int) -> Place:
    return end_of(file or ""), f"{Path(file or '').name}:{line}"


def run(*command: str | Path) -> None:
    done = subprocess.run([*command], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def sampling(script: Path, words: list[str], folder: Path) -> Shares:
    """Samples by function."""
    output = folder / "raw.txt"
    program = Path(sys.executable).parent / "py-spy"
    command = [program, "record", "--idle", "--rate", "200", "--full-filenames", "-f", "raw", "-o", output, "--"]
    run(*command, sys.executable, script, *words)
    shares: Shares = defaultdict(float)
    for line in output.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        leaf = stack.rpartition(";")[2]
        if not leaf:
            continue  # looked at before there was any Python code
        name, _, place = leaf.rpartition(" (")
        shares[function_at(place.rpartition(":")[0], name)] += float(count)
    return shares


def cprofile(script: Path, words: list[str], folder: Path) -> Shares:
    """Own seconds by function."""
    output = folder / "raw.prof"
    run(sys.executable, "-m", "cProfile", "-o", output, script, *words)
    # typeshed does not know it
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = vars(pstats.Stats(str(output)))["stats"]
    shares: Shares = defaultdict(float)
    for (file, _, name), (_, _, own_s, _, _) in stats.items():
        shares[function_at(None if file == "~" else file, name)] += own_s
    return shares


def line(script: Path, words: list[str], folder: Path) -> Shares:
    """Time of all lines by function."""
    output = folder / "raw.lprof"
    package = ["-p", "jupyterlab_hotspots.reference"] if script.parent.name == "reference" else []
    run(sys.executable, "-m", "kernprof", "-q", "-l", "-p", script, *package, "-o", output, script, *words)
    with output.open("rb") as file:
        timings: dict[tuple[str, int, str], list[tuple[int, int, int]]] = pickle.load(file).timings  # our own file
    shares: Shares = defaultdict(float)
    for (file_name, _, name), rows in timings.items():
        shares[function_at(file_name, name)] += sum(time for _, _, time in rows)
    return shares


def allocations(script: Path, words: list[str], folder: Path) -> Shares:
    """Bytes at the high-water mark by function."""
    from memray import FileReader

    output = folder / "raw.bin"
    run(sys.executable, "-m", "memray", "run", "-q", "-f", "-o", output, script, *words)
    shares: Shares = defaultdict(float)
    with FileReader(output) as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            for function, file, _ in record.stack_trace(max_stacks=1):
                shares[function_at(file, function)] += record.size
    return shares


def scalene(script: Path, words: list[str], folder: Path) -> Shares:
    """CPU samples by line: one is due each hundredth of a second, and Scalene gives the parts in per cent."""
    output = folder / "raw.json"
    run(sys.executable, "-m", "scalene", "run", "-o", output, script, "---", *words)
    document: dict[str, Any] = json.loads(output.read_text())
    if not document:
        raise SystemExit(f"Scalene measured nothing of {script}")
    samples = document["elapsed_time_sec"] / SCALENE_INTERVAL_S
    return {
        line_at(name, one["lineno"]): samples * percent / 100
        for name, file in document["files"].items()
        for one in file["lines"]
        if (percent := one["n_cpu_percent_python"] + one["n_cpu_percent_c"] + one["n_sys_percent"])
    }


def tracemalloc(script: Path, words: list[str], folder: Path) -> Shares:
    """Bytes held at the end by line."""
    output = folder / "raw.json"
    run(sys.executable, "-c", _SNAPSHOT, output, script, *words)
    shares: Shares = defaultdict(float)
    for file, number, size in json.loads(output.read_text()):
        shares[line_at(file, number)] += size
    return shares


def memory(script: Path, words: list[str], folder: Path) -> Shares:
    """Growth in bytes by line of a script that marks its functions.

    A function's first line is left out: memory_profiler gives it all memory there is, at each call.
    """
    output = folder / "raw.txt"
    output.unlink(missing_ok=True)  # the tool leaves it as it is where it has nothing to say
    run(sys.executable, "-m", "memory_profiler", "--precision", "3", "-o", output, script, *words)
    shares: Shares = defaultdict(float)
    row = r"^ *(\d+) +-?[\d.]+ MiB +(-?[\d.]+) MiB +\d+ (.*)$"
    for number, increment, text in re.findall(row, output.read_text(), re.MULTILINE):
        if not text.lstrip().startswith(("@", "def ", "async def ")):
            shares[line_at(str(script), int(number))] += float(increment) * _MEGABYTE
    return shares
