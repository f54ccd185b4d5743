"""``-m MODULE`` as a target."""

from __future__ import annotations

from collections.abc import Sequence

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.targets.target import Target


def module_target(module: str, args: Sequence[str] = ()) -> Target:
    """A module or package to be run as ``python -m MODULE ARGS`` would.

    Whether it exists is found out by the Python that runs it: it may be another one than ours, with other packages.

    Raises:
        BadRequest: this cannot be the name of a module.
    """
    if not module or not all(part.isidentifier() for part in module.split(".")):
        hint = "Give its dotted name, such as package.module."
        if module.endswith(".py") or "/" in module:
            hint = "That is a path: leave -m out to run a script, or give the module's dotted name."
        raise BadRequest(f"{module!r} cannot be the name of a module.", hint=hint, reason="bad_target")
    return Target(kind="module", name=module, module=module, args=tuple(args))
