"""Makes the target ready to run as `__main__`, the way `python script.py` and `python -m module` do.

The code is called as a function whose globals are the new `__main__`, not through `exec`: a profiler then sees the same
as if nobody had started it, and counts no `exec` that the target did not call.
"""

from __future__ import annotations

import builtins
import marshal
import os
import sys
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader, SourcelessFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from .origin import Origins

_Function: Any = type(lambda: None)
_PYC_HEADER_BYTES = 16


class NotRunnable(SystemExit):
    """There is nothing to run: Python says so in one line, without a traceback.

    Attributes:
        kind: the exception behind it, or the one that describes it best.
        message: what is wrong.
    """

    def __init__(self, code: object, kind: str, message: str) -> None:
        super().__init__(code)
        self.kind = kind
        self.message = message


class Program:
    """What is run, set up as `__main__`: `sys.argv`, `sys.path` and the module itself.

    Args:
        target: `{"kind": "script" | "module", "path", "module", "args"}`.
        origins: told what the target is as soon as that is known.
        instrument: gives the code to run in place of the one compiled; None to run that one.

    Attributes:
        main: the globals of the new `__main__`.
        compiled: whether `prepare` has done its work.
    """

    def __init__(
        self, target: dict[str, Any], origins: Origins, instrument: Callable[[CodeType], CodeType] | None = None
    ) -> None:
        self.compiled = False
        self._module = str(target["module"]) if target["kind"] == "module" else None
        self._path = str(target["path"])
        self._origins = origins
        self._instrument = instrument
        self._entry: Callable[[], object] = self._run_module
        self._runpy: Any = None
        names = _like_plain_python()
        module = type(sys)("__main__")
        self.main: dict[str, Any] = module.__dict__
        self.main.update(names, __name__="__main__", __builtins__=builtins)
        sys.modules["__main__"] = module
        started = [self._path] if self._module is None else ["-m", self._module]
        args = [str(word) for word in target["args"]]
        sys.argv[:] = started[:1] + args
        # The options of the interpreter come before us and the file we were given.
        sys.orig_argv[:] = sys.orig_argv[: max(1, len(sys.orig_argv) - 2)] + started + args

    def prepare(self, *, has_script_folder: bool) -> None:
        """Completes `sys.path` and compiles a script.

        A module is found when it is run: its packages are imported for that, which is part of what the target does.

        Args:
            has_script_folder: whether Python puts the folder of what it runs into `sys.path`.

        Raises:
            NotRunnable: the script cannot be read.
            SyntaxError: it is not Python.
        """
        if self._module is not None or _is_import_path(self._path):
            import runpy

            self._runpy = runpy
        if self._module is None:
            self._origins.claim(self._path)
        if self._runpy is None:
            if has_script_folder:
                sys.path.insert(0, os.path.dirname(os.path.realpath(self._path)))
            code, loader = _read(self._path)
            self.main.update(__file__=self._path, __loader__=loader)
            self._entry = self._function(code)
        elif self._module is None:
            sys.path.insert(0, self._path)
        elif has_script_folder:
            sys.path.insert(0, os.getcwd())
        self.compiled = True

    @property
    def entry(self) -> Callable[[], object]:
        """Runs the code, once."""
        return self._entry

    def leave(self) -> None:
        """Takes out of a script's globals what Python takes out of them before functions at exit run."""
        if self._runpy is None:
            self.main.pop("__file__", None)
            self.main.pop("__cached__", None)

    def _run_module(self) -> None:
        # These functions are what `python -m` itself calls, and what pdb and profile use, in every version.
        runpy = self._runpy
        try:
            if self._module is None:
                _, spec, code = runpy._get_main_module_details(runpy._Error)
            else:
                _, spec, code = runpy._get_module_details(self._module, runpy._Error)
        except runpy._Error as error:
            raise NotRunnable(f"{sys.executable}: {error}", "ImportError", str(error)) from None
        if self._module is not None:
            sys.argv[0] = spec.origin
            self._origins.claim(spec.origin)
        self.main.update(__file__=spec.origin, __loader__=spec.loader, __package__=spec.parent, __spec__=spec)
        if "__cached__" in self.main:
            self.main["__cached__"] = spec.cached
        self._function(code)()

    def _function(self, code: CodeType) -> Callable[[], object]:
        return _Function(code if self._instrument is None else self._instrument(code), self.main)


def _like_plain_python() -> dict[str, Any]:
    """The names a `__main__` has in this version of Python: those of ours, which is one."""
    names: dict[str, Any] = {name: None for name in sys.modules["__main__"].__dict__ if name[:2] == "__"}
    if "__annotations__" in names:
        names["__annotations__"] = {}
    return names


def _is_import_path(path: str) -> bool:
    """Whether Python imports from it (a folder, an archive) instead of reading it; the answer is kept, as it does."""
    finder = None
    for hook in sys.path_hooks:
        try:
            finder = hook(path)
            break
        except ImportError:
            continue
    sys.path_importer_cache[path] = finder
    return finder is not None


def _read(path: str) -> tuple[CodeType, object]:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        message = f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}"
        print(f"{sys.executable}: {message}", file=sys.stderr)
        raise NotRunnable(2, type(error).__name__, message) from None
    if data[:4] == MAGIC_NUMBER:
        return marshal.loads(data[_PYC_HEADER_BYTES:]), SourcelessFileLoader("__main__", path)
    loader = SourceFileLoader("__main__", path)
    try:
        return compile(data, path, "exec", dont_inherit=True), loader
    except (SyntaxError, ValueError) as error:
        # Given bytes, `compile` does not say where they are wrong; reading a file, Python does.
        raise _unreadable(data, path) or error from None


def _unreadable(data: bytes, path: str) -> SyntaxError | None:
    """What Python says of a file that has bytes no source can have; None if it has none."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if b"\0" in line:
            text = line.partition(b"\0")[0].decode("utf-8", "replace")
            return SyntaxError("source code cannot contain null bytes", (path, number, None, text))
        if number <= 2 and b"coding" in line:
            return None  # It says what it is written in, and `compile` says why that is not so.
        try:
            line.decode()
        except UnicodeDecodeError as error:
            return SyntaxError(
                f"Non-UTF-8 code starting with '\\x{line[error.start]:02x}' in file {path} on line {number}, but no "
                "encoding declared; see https://peps.python.org/pep-0263/ for details"
            )
    return None
