"""What keeps an object alive: the shortest chain of references from it up to a module's global, a frame or a module.

The search goes upwards, a level at a time, because chains are short and heaps are large: `gc.get_referrers` looks
through all objects in C, for all objects of a level at once.
"""

from __future__ import annotations

import gc
import sys
import time
from types import CellType, FrameType, FunctionType, GetSetDescriptorType, MethodType, ModuleType

from .names import file_of, is_a, is_one_of, kind_of, module_name, module_names, mro_of, names_of_type, type_name
from .sizes import size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 60
_SECONDS = 2.0
"""For one chain."""
_WIDEST = 50
"""Objects of a level that are followed: one chain is looked for, not all."""
_LONGEST_NAME = 80
_REPEATED = " (repeated)"
_NO_OWNERS = (list, tuple, set, frozenset, FrameType, CellType)


class _Slots:
    __slots__ = ("slot",)


_Member = kind_of(_Slots.__dict__["slot"])
"""The type of what stands in a class for each of its slots."""


class Link:
    """A step of a chain.

    Attributes:
        name: what holds the object, and as what, where that is known: `shop.registry`, `list[…]`, `Node.next`.
        file, line: where that is in the source; None where that is not known.
        size_bytes: of what holds it, by itself; None for what is no object of the target's.
    """

    __slots__ = ("file", "line", "name", "size_bytes")

    def __init__(
        self, name: str, *, file: str | None = None, line: int | None = None, size_bytes: int | None = None
    ) -> None:
        self.name = name[:_LONGEST_NAME]
        self.file = file
        self.line = line
        self.size_bytes = size_bytes


class Chains:
    """Looks for chains, one after the other.

    Args:
        ours: addresses of what must not be followed: what those who look refer to objects with.
        until: `time.monotonic()` after which nothing is looked for.

    Attributes:
        timed_out: whether there was not enough time.
    """

    def __init__(self, ours: set[int], until: float) -> None:
        self.timed_out = False
        self._until = until
        self._module_of = _modules_by_names()
        self._ours = ours | {id(ours), id(self), id(self.__dict__), id(self._module_of)}
        frame: FrameType | None = sys._getframe()  # pyright: ignore[reportPrivateUsage]
        while frame is not None:
            self._ours.add(id(frame))
            frame = frame.f_back

    def of(self, one: Any) -> list[Link] | None:
        """The chain of an object, from what holds it on; None if it was not found in time."""
        met: list[Any] = [one]
        level: list[Any] = [one]
        below: dict[int, Any] = {}
        """Address of a holder → what it holds."""
        private = {*self._ours, *map(id, (self._ours, met, level, below, sys._getframe()))}  # pyright: ignore
        private.add(id(private))
        until = min(self._until, time.monotonic() + _SECONDS)
        for _ in range(_DEEPEST):
            if time.monotonic() > until:
                self.timed_out = True
                return None
            held = {id(each): each for each in level}
            private.add(id(held))
            best: tuple[int, Link, Any] | None = None
            above: list[Any] = []
            private.add(id(above))
            # From 3.13 on the tuple of the arguments itself is among the referrers.
            asked = tuple(level)
            private.add(id(asked))
            for holder in gc.get_referrers(*asked):
                if id(holder) in private:
                    continue
                child = _first_of(held, holder)
                end = self._end_at(holder, child)
                if end is not None:
                    rank, link = end
                    if best is None or rank < best[0]:
                        best = rank, link, child
                elif id(holder) not in below and len(above) < _WIDEST:
                    below[id(holder)] = child
                    above.append(holder)
            if best is not None:
                return [*_down(best[2], below, one), best[1]]
            if not above:
                return [*_down(met[-1], below, one), Link("(a running function, C code, or nothing but each other)")]
            met += above
            level = above
        return [*_down(met[-1], below, one), Link(f"(more than {_DEEPEST} steps away)")]

    def _end_at(self, holder: Any, child: Any) -> tuple[int, Link] | None:
        """A holder that lives by itself: how little it says, and its link."""
        kind = kind_of(holder)
        if kind is dict:
            module = self._module_of.get(id(holder))
            if module is None:
                return None
            return 0, Link(f"{module}.{_key_of(holder, child)}", file=file_of(module))
        if kind is FrameType:
            code = holder.f_code
            name = f"{_local_of(holder, child)} in {code.co_name}()"
            return 1, Link(name, file=code.co_filename, line=holder.f_lineno)
        if is_a(kind, ModuleType):
            return 2, Link(f"module {_name_of(holder)}", file=file_of(_name_of(holder)))
        return None


