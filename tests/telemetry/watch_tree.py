"""Runs a Python program under a subreaper that samples it, as the supervisor does, and prints what it saw as JSON.

Used by test_cpu_accounting.py: `python watch_tree.py PROGRAM [subreaper]`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time

from jupyterlab_hotspots.telemetry.sampler import TelemetrySampler

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    program, subreaper = sys.argv[1], "subreaper" in sys.argv[2:]
    if subreaper:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    helper = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) if "helper" in sys.argv[2:] else None
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-S", "-c", program])
    sampler = TelemetrySampler(process.pid, started=started, also_children_of=os.getpid() if subreaper else None)
    if helper is not None:
        sampler.exclude(helper.pid)
    before = time.monotonic() - started
    integral = 0.0
    largest = 0
    highest = 0.0
    while True:
        time.sleep(0.1)
        while process.poll() is None or subreaper:  # orphans are waited for as they come
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid == process.pid:
                process.returncode = os.waitstatus_to_exitcode(status)
            if helper is not None and pid == helper.pid:
                helper.returncode = os.waitstatus_to_exitcode(status)
        sample = sampler.sample()
        if sample["cpu_percent"] is not None:
            now = float(sample["t_s"] or 0)
            integral += sample["cpu_percent"] / 100 * (now - before)
            highest = max(highest, sample["cpu_percent"])
            before = now
        largest = max(largest, int(sample["processes"] or 0))
        if sample["processes"] == 0 and process.poll() is not None:
            if helper is None or helper.returncode is not None:
                break
            helper.kill()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = {
        "integral": integral,
        "highest": highest,
        "rusage": usage.ru_utime + usage.ru_stime,
        "largest": largest,
    }
    sampler.close()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
