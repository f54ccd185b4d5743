"""How soon the panel shows something: the first hot-spot row after the code starts, and a state after its event.

Drives `ui-tests/bench/latency.spec.ts` in Chromium, on a server and a store of its own. The code's start is what the
profiled script reads off the clock in its first line, an event's moment what the supervisor wrote; both are compared
with the page's clock, on one machine.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
UI_TESTS: Final = CHECKOUT / "ui-tests"
RUNS: Final = 40
QUICK_RUNS: Final = 3
FIRST_ROW_BOUND: Final = "<= 0.8 s"
STATE_BOUND: Final = "<= 0.1 s"


def chromium() -> str:
    """The browser: named, found by the set-up, or on the path."""
    found = CHECKOUT / ".make" / "browser"
    named = os.environ.get("HOTSPOTS_CHROMIUM") or (found.read_text().strip() if found.exists() else "")
    for name in (named, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if name and (path := shutil.which(name)):
            return path
    sys.exit("No Chromium was found. Run `.ci/setup browser`, or name one in HOTSPOTS_CHROMIUM.")


def figures(runs: int) -> dict[str, list[float]]:
    """Seconds until the first row, and until the last state, of each run."""
    with tempfile.TemporaryDirectory(prefix="hotspots-latency-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "figures.json"
        subprocess.run(
            [str(CHECKOUT / "node_modules/.bin/playwright"), "test", "--config", "bench/playwright.config.js"],
            cwd=UI_TESTS,
            check=True,
            stdout=sys.stderr,
            env={
                **os.environ,
                "HOTSPOTS_BENCH_OUT": str(out),
                "HOTSPOTS_BENCH_RUNS": str(runs),
                "HOTSPOTS_CHROMIUM": chromium(),
                "HOTSPOTS_UI_WORK": str(Path(folder) / "work"),
            },
        )
        return json.loads(out.read_text())


def percentile(values: list[float], share: float) -> float:
    """The smallest value that this share of all values does not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def run(runs: int) -> dict[str, Any]:
    """Median and 95th percentile of each, in seconds."""
    seen = figures(runs)
    rows: list[dict[str, Any]] = []
    for what, values, bound in (
        ("first hot-spot row on screen after the code starts", seen["rows"], FIRST_ROW_BOUND),
        ("end of a run on screen after its event", seen["states"], STATE_BOUND),
    ):
        for name, value, held in (
            ("p50", statistics.median(values), None),
            ("p95", percentile(values, 0.95), bound),
        ):
            rows.append(
                {
                    "what": f"{what}, {name}, s",
                    "ours": round(value, 3),
                    "other": None,
                    "ratio": None,
                    "interval": None,
                    "bound": held,
                }
            )
    method = (
        f"{runs} runs of a script that works for 1.2 s, started in the panel, in headless Chromium. On screen: the "
        "frame after the one in which the page changed has been drawn. A start is not counted as a state: the answer "
        "to the request shows it before its event is written."
    )
    return {"name": "Latency of the panel", "method": method, "rows": rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_RUNS} runs instead of {RUNS}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there")
    options = parser.parse_args()
    result = run(QUICK_RUNS if options.quick else RUNS)
    for row in result["rows"]:
        print(f"{row['ours']:.3f} s  {row['bound'] or '':10}  {row['what']}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