def _first_of(held: dict[int, Any], holder: Any) -> Any:
    for address in map(id, gc.get_referents(holder)):
        if address in held:
            return held[address]
    return next(iter(held.values()))


def _down(top: Any, below: dict[int, Any], bottom: Any) -> list[Link]:
    """The links from what holds `bottom` up to `top`."""
    path: list[Any] = [top]
    while path[-1] is not bottom:
        path.append(below[id(path[-1])])
    path.reverse()
    links: list[Link] = []
    place = 1
    while place < len(path):
        child, holder = path[place - 1], path[place]
        above = path[place + 1] if place + 1 < len(path) else None
        if above is not None and _is_dict(holder) and (owner := _owner_name(above)) is not None:
            # The attributes of an object are no step of their own.
            links.append(Link(f"{owner}.{_key_of(holder, child)}", size_bytes=size_of(above)))
            place += 1
        else:
            links.append(Link(_as_what(holder, child), size_bytes=size_of(holder)))
        place += 1
    return _without_repetition(links)


def _without_repetition(links: list[Link]) -> list[Link]:
    """Steps of the same name one after the other, as in a linked list, as one."""
    found: list[Link] = []
    for link in links:
        if found and found[-1].name.removesuffix(_REPEATED) == link.name:
            found[-1].name = link.name + _REPEATED
        else:
            found.append(link)
    return found


def _is_dict(one: Any) -> bool:
    return type(one) is dict


def _owner_name(one: Any) -> str | None:
    """What an object is called whose dictionary is its attributes; None if a dictionary in it is something else."""
    kind = kind_of(one)
    if is_a(kind, type):
        return type_name(one)
    if is_one_of(kind, _NO_OWNERS) or is_a(kind, dict) or is_a(kind, list) or module_name(kind) == "builtins":
        return None
    return type_name(kind) if "__dict__" in _all_names(kind) else None


def _all_names(kind: type) -> set[str]:
    found: set[str] = set()
    for base in mro_of(kind):
        found.update(names_of_type(base))
    return found


def _as_what(holder: Any, child: Any) -> str:
    kind = kind_of(holder)
    name = type_name(kind)
    if is_one_of(kind, (dict, list, tuple)):
        return f"{name}[…]"
    if is_one_of(kind, (set, frozenset)):
        return f"{name}{{…}}"
    if kind is CellType:
        return "variable of an enclosing function"
    if kind is FunctionType:
        return f"function {holder.__qualname__}"
    if kind is MethodType:
        return "bound method"
    if is_a(kind, type):
        return f"class {type_name(holder)}"
    attribute = _slot_of(holder, child) or _attribute_of(holder, child)
    return name if attribute is None else f"{name}.{attribute}"


def _slot_of(holder: Any, child: Any) -> str | None:
    for base in mro_of(kind_of(holder)):
        for name, descriptor in names_of_type(base).items():
            if type(descriptor) is _Member:
                try:
                    if descriptor.__get__(holder) is child:
                        return name
                except (AttributeError, TypeError):
                    continue
    return None


def _attribute_of(holder: Any, child: Any) -> str | None:
    """Where an object's attributes are no dictionary until somebody asks for it, as from 3.11 on: this asks."""
    for base in mro_of(kind_of(holder)):
        descriptor = names_of_type(base).get("__dict__")
        if descriptor is not None and kind_of(descriptor) is GetSetDescriptorType:
            names = descriptor.__get__(holder)
            return _key_of(names, child) if _is_dict(names) else None
    return None


def _key_of(names: dict[Any, Any], child: Any) -> str:
    """The key of a value, if it is a text: others could have code of their own run."""
    for key, value in [*names.items()]:
        if value is child:
            return key if type(key) is str else "…"
    return "…"


def _local_of(frame: FrameType, child: Any) -> str:
    code = frame.f_code
    names = code.co_varnames + code.co_cellvars + code.co_freevars
    if not names:
        return "…"
    found = frame.f_locals
    return next((name for name in names if found.get(name) is child), "…")


def _modules_by_names() -> dict[int, str]:
    """Address of a module's names → what it is called."""
    found: dict[int, str] = {}
    for name, module in [*sys.modules.items()]:
        names = module_names(module)
        if names is not None and type(name) is str:
            found.setdefault(id(names), name)
    return found


def _name_of(module: Any) -> str:
    name = (module_names(module) or {}).get("__name__")
    return name if type(name) is str else "?"
