"""What types and modules are called, and whose they are, without running any of the target's code."""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from jupyterlab_hotspots.agent.origin import Origins

_module: Any = ModuleType
_module_of: Callable[[Any], Any] = type.__dict__["__module__"].__get__
_qualname_of: Callable[[Any], str] = type.__dict__["__qualname__"].__get__
_names_of: Callable[[Any], dict[str, Any]] = _module.__dict__["__dict__"].__get__
mro_of: Callable[[Any], tuple[type, ...]] = type.__dict__["__mro__"].__get__
names_of_type: Callable[[Any], Mapping[str, Any]] = type.__dict__["__dict__"].__get__
kind_of: Callable[[Any], type[Any]] = type
"""The type of an object; never what its `__class__` says."""
_C_METHOD = type(object.__sizeof__)
_LONGEST = 200


def is_c_written(method: object) -> bool:
    """Whether a method that stands in a class is written in C."""
    return type(method) is _C_METHOD


def module_name(kind: type) -> str:
    """The name of the module that defines a type; empty if it does not say."""
    try:
        found = _module_of(kind)
    except AttributeError:
        return ""
    return found if type(found) is str else ""


def type_name(kind: type) -> str:
    """Dotted, without the module for built-in types."""
    module, name = module_name(kind), _qualname_of(kind)
    return (name if module in ("builtins", "") else f"{module}.{name}")[:_LONGEST]


def is_one_of(kind: type, types: tuple[type, ...]) -> bool:
    """Whether a type is one of these, by identity: `==` and `in` would ask its metaclass."""
    return any(kind is each for each in types)


def is_a(kind: type, base: type) -> bool:
    """Whether a type is one of these or derived from it; asks nobody."""
    return is_one_of(base, mro_of(kind))


def module_names(module: Any) -> dict[str, Any] | None:
    """The names in a module; None if that is none."""
    return _names_of(module) if is_a(kind_of(module), ModuleType) else None


class Owners:
    """Whose code defines a type.

    Args:
        origins: decides by the file.
    """

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._known: dict[str, str] = {"builtins": "builtin", "": "builtin"}

    def of(self, kind: type) -> str:
        """`own`, `library` or `builtin`."""
        return self.of_module(module_name(kind))

    def of_module(self, name: str) -> str:
        """The same, by the name of the module that defines the type."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> str:
        if name in sys.builtin_module_names:
            return "builtin"
        file = file_of(name)
        if file is not None:
            return self._origins.of(self._origins.absolute(file))
        # Made by `exec`, or of a module that is gone: what Python ships has a file or is built in.
        return "own" if name == "__main__" else "library"


def file_of(module: str) -> str | None:
    """The source file of a module that is imported; None if it has none."""
    names = module_names(sys.modules.get(module))
    file = None if names is None else names.get("__file__")
    return file if type(file) is str else None
