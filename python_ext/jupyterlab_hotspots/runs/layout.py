"""The names of the files in a run directory; who writes each is in ``docs/architecture.md``.

Plain strings, so that the supervisor need not import ``pathlib`` before it has started the target.
"""

from __future__ import annotations

RUNS = "runs"
"""The folder of all run directories in a store."""

REQUEST = "run.json"
LOCK = "supervisor.lock"
SUPERVISOR = "supervisor.json"
SUPERVISOR_LOG = "supervisor.log"
"""What the supervisor itself printed (nothing, unless it crashed); there from the moment a run is launched."""

EVENTS = "events.jsonl"
STDOUT = "stdout.log"
STDERR = "stderr.log"
CONTROL = "control"
AGENT = "agent.json"
RAW = "raw"
LIVE = "live.jsonl"
"""In the folder ``raw``."""

PROGRESS = "progress.jsonl"
"""Written by the target itself, if it wants to say how far it is."""

RESULT = "result.json"
LAST_WORDS = "last_words"
PROFILE = "profile"

CANCEL = b"cancel\n"
"""The line in ``control`` that stops a run."""

BUDGET = b"budget "
"""The beginning of a line in ``control`` that says, in JSON, how long a run may take: for who starts it in a hurry."""

RUN_VARIABLE = "HOTSPOTS_RUN"
"""Environment variable of every process of a run, with the run's id: leftovers of a dead supervisor are found by it."""

PROGRESS_VARIABLE = "HOTSPOTS_PROGRESS"
"""Environment variable that names the file `PROGRESS` to the target."""
