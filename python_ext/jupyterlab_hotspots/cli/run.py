"""``jupyter hotspots run``: run a script or module under a profiler, watch it, report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jupyterlab_hotspots
from jupyterlab_hotspots.cli import early_signals, exit_status
from jupyterlab_hotspots.cli.row_limit import row_limit
from jupyterlab_hotspots.errors import BadRequest, Unavailable
from jupyterlab_hotspots.profilers import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_hotspots.cli.standard_input import StandardInput
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.runs.directory import RunDirectory
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.store.history import Store

_START_S: Final = 0.15
"""So long the supervisor and the target's interpreter need the cores to start."""

EPILOG: Final = """What follows the script or module is its own. The exit status is the target's own; 128 + N for
signal N, 124 for a time-out, 130 when cancelled, 125 when Hotspots itself fails.

examples:
  jupyter hotspots run fit.py --night 20240716
  jupyter hotspots run --timeout 600 --json fit.json fit.py
  jupyter hotspots run --profiler sampling,line fit.py
  jupyter hotspots run -m package.module
"""


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--profiler",
        action="append",
        metavar="NAME",
        help=f"one, or several with commas: then the target is run once under each (default {registry.DEFAULT}; "
        "see `jupyter hotspots profilers`)",
    )
    parser.add_argument(
        "--select", metavar="WHAT", help="functions or modules to watch (line, memory): package.module[:function],…"
    )
    parser.add_argument(
        "--option", metavar="NAME=VALUE", action="append", default=[], help="an option of the profiler; may be repeated"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the profile as JSON; - for standard output")
    parser.add_argument(
        "--timeout", metavar="S", type=float, help="stop after so many seconds; what was measured is kept"
    )
    parser.add_argument(
        "--budget", metavar="S", type=float, help="as --timeout, for a profiler that may take too long (default 12 h)"
    )
    parser.add_argument("--python", metavar="PATH", help="the interpreter, or the folder of its virtual environment")
    parser.add_argument(
        "--limit", metavar="N", type=row_limit, default=15, help="rows of the table at the end (%(default)s)"
    )
    parser.add_argument("--quiet", action="store_true", help="only what the target itself prints")
    parser.usage = "%(prog)s [option …] (script.py | -m MODULE) [ARG …]"


def split_words(parser: argparse.ArgumentParser, words: list[str]) -> tuple[list[str], list[str]]:
    """Our own words and the target's: `-m MODULE` or the first word that is no option begins the target.

    argparse alone would take the target's options for ours.
    """
    place = 0
    while place < len(words) and words[place].startswith("-") and words[place] not in ("-m", "--", "-"):
        option = words[place]
        action = next((one for one in parser._actions if option in one.option_strings), None)  # pyright: ignore[reportPrivateUsage]  (argparse has no public way)
        place += 2 if action is not None and action.nargs is None else 1
    rest = words[place:]
    return words[:place], rest[1:] if rest[:1] == ["--"] else rest


def run(options: argparse.Namespace) -> int:
    """Run the target, once under each profiler; returns its exit status, of a group the first that is not 0.

    Raises:
        HotspotsError: the target, an option or the store is not what it should be.
    """
    from jupyterlab_hotspots.cli.standard_input import StandardInput

    requests = _requests(options)
    kept = StandardInput.keep() if len(requests) > 1 else None
    profiles: list[Profile] = []
    statuses: list[int] = []
    with early_signals.kept() as stops:
        for request in requests:
            if stops:
                statuses.append(exit_status.CANCELLED)
                break
            with StandardInput(kept) as stdin:
                status, profile = _run_one(request, options, stdin, profiles, stops)
            statuses.append(status)
            if profile is not None:
                profiles.append(profile)
            if status == exit_status.CANCELLED:
                break
        if options.json is not None and profiles:
            with early_signals.kept(second_ends=True):
                write_json(profiles, requests[0].group, options.json)
    return next((status for status in statuses if status), 0)


def _run_one(
    request: RunRequest, options: argparse.Namespace, stdin: StandardInput, beside: Sequence[Profile], stops: list[int]
) -> tuple[int, Profile | None]:
    """One run: its exit status, and its profile if that is wanted.

    Args:
        beside: the profiles of the group's runs that have ended.
        stops: gets the signals that come while nobody follows.
    """
    from jupyterlab_hotspots.runs import launch
    from jupyterlab_hotspots.store.location import make_store_folder, store_folder

    wanted = options.json is not None or not options.quiet
    directory = launch.create(make_store_folder(store_folder()), request)
    launch.start(directory, stdin=stdin.descriptor)
    stdin.started()
    # The history is opened while the target's interpreter starts: nobody waits for it.
    from jupyterlab_hotspots.cli.follow import Follower
    from jupyterlab_hotspots.store.history import Store

    store = Store()
    store.adopt(directory)
    if wanted:
        _load_model_meanwhile(request.profiler)
    cancelled = Follower(directory, quiet=options.quiet).follow(stops)
    if cancelled:  # perhaps when it had just ended: then its status does not say so
        stops.append(early_signals.STOP[0])
    with early_signals.kept(second_ends=True) as late:
        told = _tell(store, directory, options, beside, cancelled=cancelled)
    stops += late
    return told


def _tell(
    store: Store, directory: RunDirectory, options: argparse.Namespace, beside: Sequence[Profile], *, cancelled: bool
) -> tuple[int, Profile | None]:
    """Reports on a run that nobody follows any more; gives what `_run_one` does."""
    wanted = options.json is not None or not options.quiet
    store.look(directory.id)
    info = store.info(directory.id)
    if info.status in ("queued", "running"):
        # The follower left before the end: the run goes on.
        return (exit_status.CANCELLED if cancelled else exit_status.HOTSPOTS_FAILED), None
    if not wanted:  # Nobody waits for a profile that is not shown: it is built when it is looked at.
        return exit_status.of_run(info), None
    profile = store.profile(directory.id)
    store.close()
    if not options.quiet:
        print_profile(profile, options.limit, beside)
    return exit_status.of_run(info), profile


def _requests(options: argparse.Namespace) -> list[RunRequest]:
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.runs.ulid import new_id
    from jupyterlab_hotspots.targets.module import module_target
    from jupyterlab_hotspots.targets.python import find_python
    from jupyterlab_hotspots.targets.script import script_target

    words: list[str] = options.words
    if words[:1] == ["-m"] and len(words) > 1:
        target = module_target(words[1], words[2:])
    elif not words or words == ["-m"]:
        raise BadRequest("No target was named.", hint="Name a script, or a module by -m.")
    else:
        target = script_target(words[0], words[1:])
    profilers = registry.several(",".join(options.profiler or [registry.DEFAULT]))
    # Its shares are to stand beside the counted ones.
    profilers = sorted(profilers, key=lambda profiler: profiler.name != registry.DEFAULT)
    given = _options(options)
    group = new_id() if len(profilers) > 1 else None
    return [
        RunRequest(
            target=target,
            profiler=profiler.name,
            options=registry.options_among(profilers, profiler, given),
            cwd=str(Path.cwd()),
            python=find_python(options.python),
            timeout_s=options.timeout,
            by="cli",
            group=group,
            budget=None if options.budget is None else {"limit_s": options.budget, "expected_s": None},
            version=jupyterlab_hotspots.__version__,
        )
        for profiler in profilers
    ]


def _options(options: argparse.Namespace) -> dict[str, str]:
    """What `--select` and `--option` say."""
    given: dict[str, str] = {} if options.select is None else {"select": options.select}
    for word in options.option:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadRequest(f"The option {word!r} has no value.", hint="Write it as NAME=VALUE.", reason="bad_option")
        given[name] = value
    return given


def _load_model_meanwhile(profiler: str) -> None:
    """The profile's libraries take a quarter of a second to load: do it while the target runs, on another core."""
    import importlib
    import threading
    import time

    def load() -> None:
        time.sleep(_START_S)
        for module in ("store.profiles", f"profilers.{profiler}.reader", "cli.hot_spots", "cli.report", "cli.trees"):
            importlib.import_module(f"jupyterlab_hotspots.{module}")
        importlib.import_module("numpy.ma")  # pyarrow asks for it with the first array

    threading.Thread(target=load, daemon=True).start()


def write_json(profiles: Sequence[Profile], group: str | None, path: Path) -> None:
    """The profile; of a group, even if only one of its runs came to its end, all of them in one document."""
    from jupyterlab_hotspots.formats import json_file

    data = json_file.encode(profiles[0]) if group is None else json_file.encode_group(group, profiles)
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written: {error.strerror}.", hint="The run is kept: `jupyter hotspots export last FILE`."
        ) from error


def print_profile(profile: Profile, limit: int, beside: Sequence[Profile] = ()) -> None:
    """The report at the end of a run; what counts lines has the shares beside it that a sampler of its group saw."""
    from jupyterlab_hotspots.cli import hot_spots, report, trees
    from jupyterlab_hotspots.cli.consoles import report_console
    from jupyterlab_hotspots.formats.references import References
    from jupyterlab_hotspots.profiles.shares import inclusive_line_shares

    # On stderr, so that the target's own output can be piped on.
    console = report_console(stderr=True)
    console.print()
    report.headline(console, profile.run)
    is_counted = profile.run.profiler == registry.COUNTING_LINES
    sampler = next((one for one in beside if is_counted and one.run.profiler == registry.DEFAULT), None)
    sampled = None if sampler is None else inclusive_line_shares(sampler)
    hot_spots.print_tables(console, profile, limit=limit, sampled=sampled)
    if (references := References.of(profile)) is not None:
        trees.print_references(console, profile, references, limit=min(limit, trees.MOST_TYPES))
    report.telemetry(console, profile)
    report.warnings(console, profile.measurements.warnings)
    console.print(f"[dim]Kept as {profile.run.id}.[/dim]")
