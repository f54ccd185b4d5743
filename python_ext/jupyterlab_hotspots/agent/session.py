"""One run in the profiled process, from reading what shall be run to the end of its code."""

from __future__ import annotations

import os
import sys

from .columns import write_columns
from .ending import Hook, describe
from .guard import die_with_parent, permit_reading
from .journal import Journal
from .json_text import decode
from .live import SIGNAL, Live
from .marks import provide
from .origin import Origins
from .quiet import getpid, now
from .rivals import active_tool
from .target import Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable, Collection
    from types import ModuleType
    from typing import Any, NoReturn
else:
    import _signal

OWN_FAILURE = 125
"""Exit status when Hotspots itself is the reason that the target did not run."""


class Tools:
    """What a collector, which imports nothing of the house, is given by the agent.

    Attributes:
        origins: decides whose code a file is.
        files: file names of code objects that are ours and no part of the target.
        folder: where a tool that writes by itself, while the target runs, puts its files; absolute.
        write_columns: writes the tables; see `columns.py`.
    """

    def __init__(self, files: frozenset[str], folder: str) -> None:
        self.origins = Origins()
        self.files = files
        self.folder = folder
        self.write_columns = write_columns


def run(specification: str, load: Callable[[str, str], ModuleType], *, has_script_folder: bool) -> None:
    """Runs the target that the file `specification` describes; an exception of the target comes out of here.

    Args:
        specification: path of `agent.json`: `{"folder", "collector", "options", "target", "live", "limit", "parent"}`.
        load: imports a module from a file without leaving a trace.
        has_script_folder: whether Python puts the folder of what it runs into `sys.path`.
    """
    try:
        with open(specification, encoding="utf-8") as file:
            told = decode(file.read().strip())
        die_with_parent(told.get("parent"))
        permit_reading()
        collector_path = told["collector"]
        tools = Tools(_files_of(os.path.dirname(__file__), collector_path), str(told["folder"]))
        journal = Journal(f"{told['folder']}/live.jsonl")
        collector: Any = None
        if collector_path is not None:
            collector = load(collector_path, "_jupyterlab_hotspots_collector").create(told["options"], tools)
        provide(collector)
    except Exception as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing is None or missing[:1] == "_":  # our own, or one of Python's that this build lacks
            _give_up(f"the agent cannot start: {type(error).__name__}: {error}")
        install = f"{sys.executable} -m pip install {missing}"
        _give_up(f"{missing} is not installed in the Python that runs the target; install it: {install}")
    _Session(told, tools, journal, collector).run(has_script_folder)


def _files_of(folder: str, collector: str | None) -> frozenset[str]:
    """The Python files of the agent, and of the collector's folder."""
    folders = [folder] if collector is None else [folder, os.path.dirname(collector)]
    return frozenset(f"{place}/{name}" for place in folders for name in os.listdir(place) if name.endswith(".py"))


def _give_up(message: str) -> NoReturn:
    print(f"hotspots: {message}", file=sys.stderr)
    sys.exit(OWN_FAILURE)


