"""Which code is watched, line by line: of the selection, or of the user's own files; and how it gets hold of it.

Code is taken as it is about to run: the script's own when the agent has compiled it, that of modules when their loader
hands it out. `register` is given each code object of a function, class body or module, and gives the one to run in its
place. Fragments (lambdas, comprehensions) are left alone unless they are asked for: in line_profiler's report they
belong to the line they stand on; memory_profiler reads memory within them as well.
"""

# This runs in the target, which did not ask for pathlib.
# ruff: noqa: PTH100, PTH109, PTH119, PTH120

from __future__ import annotations

import os
import sys
from _frozen_importlib_external import SourceFileLoader

from .sources import Survey, files_of_module, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from functools import partial
    from types import CodeType
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools
else:
    from _functools import partial

_Code: Any = type((lambda: None).__code__)
_Function: Any = type(lambda: None)
_OPTIMIZED = 0x1
"""`inspect.CO_OPTIMIZED`: the code of a function has it, that of a class body or a module has not."""
_Partial: Any = partial


class Choice:
    """One of the things a user has selected.

    Args:
        text: `package.module`, `package.module:function`, `file.py` or `file.py:function`.

    Attributes:
        imported: whether its module was met.
        found: whether anything of it was.
        near: names of functions of its module, to choose from if there is none of that name.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.module, _, function = text.partition(":")
        self.function = function.strip().removesuffix("()")
        self.imported = False
        self.found = False
        self.near: set[str] = set()

    def is_of(self, names: Sequence[str], path: str) -> bool:
        """Whether it speaks of a module that has these names and lies in that file."""
        if self.module.endswith(".py"):
            return path == os.path.abspath(self.module) or path.endswith(f"/{self.module.lstrip('./')}")
        return any(name == self.module or (name.startswith(f"{self.module}.") and not self.function) for name in names)

    def takes(self, qualname: str) -> bool:
        """Whether it means the function of that name, or one that this is within."""
        if not self.function:
            return True
        plain = qualname.replace(".<locals>", "")
        wanted = self.function.replace(".<locals>", "")
        return plain == wanted or plain.startswith(f"{wanted}.")


class _GetCode:
    """Stands for a loader's method `get_code`, and gives the code that it would, with what is to be watched in it.

    That is done as the method is looked up, not as it is called: no frame of ours is then in the traceback of an
    import that fails, which programs print. It then fails by itself, in the method of old.
    """

    def __init__(self, method: Any, take: Callable[[Any, Any], CodeType | None]) -> None:
        self._method = method
        self._take = take

    def __get__(self, loader: Any, kind: type | None = None) -> Any:
        if loader is None:
            return self._method
        try:
            code = self._take(loader, self._method)
        except Exception:
            code = None
        return self._method.__get__(loader) if code is None else _Whatever(code).__getitem__


class _Whatever(dict[str, object]):
    """Has the same value for every key."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self._value = value

    def __missing__(self, key: str) -> object:
        return self._value


class _ExecModule:
    """Stands for a loader's method `exec_module`, and has something done before and after it.

    After it is when what was looked up is no longer needed: so no frame of ours is in a traceback.
    """

    def __init__(self, method: Any, enter: Callable[[Any], Callable[[], None] | None]) -> None:
        self._method = method
        self._enter = enter

    def __get__(self, loader: Any, kind: type | None = None) -> Any:
        if loader is None:
            return self._method
        try:
            leave = self._enter(loader)
        except Exception:
            leave = None
        if leave is None:
            return self._method.__get__(loader)
        bound = _Partial(self._method, loader)
        bound.guard = _Guard(leave)
        return bound


class _Guard:
    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave

    def __del__(self) -> None:
        self._leave()


