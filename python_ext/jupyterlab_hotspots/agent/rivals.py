"""Which other tool watches this process already: two in one process lose data without a word.

A profile function replaces another one, a trace function makes every line cost more than it takes, and from Python 3.12
on a tool of `sys.monitoring` may hold the place cProfile needs (https://docs.python.org/3/library/sys.monitoring.html).
"""

from __future__ import annotations

import sys

_MONITORING_TOOLS = 6
"""Ids 0 to 5 are for tools; the two above belong to `sys.settrace` and `sys.setprofile`."""


def active_tool() -> str | None:
    """The name of a profiler, debugger or coverage tool that is active in this thread; None if there is none."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is not None:
        for tool in range(_MONITORING_TOOLS):
            name = monitoring.get_tool(tool)
            # A tool that has reserved a place but asks for no events disturbs nobody, unless it is a profiler's place.
            if name is not None and (tool == monitoring.PROFILER_ID or monitoring.get_events(tool)):
                return _known(str(name))
    for function in (sys.getprofile(), sys.gettrace()):
        if function is not None:
            return _name(function)
    return None


def _name(function: object) -> str:
    # A method is of the class it is called on: pdb's is defined in bdb, which nobody has heard of.
    owner = getattr(function, "__self__", None)
    of_a_class = owner is not None and not isinstance(owner, type(sys))
    module = type(owner).__module__ if of_a_class else getattr(function, "__module__", None)
    module = module or type(function).__module__
    if module == "builtins":
        module = type(function).__qualname__
    return _known(str(module).partition(".")[0].lstrip("_") or "another profiler")


def _known(name: str) -> str:
    """The name by which people know the tool."""
    return "debugpy" if name.startswith("pydevd") else name