class _Session:
    def __init__(self, told: dict[str, Any], tools: Tools, journal: Journal, collector: Any) -> None:
        self._told = told
        self._tools = tools
        self._journal = journal
        self._collector = collector
        self._pid = getpid()
        self._folder = str(told["folder"])
        self._live: Live | None = None
        if collector is not None and told["live"]:
            self._live = Live(collector, journal, self._folder, int(told["limit"]), tools.files)

    def run(self, has_script_folder: bool) -> None:
        listens = self._live is not None and self._live.install()
        version = ".".join(map(str, sys.version_info[:3]))
        self._journal.say("ready", python=version, pid=self._pid, signal=SIGNAL if listens else None)
        self._refuse_rivals()
        _flush_lines()
        instrument = getattr(self._collector, "instrument", None)
        program = Program(self._told["target"], self._tools.origins, instrument)
        try:
            program.prepare(has_script_folder=has_script_folder)
            self._watch(program.entry)
        except BaseException as error:
            how = self._described(error, program)
            if how is not None:
                self._finish(how)
            raise
        self._finish({"how": "returned", "error": None})
        program.leave()

    def _refuse_rivals(self) -> None:
        rival = None if self._collector is None else active_tool()
        if rival is None:
            return
        if getattr(self._collector, "stands_beside_others", False):
            self._journal.say(
                "warning",
                code="tool_active",
                message=f"{rival} is active in this process, too: what it costs is in these figures.",
                hint=f"Run the target without {rival} for figures of the target alone.",
            )
            return
        message = f"{rival} is active in this process already, and two such tools in one process lose data"
        error = {"type": "ProfilerActive", "message": message, "file": None, "line": None}
        self._journal.say("stopped", how="raised", error=error)
        _give_up(f"{message}; run the target without {rival}")

    def _watch(self, entry: Callable[[], object]) -> None:
        collector = self._collector
        os.register_at_fork(after_in_child=self._in_child)
        self._journal.say("started")
        if collector is None:
            entry()
            return
        try:
            collector.start()
            entry()
        finally:
            self._stop()

    def _described(self, error: BaseException, program: Program) -> dict[str, Any] | None:
        try:
            if not isinstance(error, SystemExit):
                Hook(self._tools.files, program).install()
            return describe(error, self._tools.files, compiled=program.compiled)
        except Exception:  # as in `_stop`
            return None

    def _stop(self) -> None:
        """A target may have replaced anything of Python's: its own end is not changed by what fails of ours then."""
        try:
            self._collector.stop()
        except Exception:  # whatever the target's replacement raises
            pass

    def _in_child(self) -> None:
        """A forked child is not watched: it goes on at full speed, and free to start a profiler of its own."""
        try:
            if self._live is not None:
                self._live.remove()
            if self._collector is not None:
                self._collector.stop()
        except Exception:
            pass  # Then it is watched by nobody, a little slower; Python would print what went wrong.

    def _finish(self, how: dict[str, Any]) -> None:
        """Writes all there is. A signal that comes meanwhile is dealt with afterwards: nothing is lost by it."""
        if getpid() != self._pid:
            return
        ended = now()
        mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, ())
        interruption: BaseException | None = None
        try:
            _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
        except BaseException as error:  # Python runs here what came just before.
            interruption = error
        try:
            self._write_end(ended, how, mask)
        except Exception:  # as in `_stop`
            pass  # the reader tells that the end is missing
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
        if interruption is not None:
            raise interruption

    def _write_end(self, ended: float, how: dict[str, Any], blocked: Collection[int]) -> None:
        journal, collector, live = self._journal, self._collector, self._live
        if collector is None:
            journal.say("stopped", t=ended, import_s=None, **how)
            return
        self._stop()
        warnings = [] if live is None else live.remove(blocked)
        failures: list[str] = []
        table: dict[str, Any] | None = None
        try:
            table = collector.snapshot(int(self._told["limit"]))
        except Exception as error:
            failures.append(f"the last live table: {error}")
        journal.say("stopped", t=ended, import_s=getattr(collector, "import_s", None), **how)
        if live is not None and table is not None:
            journal.say("hotspots", **table, t=ended, cost_s=0.0)
        try:
            collector.write(self._folder)
            warnings += collector.warnings()
        except Exception as error:
            failures.append(f"the profile: {error}")
        lost = journal.lost + (0 if live is None else live.failures)
        if lost:
            failures.append(f"{lost} live tables or lines")
        if failures:
            hint = "Is the disk full, or the limit of open files reached?"
            message = f"Not everything that was measured could be written: {'; '.join(failures)}."
            warnings.append({"code": "write_failed", "message": message, "hint": hint})
        for warning in warnings:
            journal.say("warning", **warning)


def _flush_lines() -> None:
    """What is printed into a file can be read line by line, as on a terminal."""
    stream = sys.stdout
    try:
        if not stream.isatty():
            stream.reconfigure(line_buffering=True)  # pyright: ignore
    except (AttributeError, ValueError):
        pass  # There is none, or it is closed.
