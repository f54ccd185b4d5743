"""``jupyter hotspots attach``: look into a process that runs already."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import jupyterlab_hotspots
from jupyterlab_hotspots.cli import early_signals, exit_status
from jupyterlab_hotspots.cli.row_limit import row_limit

EPILOG = """The process is looked at until it ends, or until Ctrl-C; it goes on untouched.

examples:
  jupyter hotspots attach 12345
  jupyter hotspots attach --duration 30 --json kernel.json 12345
"""


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = EPILOG
    parser.add_argument("pid", metavar="PID", type=int, help="the process")
    parser.add_argument("--duration", metavar="S", type=float, help="look for so many seconds")
    parser.add_argument("--rate", metavar="HZ", type=float, help="samples a second (default: the sampler's own)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the profile as JSON; - for standard output")
    parser.add_argument("--limit", metavar="N", type=row_limit, default=15, help="rows of the tables (%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print nothing")


def run(options: argparse.Namespace) -> int:
    """Watch the process; 0 if it could be looked into.

    Raises:
        HotspotsError: there is no such process, or it may not be read.
    """
    from jupyterlab_hotspots.cli.follow import Follower
    from jupyterlab_hotspots.cli.run import print_profile, write_json
    from jupyterlab_hotspots.profilers import registry
    from jupyterlab_hotspots.runs import launch
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.store.history import Store
    from jupyterlab_hotspots.targets.process import not_permitted, process_target

    sampling = registry.description("sampling")
    request = RunRequest(
        target=process_target(options.pid),
        profiler=sampling.name,
        options=registry.checked_options(sampling, {} if options.rate is None else {"rate": options.rate}),
        cwd=str(Path.cwd()),
        python=sys.executable,
        timeout_s=options.duration,
        by="cli",
        version=jupyterlab_hotspots.__version__,
    )
    store = Store()
    directory = store.create(request)
    with early_signals.kept() as early:
        launch.start(directory)
        Follower(directory, quiet=options.quiet).follow(early)
    store.look(directory.id)
    info = store.info(directory.id)
    if info.reason_code == "cannot_start":
        warnings = store.profile(directory.id).measurements.warnings
        why = next((warning.message for warning in warnings if warning.code == "cannot_attach"), "it cannot be read")
        raise not_permitted(options.pid, why.rstrip("."))
    profile = store.profile(directory.id)
    if options.json is not None:
        write_json([profile], None, options.json)
    if not options.quiet:
        print_profile(profile, options.limit)
    return exit_status.of_run(info)
