"""Provides the name `profile`, which scripts use without importing it.

It is a habit of line_profiler and memory_profiler: `@profile` marks a function, and the tool's own command line puts
the name among the built-in ones. A script that is run without that tool fails; under Hotspots it never does.
"""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def provide(collector: Any) -> None:
    """Puts `profile` among the built-in names, unless there is one: the collector's own `mark`, if it has one."""
    if not hasattr(builtins, "profile"):
        builtins.profile = getattr(collector, "mark", None) or _unmarked  # pyright: ignore[reportAttributeAccessIssue]


def _unmarked(function: Any = None, **options: object) -> Any:
    """A decorator that does nothing, used as `@profile` or, as memory_profiler allows, as `@profile(precision=4)`."""
    if function is None:
        mark: Callable[[Any], Any] = _unmarked
        return mark
    return function
