"""The heap as objgraph, guppy3 or Pympler itself counts it, where the user would rather have that.

They count all there is, also what was there before the target's code began, and each in its own way: objgraph what the
garbage collector tracks, Pympler that and what it refers to, guppy3 whatever can be reached, in C. They are asked twice
only, at the mark and at the end, because they are slow or not without effect: Pympler and guppy3 call an object's own
`__sizeof__`, and guppy3 (3.1.7) gives every object a dictionary that has none until somebody asks for it (Python 3.11
and later).
"""

from __future__ import annotations

from importlib import import_module

from .names import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Counts = list[tuple[str, int, int | None]]
    """Name of a type, number of objects, their bytes (None where the tool does not know)."""


def counter(name: str) -> Callable[[], Counts]:
    """How one of the tools counts.

    Args:
        name: `objgraph`, `guppy3` or `pympler`.

    Raises:
        ModuleNotFoundError: it is not installed.
        ValueError: there is no such tool.
    """
    if name == "objgraph":
        return _objgraph()
    if name == "pympler":
        return _pympler()
    if name == "guppy3":
        return _guppy()
    raise ValueError(f"count_with is {name!r}; it must be objgraph, guppy3 or pympler")


def _objgraph() -> Callable[[], Counts]:
    objgraph: Any = import_module("objgraph")

    def count() -> Counts:
        found: dict[str, int] = objgraph.typestats(shortnames=False)
        return [(name.removeprefix("builtins."), count, None) for name, count in found.items()]

    return count


def _pympler() -> Callable[[], Counts]:
    muppy: Any = import_module("pympler.muppy")
    summary: Any = import_module("pympler.summary")

    def count() -> Counts:
        rows: Any = summary.summarize(muppy.get_objects())
        return [(str(name), int(count), int(size)) for name, count, size in rows]

    return count


def _guppy() -> Callable[[], Counts]:
    guppy: Any = import_module("guppy")
    heap: Any = guppy.hpy()

    def count() -> Counts:
        by_type: Any = heap.heap().bytype
        parts: list[Any] = [by_type[place] for place in range(len(by_type))]
        return [(type_name(part.kind.arg), int(part.count), int(part.size)) for part in parts]

    return count
