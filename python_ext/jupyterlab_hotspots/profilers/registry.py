"""The list of profilers. A new one adds its description here; nothing else of it is imported before it is used."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from typing import Any, Final, cast

from jupyterlab_hotspots.errors import BadRequest, Unavailable
from jupyterlab_hotspots.profilers.allocations.description import ALLOCATIONS
from jupyterlab_hotspots.profilers.cprofile.description import CPROFILE
from jupyterlab_hotspots.profilers.heap.description import HEAP
from jupyterlab_hotspots.profilers.line.description import LINE
from jupyterlab_hotspots.profilers.memory.description import MEMORY
from jupyterlab_hotspots.profilers.protocol import Description, Option, Reader
from jupyterlab_hotspots.profilers.sampling.description import SAMPLING
from jupyterlab_hotspots.profilers.scalene.description import SCALENE
from jupyterlab_hotspots.profilers.tracemalloc.description import TRACEMALLOC

_DESCRIPTIONS: Final[tuple[Description, ...]] = (
    SAMPLING,
    CPROFILE,
    LINE,
    MEMORY,
    ALLOCATIONS,
    TRACEMALLOC,
    SCALENE,
    HEAP,
)

DEFAULT: Final = SAMPLING.name
"""What a run is watched by unless its maker says otherwise."""
COUNTING_LINES: Final = LINE.name
"""Whose times are distorted by its own work, so that sampled shares of the same lines belong beside them."""

_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def descriptions() -> tuple[Description, ...]:
    """All profilers, in the order in which a user should read about them."""
    return _DESCRIPTIONS


def description(name: str) -> Description:
    """The profiler of that name.

    Raises:
        BadRequest: (reason `no_profiler`) there is none; names those there are.
    """
    for known in _DESCRIPTIONS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in _DESCRIPTIONS)
    raise BadRequest(f"There is no profiler {name!r}.", hint=f"Choose one of: {names}.", reason="no_profiler")


def several(names: str) -> list[Description]:
    """The profilers of a list of names, separated by commas, each once.

    Raises:
        BadRequest: (reason `no_profiler`) one of them does not exist, or none is named.
    """
    found = {name.strip(): None for name in names.split(",") if name.strip()}
    return [description(name) for name in found] or [description(names)]


def options_among(
    profilers: Sequence[Description], profiler: Description, options: Mapping[str, object]
) -> dict[str, Any]:
    """The options of one profiler, where several are asked for by one list of options.

    Raises:
        BadRequest: (reason `bad_option`) none of the profilers has such an option, or a value is not of its kind.
    """
    known = {option.name for option in profiler.options}
    elsewhere = {option.name for other in profilers for option in other.options} - known
    return checked_options(profiler, {name: options[name] for name in options if name not in elsewhere})


def checked_options(described: Description, options: Mapping[str, object]) -> dict[str, Any]:
    """The options of one run, each of the type its description says.

    Args:
        described: the profiler.
        options: values as texts or already of their type.

    Raises:
        BadRequest: (reason `bad_option`) the profiler has no such option, or the value is not one it may have.
    """
    known = {option.name: option for option in described.options}
    return {name: _option_value(described, known, name, value) for name, value in options.items()}


def _option_value(described: Description, known: Mapping[str, Option], name: str, value: object) -> Any:
    option = known.get(name)
    if option is None:
        names = ", ".join(known)
        hint = f"It has: {names}." if names else "It has none."
        raise BadRequest(f"{described.name} has no option {name!r}.", hint=hint, reason="bad_option")
    if option.kind == "texts":
        texts: object = value.split(",") if isinstance(value, str) else value
        if isinstance(texts, (list, tuple)):
            found = [*cast("list[object]", texts)]
            if all(isinstance(text, str) for text in found):
                return [str(text).strip() for text in found if str(text).strip()]
    elif option.kind == "text" and isinstance(value, str):
        return value
    elif option.kind == "number":
        try:
            number = float(cast(Any, value))
        except (TypeError, ValueError):
            number = math.nan
        least, most = option.minimum, option.maximum
        is_within = (least is None or least <= number) and (most is None or number <= most)
        if math.isfinite(number) and is_within and not isinstance(value, bool):
            return number
    elif option.kind == "flag" and (isinstance(value, bool) or value in _FLAGS):
        return value if isinstance(value, bool) else _FLAGS[cast(str, value)]
    said = {"texts": "a list of texts", "text": "a text", "number": _numbers(option), "flag": "true or false"}
    raise BadRequest(
        f"The option {name!r} of {described.name} is {value!r}.",
        hint=f"It must be {said[option.kind]}.",
        reason="bad_option",
    )


def _numbers(option: Option) -> str:
    """Which numbers it may be."""
    least, most = option.minimum, option.maximum
    if least is None:
        return "a number" if most is None else f"a number, {most:g} at most"
    return f"a number, {least:g} or more" if most is None else f"a number from {least:g} to {most:g}"


def installed_version(described: Description) -> str | None:
    """The version of the tool that is installed beside Hotspots, found without importing it; None if there is none.

    For a tool of the standard library that is Python's version.
    """
    if described.requirement is None:
        return platform.python_version()
    from importlib import metadata  # 20 ms that a run need not wait for

    try:
        return metadata.version(described.requirement)
    except metadata.PackageNotFoundError:
        return None


def as_json(described: Description) -> dict[str, Any]:
    """A profiler as `GET profilers` and `jupyter hotspots profilers --json` list it."""
    version = installed_version(described)
    return {
        "name": described.name,
        "title": described.title,
        "question": described.question,
        "tool": described.tool,
        "measures": list(described.measures),
        "overhead": described.overhead,
        "targets": list(described.targets),
        "systems": list(described.systems),
        "pythons": described.pythons,
        "live": described.live,
        "options": [asdict(option) for option in described.options],
        "installed": version is not None,
        "version": version,
        "install": described.install,
        "note": described.note,
    }


def reader(name: str) -> Reader:
    """The half that builds the model.

    Raises:
        BadRequest: there is no such profiler.
        Unavailable: it needs a package that is not installed.
    """
    described = description(name)
    try:
        return cast(Reader, import_module(f"jupyterlab_hotspots.profilers.{described.name}.reader"))
    except ImportError as error:
        hint = f"Install it: {described.install}" if described.install else "Install Hotspots again."
        raise Unavailable(f"The measurements of {described.name} cannot be read: {error}.", hint=hint) from error
