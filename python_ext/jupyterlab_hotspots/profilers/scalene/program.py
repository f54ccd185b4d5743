"""What is run under Scalene: found, compiled and set up as `python script.py` and `python -m module` would."""

# ruff: noqa: PTH109, PTH112, PTH118, PTH119, PTH120, PTH123, T201

from __future__ import annotations

import builtins
import os
import signal
import sys
from os import getpid
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from types import CodeType, ModuleType

    from .journal import Journal

if not TYPE_CHECKING:
    import _signal

    # Functions look up here what a target may have replaced in `builtins` when it is at its end.
    __builtins__ = dict(vars(builtins))

_LONGEST_TEXT = 2000


class Pristine:
    """Functions of Python's that Scalene needs to write what it has measured, and a target may have replaced."""

    def __init__(self) -> None:
        self._known = [(vars(module), dict(vars(module))) for module in (builtins, os, os.path, signal)]
        self._replaced: list[tuple[dict[str, Any], str, Any]] = []

    def bring_back(self) -> None:
        """Puts them where they were."""
        for names, known in self._known:
            for name, value in known.items():
                if callable(value) and name in names and names[name] is not value:
                    self._replaced.append((names, name, names[name]))
                    names[name] = value

    def leave(self) -> None:
        """Gives back what the target had put there, for its own last words."""
        for names, name, value in self._replaced:
            names[name] = value


