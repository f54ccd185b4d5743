"""Writes `docs/tested.md`, which tests ran in which Python, from pytest's own reports (`make tested`).

Usage: tested_matrix.py OUTPUT REPORT.xml …
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree

from agent_runs import pythons

SUBJECTS = ("sampling", "cprofile", "line", "memory", "allocations", "tracemalloc", "scalene", "heap")
TOOLS = ("py-spy", "line_profiler", "memory_profiler", "memray", "scalene", "objgraph", "guppy3", "Pympler", "numpy")
ABOUT = """\
# What was tested

Hotspots runs in one Python and profiles programs in any. Its tests start programs in every Python from 3.10 on that a
machine has; `make pythons`, a part of `make test`, gives each the profilers' packages in an environment of its own.
This page is written by `make tested`, from pytest's reports of `tests/profilers`, `tests/agent` and `tests/truth`.
"""
NOT_RUN = """\
## Not run

- **{missing}**: not on this machine. `make pythons` finds a Python on `PATH`, in pyenv, or of `uv python install`; then
  `make tested` adds its column.
- **macOS, Windows**: never run.
- **GPU**: Scalene's GPU columns were never seen with a GPU.
- Other processors than the one above, musl, Python built without its lock (free-threaded).
"""
ROOMS = ("profilers", "agent", "truth")


@dataclass(frozen=True)
class Case:
    """One test as it ran."""

    module: str
    subject: str
    python: str
    outcome: str
    reason: str = ""


def _subject(module: str, name: str) -> str:
    room, _, file = module.partition(".")[2].partition(".")
    if room == "agent":
        return "the agent"
    words = f"{file} {name}" if room == "truth" else file
    found = [subject for subject in SUBJECTS if re.search(rf"(^|[_ ]){subject}(_|$|\W)", words)]
    return found[0] if found else "several"


def cases_of(report: Path, running: str) -> Iterable[Case]:
    """The tests of one report; one that names no Python ran in that which ran the tests."""
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = case.get("name", "")
        version = re.search(r"\b3\.\d+\.\d+\b", name.partition("[")[2])
        outcome, reason = "passed", ""
        for kind in ("skipped", "failure", "error"):
            child = case.find(kind)
            if child is not None:
                outcome = "skipped" if kind == "skipped" else "failed"
                reason = child.get("message", "") if kind == "skipped" else name.partition("[")[0]
        # What a message says of this machine's folders is nobody's business.
        reason = re.sub(r" in (/\S+)", "", reason).partition(" (`make")[0]
        module = case.get("classname", "")
        yield Case(module, _subject(module, name), version[0] if version else running, outcome, reason)


def tools_of(python: str) -> dict[str, str]:
    """The versions of the profilers that a Python has."""
    asked = (
        "import sys\nfrom importlib import metadata\nfor name in sys.argv[1:]:\n"
        "  try: print(name, metadata.version(name))\n  except metadata.PackageNotFoundError: print(name, '–')\n"
    )
    done = subprocess.run([python, "-c", asked, *TOOLS], capture_output=True, text=True, check=True)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [list(headings), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> str:
    """The machine in words, without its name."""
    system = platform.system()
    if hasattr(platform, "freedesktop_os_release"):
        try:
            system = f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {system}"
        except OSError:
            pass
    user = "root" if os.geteuid() == 0 else "a plain user"
    libc = " ".join(platform.libc_ver())
    # The rest of a release names whose kernel it is.
    release = ".".join(platform.release().split(".")[:2])
    return f"{system} {release}, {platform.machine()}, {libc}, {os.cpu_count()} CPUs, as {user}"


def document(cases: list[Case], found: dict[str, str]) -> str:
    """The whole page."""
    counts = Counter((case.subject, case.python, case.outcome) for case in cases)
    versions = list(found)

    def cell(subject: str, version: str) -> str:
        numbers = [(counts[subject, version, outcome], outcome) for outcome in ("passed", "skipped", "failed")]
        return ", ".join(f"{number} {outcome}" for number, outcome in numbers if number) or "–"

    shown = {one: f"`{one}`" for one in SUBJECTS}
    subjects = [one for one in (*SUBJECTS, "several", "the agent") if any(case.subject == one for case in cases)]
    tools = {version: tools_of(python) for version, python in found.items()}
    running = platform.python_version()
    minors = {version.rpartition(".")[0] for version in found}
    missing = [f"Python 3.{minor}" for minor in range(10, 15) if f"3.{minor}" not in minors]
    reasons = Counter(
        (case.outcome, case.subject, case.python, case.reason) for case in cases if case.outcome != "passed"
    )
    date = datetime.now(timezone.utc).date()
    parts = [
        ABOUT,
        f"{date}, {machine()}. Hotspots itself ran in Python {running}, as did all tests that name no Python.\n",
        "## Tests by profiler and Python\n",
        table(
            ("profiler", *(f"Python {version}" for version in versions)),
            ((shown.get(one, one), *(cell(one, version) for version in versions)) for one in subjects),
        ),
        f"Python {running} has more tests: readers, damaged files and the programs of known truth need no other.\n",
        "## Versions of the tools\n",
        table(("tool", *versions), ((name, *(tools[version][name] for version in versions)) for name in TOOLS)),
        "## Skipped and failed\n",
        table(
            ("", "profiler", "Python", "tests", "why"),
            ((*key[:3], str(number), key[3].replace("|", "/")) for key, number in sorted(reasons.items())),
        )
        if reasons
        else "None.\n",
        NOT_RUN.format(missing=", ".join(missing) or "Python 3.15 and later"),
    ]
    tests = Path(__file__).parents[1]
    ran = {case.module for case in cases}
    files = [f"tests/{room}/{file.name}" for room in ROOMS for file in sorted((tests / room).glob("test_*.py"))]
    if left_out := [f"`{file}`" for file in files if file.removesuffix(".py").replace("/", ".") not in ran]:
        parts[-1] += f"- Not in these reports: {', '.join(left_out)}.\n"
    return "\n".join(parts)


def main() -> None:
    """Writes the page."""
    output, *reports = map(Path, sys.argv[1:])
    cases = [case for report in reports for case in cases_of(report, platform.python_version())]
    output.write_text(document(cases, pythons()), encoding="utf-8")
    failed = sum(case.outcome == "failed" for case in cases)
    print(f"{output}: {len(cases)} tests, {failed} failed")


if __name__ == "__main__":
    main()