class Watched:
    """Finds code to watch.

    Args:
        select: what the user has selected, as `Choice` takes it; nothing for marked functions, or all own files.
        tools: what the agent gives.
        register: takes a code object and its qualified name, gives what to run in its place.
        fragments: whether fragments are registered, and what is within a marked function with it.

    Attributes:
        marked: whether only the functions marked with `@profile` are watched.
        packages: those of line_profiler and memory_profiler that own files import.
        sources: file → its bytes as they were when it was compiled.
        around_import: called with whether a module that is imported is watched; gives what to call afterwards.
    """

    def __init__(
        self,
        select: Sequence[str],
        tools: Tools,
        register: Callable[[CodeType, str], CodeType],
        *,
        fragments: bool = False,
    ) -> None:
        self.choices = [Choice(text) for text in select]
        self.marked = False
        self.packages: set[str] = set()
        self.sources: dict[str, bytes] = {}
        self.around_import: Callable[[bool], Callable[[], None] | None] | None = None
        self._tools = tools
        self._register = register
        self._fragments = fragments
        self._folders: list[str] = []
        self._decided = False
        self._taken: dict[int, CodeType] = {}
        """Code objects that were handed out, by their `id`."""
        self._hooks: dict[str, Any] = {}

    def decide_for_module(self) -> None:
        """Decides what to watch where the target is a module: before it is found, which runs its packages."""
        if self._decided or sys.argv[:1] != ["-m"]:
            return
        # So Python itself calls `sys.argv[0]` as long as it looks for the module.
        name = sys.orig_argv[-len(sys.argv)]
        folder = sys.path[0] if sys.path else os.getcwd()
        self._decide(files_of_module(name, [folder]), [folder])

    def target(self, code: CodeType) -> CodeType:
        """The code to run in place of the target's own."""
        if id(code) in self._taken:
            return code
        path = self._tools.origins.absolute(code.co_filename)
        self._decide([path], [os.path.dirname(path), os.path.dirname(os.path.realpath(path))])
        stem = os.path.basename(path).removesuffix(".py")
        return self._take(code, ("__main__", stem), path, always=True)

    def _decide(self, files: Sequence[str], folders: Sequence[str]) -> None:
        if self._decided:
            return
        self._decided = True
        self._folders = [folder.rstrip("/") + "/" for folder in folders]
        if any(self._tools.origins.of(folder + "x") == "library" for folder in self._folders):
            # The target is an installed tool, such as pytest: what it works on is the user's.
            self._folders = [os.getcwd() + "/"]
        survey = Survey(self.is_own)
        survey.look(files, self._folders)
        self.marked = survey.marked and not self.choices
        self.packages = survey.packages
        if not self.marked:
            self._watch_loaded()
        self._install()

    def is_own(self, path: str) -> bool:
        """Whether a file, by its absolute path, is the target or lies in its folder and is not installed."""
        return self._tools.origins.of(path) == "own" and any(path.startswith(folder) for folder in self._folders)

    def has(self, code: CodeType) -> bool:
        """Whether a code object is one that was handed out."""
        return id(code) in self._taken

    def remove(self) -> None:
        """Watches no more modules."""
        for name, hook in self._hooks.items():
            if SourceFileLoader.__dict__.get(name) is hook:
                delattr(SourceFileLoader, name)
        self._hooks = {}

    def take_function(self, function: Any) -> None:
        """Watches a function that exists already."""
        code = function.__code__
        if id(code) not in self._taken:
            self._keep_source(self._tools.origins.absolute(code.co_filename))
            if self._fragments:
                inner = f"{function.__qualname__}.<locals>."
                for const in code.co_consts:
                    if type(const) is _Code:
                        self._within(const, inner, self.choices)
            function.__code__ = self._handed(self._register(code, function.__qualname__))

    def _install(self) -> None:
        """Puts itself between the import system and the code it gets from a loader."""
        if self.marked:
            return
        self._hooks = {"get_code": _GetCode(SourceFileLoader.get_code, self._of_module)}
        if self.around_import is not None:
            self._hooks["exec_module"] = _ExecModule(SourceFileLoader.exec_module, self._enter)
        for name, hook in self._hooks.items():
            setattr(SourceFileLoader, name, hook)

    def _watches(self, loader: Any) -> str | None:
        """The absolute path of a module that is watched; None if it is not."""
        path = self._tools.origins.absolute(str(loader.path))
        watches = self.is_own(path) if not self.choices else bool(self._chosen((str(loader.name),), path))
        return path if watches else None

    def _enter(self, loader: Any) -> Callable[[], None] | None:
        return None if self.around_import is None else self.around_import(self._watches(loader) is not None)

    def _of_module(self, loader: Any, get_code: Callable[[Any, str], CodeType | None]) -> CodeType | None:
        path = self._watches(loader)
        code = None if path is None else get_code(loader, loader.name)
        if code is None or path is None:
            return None
        return code if id(code) in self._taken else self._take(code, (loader.name,), path, always=False)

    def _chosen(self, names: Sequence[str], path: str) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_of(names, path)]

    def _take(self, code: CodeType, names: Sequence[str], path: str, *, always: bool) -> CodeType:
        if self.marked:
            return code
        chosen = self._chosen(names, path)
        if self.choices and not chosen:
            return code
        if not self.choices and not always and not self.is_own(path):
            return code
        for choice in chosen:
            choice.imported = True
        self._keep_source(path)
        return self._handed(self._within(code, "", chosen))

    def _within(self, code: CodeType, prefix: str, chosen: Sequence[Choice]) -> CodeType:
        """The code with what is to be watched in it, itself included, in place."""
        name = code.co_name
        is_module, is_body = name == "<module>", not code.co_flags & _OPTIMIZED
        qualname = name if is_module else f"{prefix}{name}"
        inner = "" if is_module else f"{qualname}." if is_body else f"{qualname}.<locals>."
        if name.startswith("<generic parameters of"):
            inner = prefix  # A scope that Python 3.12 puts around functions and classes with type parameters.
        consts = [self._within(const, inner, chosen) if type(const) is _Code else const for const in code.co_consts]
        if any(new is not old for new, old in zip(consts, code.co_consts)):  # noqa: B905  (of the same length)
            code = code.replace(co_consts=tuple(consts))
        is_fragment = name.startswith("<") and not is_module
        if is_fragment and (not self._fragments or name.startswith("<generic parameters of")):
            return code
        if name == "__annotate__" or not self._wants(qualname, chosen):
            return code
        return self._handed(self._register(code, qualname))

    def _wants(self, qualname: str, chosen: Sequence[Choice]) -> bool:
        if not self.choices:
            return True
        wanted = False
        for choice in chosen:
            if choice.takes(qualname):
                choice.found = wanted = True
            elif not qualname.endswith(">"):
                choice.near.add(qualname.replace(".<locals>", ""))
        return wanted

    def _watch_loaded(self) -> None:
        """Watches the functions of selected modules that were imported before anything of the target ran."""
        for name, module in [*sys.modules.items()]:
            chosen = self._chosen((name,), str(getattr(module, "__file__", None) or ""))
            if not chosen or name == "__main__":
                continue
            for choice in chosen:
                choice.imported = True
            for value in [*vars(module).values()]:
                members = [*vars(value).values()] if isinstance(value, type) else [value]
                for member in members:
                    theirs = type(member) is _Function and member.__module__ == name
                    if theirs and self._wants(member.__qualname__, chosen):
                        self.take_function(member)

    def _handed(self, code: CodeType) -> CodeType:
        self._taken[id(code)] = code
        return code

    def _keep_source(self, path: str) -> None:
        if path not in self.sources:
            source = read(path)
            if source is not None:
                self.sources[path] = source

    def warnings(self, failure: str | None) -> list[dict[str, str]]:
        """What was selected and is not there, and that what is to be watched could not be found at all."""
        found: list[dict[str, str]] = []
        if failure is not None:
            message = f"Not all code could be watched, by an error of Hotspots: {failure}."
            found.append({"code": "not_watched", "message": message, "hint": "Please report it with this run."})
        for choice in self.choices:
            if choice.found:
                continue
            if not choice.imported:
                message = f"Nothing of the selected {choice.text!r} ran: no module {choice.module!r} was imported."
                hint = "Name it as it is imported (package.module), or by its file (script.py:function)."
            elif not choice.function:
                message = f"The selected module {choice.text!r} has no Python functions that could be watched."
                hint = "Select a module that is written in Python."
            else:
                message = f"The selected {choice.text!r} was not found: its module has no function of that name."
                names = ", ".join(sorted(choice.near)[:8])
                hint = f"It has: {names}." if names else "It has none that could be watched."
            found.append({"code": "not_selected", "message": message, "hint": hint})
        return found
