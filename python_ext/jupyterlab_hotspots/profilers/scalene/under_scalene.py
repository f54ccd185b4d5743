"""Runs a target under Scalene, in the Python of the target.

What measures is `scalene run -o RAW/scalene.json SCALENE_FLAG… --- FILE`, whole and unchanged. But on that command line
the target would not run as it does without Scalene (2.4): its `sys.path` begins with a folder of Scalene's, it takes
over Scalene's `from __future__ import annotations`, `sys.exit()` becomes status 1 and `sys.exit("text")` prints
nothing, tracebacks begin with Scalene's frames, an interruption ends with status 0, and what Scalene has to say stands
in the target's output. So the one line of Scalene that executes the target comes back here (`program.run`), where that
is put right, and what Scalene prints goes to `RAW/scalene.log`.

Memory is measured by a library that must be there when the process starts. Scalene starts a second Python for that and
waits for it; here the process becomes that second Python, so that a signal finds the one process there is.
"""

# ruff: noqa: PTH110

from __future__ import annotations

import builtins
import os
import platform
import signal
import sys
from os import getpid
from typing import TYPE_CHECKING, NoReturn

from .journal import OWN_FAILURE, Journal, Log, write_json
from .program import Program, origins_of, status_of
from .program import run as run_program

if TYPE_CHECKING:
    from types import ModuleType

if not TYPE_CHECKING:
    # Functions look up here what a target may have replaced in `builtins` when it is at its end.
    __builtins__ = dict(vars(builtins))

OLDEST = (2, 0)
_WINDOW = "SCALENE_ALLOCATION_SAMPLING_WINDOW"
_WINDOW_BYTES = 1048576
"""Scalene's default; it starts another Python unless the variable says the same as its options."""
_LOCALE = "LC_ALL"
"""Scalene changes it when it is imported; the target gets it back."""
_MARK = "_HOTSPOTS_UNDER_SCALENE"
"""Says that this process has become the second Python, so that it never becomes a third."""
_PR_SET_PDEATHSIG = 1
"""From `linux/prctl.h`."""


def _with_library(flags: list[str], folder: str) -> dict[str, str] | None:
    """The environment with which Scalene wants to be started; None if this one is.

    See `get_preload_environ` in `scalene/scalene_preload.py`.
    """
    os.environ[_WINDOW] = str(_WINDOW_BYTES)  # Only Scalene itself reads it, later than now.
    if "--cpu-only" in flags or "--gpu" in flags:
        return None
    env = dict(os.environ)
    if sys.platform == "darwin":
        env["DYLD_INSERT_LIBRARIES"] = f"{folder}/libscalene.dylib"
        env["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] = "YES"
    elif sys.platform == "linux" and platform.machine().lower() in ("x86_64", "amd64", "arm64", "aarch64"):
        for name, value in (("LD_LIBRARY_PATH", folder), ("LD_PRELOAD", "libscalene.so")):
            known = env.get(name, "").split(":") if env.get(name) else []
            if value not in known:
                env[name] = ":".join([value, *known])
        if "PYTHONMALLOC" in env:
            env["PYTHONMALLOC"] = "default"
    return None if env == dict(os.environ) else env


def _die_with(supervisor: int) -> None:
    """Have SIGTERM sent to this process when its supervisor dies: it must not go on unwatched. Linux only."""
    if sys.platform != "linux":
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    except Exception:
        return
    if os.getppid() != supervisor:
        os.kill(os.getpid(), signal.SIGTERM)


def run(words: list[str], *, has_script_folder: bool) -> NoReturn:
    """Does what `launch.py` was asked for, and ends the process as the target would have ended it.

    Args:
        words: the arguments of `launch.py`.
        has_script_folder: whether Python puts the folder of what it runs into `sys.path`.
    """
    raw, supervisor, *words = words
    place = words.index("---")
    flags, (kind, name, *args) = words[:place], words[place + 1 :]
    journal = Journal(raw)
    version, folder = _installed(journal)
    env = _with_library(flags, folder)
    if os.environ.pop(_MARK, None) is None and env is not None:
        os.execve(sys.executable, sys.orig_argv, {**env, _MARK: "1"})
    _die_with(int(supervisor))
    python = ".".join(map(str, sys.version_info[:3]))
    journal.say("ready", python=python, pid=os.getpid(), signal=None, profiler_version=version)
    locale = os.environ.get(_LOCALE)
    try:
        from scalene import scalene_profiler
    except Exception as error:
        journal.give_up("ImportError", f"Scalene cannot be imported: {type(error).__name__}: {error}")
    os.environ.pop(_LOCALE, None)
    if locale is not None:
        os.environ[_LOCALE] = locale
    program = Program(kind, name, args, journal)
    program.prepare(has_script_folder=has_script_folder)
    write_json(f"{raw}/origins.json", origins_of(program.file))
    log = Log(f"{raw}/scalene.log")
    _profile(scalene_profiler, ["-o", f"{raw}/scalene.json", *flags], program, log, journal)
    try:
        if not os.path.exists(f"{raw}/scalene.json"):
            message = f"Scalene {version} could not write what it had measured: {log.last_line()}"
            journal.say("warning", code="write_failed", message=message, hint="Is the disk full?")
        program.leave()
    except Exception:  # A target may have replaced anything of Python's: what fails of ours then changes no end.
        pass
    if program.interrupted:
        sys.excepthook = lambda *_: None  # pyright: ignore[reportUnknownLambdaType]  (it has been printed)
        raise KeyboardInterrupt
    raise SystemExit(program.status)


def _installed(journal: Journal) -> tuple[str, str]:
    """Scalene's version and folder; gives up if there is none, or one that cannot be used."""
    from importlib import metadata
    from importlib.util import find_spec

    install = f"{sys.executable} -m pip install 'scalene>=2'"
    package = find_spec("scalene")
    if package is None or not package.submodule_search_locations:
        message = f"Scalene is not installed in the Python that runs the target; install it: {install}"
        journal.give_up("ModuleNotFoundError", message)
    try:
        version = metadata.version("scalene")
    except metadata.PackageNotFoundError:
        version = ""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers and numbers < OLDEST:
        journal.give_up("ImportError", f"Scalene {version} is too old, 2.0 or later is needed; install it: {install}")
    return version, package.submodule_search_locations[0]


def _profile(scalene: ModuleType, options: list[str], program: Program, log: Log, journal: Journal) -> None:
    """Has Scalene run the program; a forked child that comes back ends here."""

    def execute(*_: object) -> None:
        log.take_from()  # Some of its modules are imported only when it starts.
        run_program(program)

    scalene.__dict__["exec"] = execute
    log.take_from()
    sys.argv[:] = ["scalene", "run", *options, "---", program.file]
    process = getpid()
    status = OWN_FAILURE
    try:
        scalene.Scalene.main()
    except SystemExit as error:
        status, _ = status_of(error)
    except BaseException as error:
        log.take(f"{type(error).__name__}: {error}")
    if getpid() != process:
        raise SystemExit(status)
    if not program.began:
        journal.give_up("RuntimeError", f"Scalene could not start: {log.last_line() or 'it did not say why'}")
