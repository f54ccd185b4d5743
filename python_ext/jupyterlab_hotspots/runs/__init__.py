"""A run's life: its request, directory, supervisor, events, how it is cancelled, recovered and queued.

``layout.py`` names the files of a run directory, ``directory.py`` reads them, ``supervisor.py`` is the process beside
each run. Nothing is imported here: the supervisor starts once per run, and its start-up is part of what a user waits
for. The modules it needs do without ``pathlib``, ``typing`` and ``dataclasses`` for the same reason (15 ms).
"""