class Program:
    """What is run.

    Attributes:
        file: the source file that Scalene is given.
        began: whether its first line ran.
        status: its exit status as Python would have it; None before it ended.
        interrupted: whether a KeyboardInterrupt ended it.
        journal: where its beginning and end are said.
        main: the new `__main__`.
        code: of its file, compiled; None before that.
        calmed: the handlers of the signals that must wait until Scalene has written, while they do.
    """

    def __init__(self, kind: str, name: str, args: list[str], journal: Journal) -> None:
        self.file = name
        self.began = False
        self.status: int | None = None
        self.interrupted = False
        self._is_module = kind == "module"
        self._name = name
        self._args = args
        self.journal = journal
        self._path: list[str] = []
        self.code: CodeType | None = None
        self.main: ModuleType = type(sys)("__main__")
        self.calmed: dict[int, Any] = {}
        self.pristine = Pristine()
        self._spec: Any = None

    def prepare(self, *, has_script_folder: bool) -> None:
        """Finds and compiles it, with `sys.path` as Python would have it.

        Where that cannot be done the process ends: in Python's own words and status where Python could not run it
        either.
        """
        sys.modules["__main__"] = self.main
        self.main.__dict__["__builtins__"] = sys.modules["builtins"]
        others = list(sys.path)
        if has_script_folder:
            sys.path.insert(0, os.getcwd() if self._is_module else os.path.dirname(os.path.realpath(self._name)))
        self._path = list(sys.path)
        if self._is_module:
            self._find_module()
        else:
            self._read_script()
        sys.path[:] = others  # What Scalene still imports must not come from the target's folder.

    def _find_module(self) -> None:
        import runpy

        try:
            # What `python -m` itself calls, in every version.
            _, spec, code = runpy._get_module_details(self._name, runpy._Error)  # pyright: ignore
        except runpy._Error as error:  # pyright: ignore
            self._end(1, "ImportError", str(error))  # pyright: ignore
        origin: Any = spec.origin  # pyright: ignore
        if not isinstance(origin, str) or not origin.endswith(".py"):
            self.journal.give_up("ImportError", f"Scalene runs Python source only, and {self._name} is none")
        self.file, self._spec, self.code = origin, spec, code

    def _read_script(self) -> None:
        if os.path.isdir(self._name):
            self.journal.give_up("IsADirectoryError", f"Scalene runs Python source only, and {self._name} is a folder")
        try:
            with open(self._name, "rb") as file:
                data = file.read()
        except OSError as error:
            self._end(
                2, type(error).__name__, f"can't open file {self._name!r}: [Errno {error.errno}] {error.strerror}"
            )
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.journal.give_up("UnicodeDecodeError", f"Scalene reads source in UTF-8 only, and {self._name} is not")
        try:
            self.code = compile(data, self._name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            said = _described(error, None)
            if isinstance(error, SyntaxError):
                said |= {"message": error.msg, "file": error.filename, "line": error.lineno}
            self.journal.say("stopped", how="syntax-error", error=said)
            sys.excepthook(type(error), error.with_traceback(None), None)
            sys.exit(1)

    def _end(self, status: int, kind: str, message: str) -> NoReturn:
        said = {"type": kind, "message": message, "file": None, "line": None}
        self.journal.say("stopped", how="raised", error=said)
        print(f"{sys.executable}: {message}", file=sys.stderr)
        sys.exit(status)

    def set_up_main(self) -> None:
        """Makes `__main__`, `sys.argv` and `sys.path` those of the target."""
        names: dict[str, Any] = self.main.__dict__
        if self._spec is not None:
            loader, package = self._spec.loader, self._spec.parent
        else:
            from importlib.machinery import SourceFileLoader

            loader, package = SourceFileLoader("__main__", self.file), None
        for name in [name for name in names if name != "__builtins__"]:
            del names[name]
        names.update(
            __name__="__main__",
            __doc__=None,
            __package__=package,
            __loader__=loader,
            __spec__=self._spec,
            __file__=self.file,
            __cached__=None if self._spec is None else self._spec.cached,
        )
        if sys.version_info < (3, 14):
            names["__annotations__"] = {}
        sys.modules["__main__"] = self.main
        started = ["-m", self._name] if self._is_module else [self._name]
        sys.argv[:] = [self.file, *self._args]
        sys.orig_argv[:] = [sys.orig_argv[0], *started, *self._args]
        sys.path[:] = self._path

    def leave(self) -> None:
        """Gives the signals back, and takes out of a script's globals what Python takes out of them."""
        for number in _signal.valid_signals():
            if _is_scalenes(_signal.getsignal(number)):
                # Its library goes on sending them; where Scalene could not end as usual, they would end the process.
                _signal.signal(number, _signal.SIG_IGN)
        for number, handler in self.calmed.items():
            # Scalene's own handler would write a second time.
            _signal.signal(number, _signal.SIG_DFL if handler is None or _is_scalenes(handler) else handler)
        if not self._is_module:
            self.main.__dict__.pop("__file__", None)
            self.main.__dict__.pop("__cached__", None)
        self.pristine.leave()


def run(program: Program) -> NoReturn:
    """Runs it in the place of Scalene's own call of `exec`; always ends in SystemExit, which Scalene lets pass.

    A function, no method: up to Python 3.10 Scalene takes the class of the next `self` up the stack for that of a
    function of the target.
    """
    assert program.code is not None
    code: Callable[[], object] = FunctionType(program.code, program.main.__dict__)
    program.set_up_main()
    process = getpid()
    program.began = True
    program.journal.say("started")
    how, error_said = "returned", None
    status = 0
    try:
        code()
    except SystemExit as error:
        how, program.status = "exited", 1
        status, said = status_of(error)
        if said is not None:
            print(said, file=sys.stderr)
            error_said = {"type": "SystemExit", "message": said[:_LONGEST_TEXT], "file": None, "line": None}
    except BaseException as error:
        how, status = "raised", 1
        program.status = status
        program.interrupted = isinstance(error, KeyboardInterrupt)
        traceback = error.__traceback__.tb_next if error.__traceback__ is not None else None
        error_said = _described(error, traceback)
        error.__traceback__ = traceback
        sys.excepthook(type(error), error, traceback)
    program.status = status
    program.pristine.bring_back()
    if getpid() == process:
        # Nothing may tear what Scalene writes now; who cannot wait sends SIGKILL.
        numbers = (_signal.SIGINT, _signal.SIGTERM)
        program.calmed = {number: _signal.signal(number, _signal.SIG_IGN) for number in numbers}
    program.journal.say("stopped", how=how, error=error_said, import_s=None)
    raise SystemExit(status)


def _is_scalenes(handler: object) -> bool:
    return str(getattr(handler, "__module__", "")).partition(".")[0] == "scalene"


def origins_of(file: str) -> dict[str, Any]:
    """What decides whose code a file is, as `profilers/told_origins.py` reads it.

    Args:
        file: the target's.
    """
    standard = os.path.dirname(os.__file__)
    folders = {standard, os.path.realpath(standard)}
    folders.add(os.path.join(sys.base_exec_prefix, "lib", os.path.basename(standard)))
    folder = os.path.dirname(file)
    shared = folder in folders or f"{folder}/".endswith(("/site-packages/", "/dist-packages/"))
    return {
        "folder": os.getcwd(),
        "standard": sorted(f"{each}/" for each in folders),
        "own_file": file,
        "own_folder": None if shared else f"{folder}/",
    }


def status_of(error: SystemExit) -> tuple[int, str | None]:
    """The exit status as Python has it, and what it prints."""
    if error.code is None:
        return 0, None
    if isinstance(error.code, int):
        return error.code, None
    return 1, str(error.code)


def _described(error: BaseException, traceback: Any) -> dict[str, Any]:
    """The `error` of a `stopped` line, as `agent/ending.py` has it."""
    file, line = None, None
    while traceback is not None:
        file, line = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
    kind = type(error)
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"type": f"{module}{kind.__qualname__}", "message": message[:_LONGEST_TEXT], "file": file, "line": line}
