"""``jupyter hotspots run``: run a script or module under a profiler, watch it, report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jupyterlab_hotspots
from jupyterlab_hotspots.cli import exit_status
from jupyterlab_hotspots.errors import BadRequest, Unavailable

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.runs.directory import RunDirectory
    from jupyterlab_hotspots.runs.request import RunRequest
    from jupyterlab_hotspots.store.history import Store

DEFAULT_PROFILER: Final = "sampling"

EPILOG: Final = """What follows the script or module is its own. The exit status is the target's own; 128 + N for
signal N, 124 for a time-out, 130 when cancelled, 125 when Hotspots itself fails.

examples:
  jupyter hotspots run fit.py --night 20240716
  jupyter hotspots run --timeout 600 --json fit.json fit.py
  jupyter hotspots run -m package.module
"""


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = EPILOG
    parser.add_argument("--profiler", default=DEFAULT_PROFILER, metavar="NAME", help="see `jupyter hotspots profilers`")
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
    parser.add_argument("--python", metavar="PATH", help="the interpreter, or the folder of its virtual environment")
    parser.add_argument("--limit", metavar="N", type=int, default=15, help="rows of the table at the end (%(default)s)")
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
    """Run the target; returns its exit status.

    Raises:
        HotspotsError: the target, an option or the store is not what it should be.
    """
    from jupyterlab_hotspots.cli.follow import Follower
    from jupyterlab_hotspots.cli.standard_input import StandardInput
    from jupyterlab_hotspots.runs import launch
    from jupyterlab_hotspots.store.history import Store

    store = Store()
    directory = store.create(_request(options))
    with StandardInput() as stdin:
        launch.start(directory, stdin=stdin.descriptor)
        stdin.started()
        if options.json is not None or not options.quiet:
            _load_model_meanwhile(options.profiler)
        cancelled = Follower(directory, quiet=options.quiet).follow()
    store.look(directory.id)
    return _report(store, directory, options, cancelled)


def _request(options: argparse.Namespace) -> RunRequest:
    from jupyterlab_hotspots.profilers import registry
    from jupyterlab_hotspots.runs.request import RunRequest
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
    profiler = registry.description(options.profiler)
    return RunRequest(
        target=target,
        profiler=profiler.name,
        options=registry.checked_options(profiler, _options(options)),
        cwd=str(Path.cwd()),
        python=find_python(options.python),
        timeout_s=options.timeout,
        by="cli",
        version=jupyterlab_hotspots.__version__,
    )


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

    def load() -> None:
        for module in ("store.profiles", f"profilers.{profiler}.reader", "cli.hot_spots", "cli.report"):
            importlib.import_module(f"jupyterlab_hotspots.{module}")
        importlib.import_module("numpy.ma")  # pyarrow asks for it with the first array

    threading.Thread(target=load, daemon=True).start()


def _report(store: Store, directory: RunDirectory, options: argparse.Namespace, cancelled: bool) -> int:
    info = store.info(directory.id)
    if info.status in ("queued", "running"):
        # The follower left before the end: the run goes on.
        return exit_status.CANCELLED if cancelled else exit_status.HOTSPOTS_FAILED
    # Nobody waits for a profile that is not shown: it is built when it is looked at.
    if options.json is not None or not options.quiet:
        profile = store.profile(directory.id)
        if options.json is not None:
            _write_json(profile, options.json)
        if not options.quiet:
            _print(profile, options.limit)
    return exit_status.of_run(info)


def _write_json(profile: Profile, path: Path) -> None:
    from jupyterlab_hotspots.formats import json_file

    if str(path) == "-":
        sys.stdout.buffer.write(json_file.encode(profile))
        sys.stdout.buffer.flush()
        return
    try:
        json_file.write(profile, path)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written: {error.strerror}.", hint="The run is kept: `jupyter hotspots export last FILE`."
        ) from error


def _print(profile: Profile, limit: int) -> None:
    from rich.console import Console

    from jupyterlab_hotspots.cli import hot_spots, report

    # On stderr, so that the target's own output can be piped on.
    console = Console(stderr=True, highlight=False)
    console.print()
    report.headline(console, profile.run)
    hot_spots.print_tables(console, profile, hot_spots.tables_of(profile), limit=limit)
    report.telemetry(console, profile)
    report.warnings(console, profile.measurements.warnings)
    console.print(f"[dim]Kept as {profile.run.id}.[/dim]")
