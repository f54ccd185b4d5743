"""Reads the command line, finds the command's module, runs it, says errors in two sentences."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from jupyterlab_hotspots.cli.exit_status import CANCELLED, HOTSPOTS_FAILED
from jupyterlab_hotspots.cli.printable import printable
from jupyterlab_hotspots.errors import HotspotsError

# One module a command, with `prepare_parser(parser)` and `run(arguments) -> int`; only the one asked for is imported.
COMMANDS: Final = {
    "run": ("jupyterlab_hotspots.cli.run", "run a script or module under a profiler"),
    "list": ("jupyterlab_hotspots.cli.list_runs", "the history of runs"),
    "show": ("jupyterlab_hotspots.cli.show", "the hot spots of a run"),
    "import": ("jupyterlab_hotspots.cli.import_file", "keep other profilers' files as runs"),
    "export": ("jupyterlab_hotspots.cli.export", "write a run's profile in another tool's format"),
    "attach": ("jupyterlab_hotspots.cli.attach", "look into a process that runs already"),
    "dump": ("jupyterlab_hotspots.cli.dump", "what a process is doing right now"),
    "profilers": ("jupyterlab_hotspots.cli.profilers", "the profilers and what each measures"),
    "reference": ("jupyterlab_hotspots.reference.commands", "the bundled alert pipeline and its simulator"),
}

DESCRIPTION: Final = "See where time and memory go, while it runs."
EXAMPLES: Final = """examples:
  jupyter hotspots run fit.py --night 20240716     profile a script; what follows it is its own
  jupyter hotspots run -m package.module           profile a module
  jupyter hotspots list                            the history
  jupyter hotspots show last                       the hot spots of the newest run
  jupyter hotspots export last fit.prof            for pstats and SnakeViz
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose own errors exit with 125: 2 could be the target's."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(HOTSPOTS_FAILED, f"{self.prog}: {message}\n")


def _parser(command: str | None) -> tuple[Parser, Parser | None]:
    """The whole parser, and the one of the command that was asked for."""
    parser = Parser(
        prog="jupyter hotspots",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    chosen: Parser | None = None
    for name, (module, help_text) in COMMANDS.items():
        child = commands.add_parser(
            name, help=help_text, description=help_text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name == command:
            importlib.import_module(module).prepare_parser(child)
            chosen = child
    return parser, chosen


def _parse(words: list[str]) -> tuple[Parser, argparse.Namespace]:
    command = next((word for word in words if not word.startswith("-")), None)
    parser, chosen = _parser(command)
    if command == "run" and chosen is not None:
        from jupyterlab_hotspots.cli.run import split_words

        start = words.index("run") + 1
        own, target = split_words(chosen, words[start:])
        options = parser.parse_args([*words[:start], *own])
        options.words = target
        return parser, options
    return parser, parser.parse_args(words)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and run one command.

    Returns:
        The exit status: the command's own, 125 for a failure of Hotspots itself, 130 when interrupted.
    """
    if sys.platform == "win32":
        print("Hotspots does not run on Windows itself. Run it in WSL (Windows Subsystem for Linux).", file=sys.stderr)
        return HOTSPOTS_FAILED
    parser, options = _parse(list(sys.argv[1:] if arguments is None else arguments))
    if options.version:
        from importlib.metadata import version

        print(version("jupyterlab-hotspots"))
        return 0
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return int(importlib.import_module(COMMANDS[options.command][0]).run(options))
    except HotspotsError as error:
        print(f"{parser.prog} {options.command}: {printable(error.message)}", file=sys.stderr)
        if error.hint:
            print(printable(error.hint), file=sys.stderr)
        return HOTSPOTS_FAILED
    except KeyboardInterrupt:
        return CANCELLED
    except BrokenPipeError:
        # `… | head`: the reader has what it wanted.
        sys.stderr.close()
        return 0
