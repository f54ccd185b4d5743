"""Several profilers on one command line: a run under each, kept together."""

from __future__ import annotations

import json
from pathlib import Path

SCRIPT = """
import sys, time
text = sys.stdin.read()
def work(until):
    while time.perf_counter() < until:
        pass
work(time.perf_counter() + 0.4)
print(text.strip(), len(sys.argv))
sys.exit(int(sys.argv[1]))
"""


def test_each_profiler_runs_the_script_once_with_the_same_input(hotspots, script, tmp_path: Path) -> None:
    output = tmp_path / "group.json"
    words = ("--quiet", "--profiler", "sampling,cprofile", "--profiler", "cprofile", "--json", output)
    ended = hotspots("run", *words, script(SCRIPT), "3", stdin=b"the input\n")
    assert ended.returncode == 3
    assert ended.stdout == b"the input 2\n" * 2
    document = json.loads(output.read_text())
    assert document.keys() == {"schema", "group", "runs"}
    assert [run["run"]["profiler"] for run in document["runs"]] == ["sampling", "cprofile"]
    assert {run["run"]["group"] for run in document["runs"]} == {document["group"]}
    listed = json.loads(hotspots("list", "--json").stdout)
    assert [run["group"] for run in listed] == [document["group"]] * 2
    assert listed[1]["ended"] <= listed[0]["started"]


LOOP = """
import time
def slow():
    time.sleep(1.0)  # waits
def fast():
    for _ in range(300_000):
        pass
slow()
fast()
"""


def test_sampled_shares_stand_beside_counted_ones(hotspots, script) -> None:
    ended = hotspots("run", "--profiler", "line,sampling", script(LOOP))
    sampling, line = ended.stderr.decode().split("under line")
    assert "under sampling" in sampling and " sampled " not in sampling
    heading = next(row for row in line.splitlines() if "% of function" in row).split()
    assert heading[:2] == ["counted", "sampled"]
    (waits,) = (row for row in line.splitlines() if "# waits" in row)
    shares = [float(word) for word in waits.replace("%", " ").split() if word[0].isdigit() and "." in word]
    counted, sampled = shares[:2]
    assert counted < sampled <= 100
    (never,) = (row for row in line.splitlines() if " def slow():" in row)
    assert "–" in never


def test_a_name_that_is_no_profiler_runs_nothing(hotspots, script) -> None:
    ended = hotspots("run", "--profiler", "cprofile,nothing", script("print('ran')"))
    assert ended.returncode == 125
    assert b"'nothing'" in ended.stderr and b"ran" not in ended.stdout
    assert json.loads(hotspots("list", "--json").stdout) == []


def test_an_option_goes_to_the_profilers_that_have_it(hotspots, script, tmp_path: Path) -> None:
    output = tmp_path / "group.json"
    words = ("--quiet", "--profiler", "sampling,cprofile", "--option", "rate=50", "--json", output)
    assert hotspots("run", *words, script("pass")).returncode == 0
    sampling, cprofile = json.loads(output.read_text())["runs"]
    assert sampling["run"]["options"] == {"rate": 50.0}
    assert not cprofile["run"].get("options")
    refused = hotspots("run", "--profiler", "cprofile", "--option", "rate=50", script("pass"))
    assert refused.returncode == 125 and b"no option 'rate'" in refused.stderr


def test_a_run_past_its_budget_is_stopped_and_keeps_what_was_measured(hotspots, script, tmp_path: Path) -> None:
    output = tmp_path / "profile.json"
    source = "import time\ndef spin():\n    while True:\n        time.perf_counter()\nspin()\n"
    ended = hotspots("run", "--profiler", "cprofile", "--budget", "1", "--json", output, script(source))
    assert ended.returncode == 124
    document = json.loads(output.read_text())
    assert document["run"]["reason_code"] == "over_budget"
    assert "budget of 1 s" in document["run"]["reason"] and "sampling" in document["run"]["reason"]
    assert any(row["function"] == "spin" and row["own_s"] > 0.2 for row in document["functions"])


def test_the_budget_is_many_times_what_the_target_took_before(hotspots, script, tmp_path: Path) -> None:
    path = script("import time; time.sleep(0.2)")
    for _ in range(2):
        assert hotspots("run", "--quiet", path).returncode == 0
    controls = sorted((tmp_path / "store" / "runs").glob("*/control"))
    first, second = (json.loads(control.read_text().removeprefix("budget ")) for control in controls)
    assert first == {"limit_s": 12 * 3600.0, "expected_s": None}
    assert second["limit_s"] == 600.0 and 0.2 < second["expected_s"] < 5
