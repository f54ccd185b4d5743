"""Reads the pickled `LineStats` in a line_profiler `.lprof`, without `pickle`.

A pickle is a program, and `pickle` runs it. Here its instructions are only listed (`pickletools.genops`), and those
that build texts, numbers, tuples, lists and dicts are followed; the one object there is, is `LineStats`, which they
give a state. Nothing is imported or called, whatever a file asks for. `LineStats.to_file` (line_profiler 1 to 5) writes

    LineStats with {"timings": {(file, first line, function): [(line, hits, ticks), …]}, "unit": seconds of a tick}
"""

from __future__ import annotations

import math
import pickletools
from typing import Any, Final, NamedTuple, cast

MOST_STEPS: Final = 20_000_000
MOST_LINES: Final = 2_000_000
"""A list may stand in a file once and in its table often: without an end, a small file could become a large one."""

_MODULES: Final = ("line_profiler.line_profiler", "line_profiler._line_profiler", "_line_profiler")
_CLASS: Final = "LineStats"
_LARGEST: Final = 2**62


class NotLineStats(Exception):
    """The file is not what line_profiler writes; says in a few words why."""


class Lines(NamedTuple):
    """A function and its lines: (line, hits, ticks) each."""

    file: str
    first_line: int
    function: str
    timings: list[tuple[int, int, float]]


class _Mark:
    pass


class _Object:
    """`LineStats`, first as a class, then as an object with a state."""

    def __init__(self) -> None:
        self.state: Any = None


def parse(data: bytes) -> tuple[list[Lines], float]:
    """Functions with their lines, and the seconds of a tick.

    Raises:
        NotLineStats: the file is anything else, or damaged.
    """
    try:
        found = _followed(data)
    except NotLineStats:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, UnicodeError) as error:
        raise NotLineStats(f"it is damaged ({type(error).__name__}: {str(error)[:100]})") from error
    if not isinstance(found, _Object):
        raise NotLineStats(f"it holds something else than {_CLASS}")
    state = _as_table(found.state)
    timings = _as_table(state.get("timings"))
    unit: Any = state.get("unit")
    if not _is_number(unit) or not 0 < unit <= 1:
        raise NotLineStats("it has no unit of time")
    lines: list[Lines] = []
    count = 0
    for key, rows in timings.items():
        count += len(_as_list(rows))
        if count > MOST_LINES:
            raise NotLineStats(f"it has more than {MOST_LINES:,} lines")
        lines.append(_function(key, _as_list(rows)))
    return lines, float(unit)


def _function(key: Any, rows: list[Any]) -> Lines:
    parts = _as_parts(key)
    if list(map(type, parts)) != [str, int, str] or not 0 <= parts[1] < _LARGEST:
        raise NotLineStats("it names a function by something else than file, line and name")
    timings: list[tuple[int, int, float]] = []
    for row in rows:
        numbers = _as_parts(row)
        if len(numbers) != 3 or not all(map(_is_number, numbers)) or min(numbers) < 0:
            raise NotLineStats("it has a line without its number, hits and time")
        line, hits, ticks = numbers
        if type(line) is not int or type(hits) is not int:
            raise NotLineStats("it has a line with a number that cannot be")
        timings.append((line, hits, ticks))
    return Lines(parts[0], parts[1], parts[2], timings)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and abs(value) < _LARGEST


def _followed(data: bytes) -> Any:
    """What the instructions build."""
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    for step, (code, argument, _) in enumerate(pickletools.genops(data)):
        if step > MOST_STEPS:
            raise NotLineStats("it has too many instructions")
        name = code.name
        if name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _TUPLES:
            count = _TUPLES[name]
            parts = tuple(stack[len(stack) - count :])
            if len(parts) != count:
                raise NotLineStats("it is damaged")
            stack[len(stack) - count :] = [parts]
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name == "MARK":
            stack.append(_Mark)
        elif name in ("TUPLE", "LIST", "DICT"):
            parts = _popped(stack)
            stack.append(_filled({}, parts) if name == "DICT" else tuple(parts) if name == "TUPLE" else parts)
        elif name == "APPEND":
            value = stack.pop()
            _as_list(stack[-1]).append(value)
        elif name == "APPENDS":
            parts = _popped(stack)
            _as_list(stack[-1]).extend(parts)
        elif name == "SETITEM":
            parts = [stack.pop(-2), stack.pop()]
            _filled(stack[-1], parts)
        elif name == "SETITEMS":
            parts = _popped(stack)
            _filled(stack[-1], parts)
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            memo[int(argument)] = stack[-1]  # pyright: ignore[reportArgumentType]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(memo[int(argument)])  # pyright: ignore[reportArgumentType]
        elif name == "GLOBAL":
            stack.append(_class(*str(argument).split(" ", 1)))
        elif name == "STACK_GLOBAL":
            module, named = stack[-2:]
            stack[-2:] = [_class(module, named)]
        elif name == "NEWOBJ":
            arguments = stack.pop()
            if arguments != () or stack.pop() is not _Object:
                raise NotLineStats("it makes an object of something else")
            stack.append(_Object())
        elif name == "BUILD":
            state = stack.pop()
            if not isinstance(stack[-1], _Object):
                raise NotLineStats("it gives a state to something else")
            stack[-1].state = state
        elif name == "STOP":
            if len(stack) != 1:
                raise NotLineStats("it is damaged")
            return stack[0]
        elif name not in ("PROTO", "FRAME"):
            raise NotLineStats(f"it asks for {name}, which no file of line_profiler does")
    raise NotLineStats("it is cut off")


_VALUES: Final = frozenset(
    {
        *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "INT", "BININT", "BININT1", "BININT2"),
        *("LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    }
)
_CONSTANTS: Final[dict[str, Any]] = {"NONE": None, "EMPTY_TUPLE": ()}
_TUPLES: Final = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_EMPTY: Final[dict[str, type]] = {"EMPTY_LIST": list, "EMPTY_DICT": dict}


def _class(module: Any, name: Any) -> type[_Object]:
    if module not in _MODULES or name != _CLASS:
        raise NotLineStats(f"it asks for {str(module)[:60]}.{str(name)[:60]}, which is not line_profiler's {_CLASS}")
    return _Object


def _popped(stack: list[Any]) -> list[Any]:
    """Everything above the last mark, which goes too."""
    for place in range(len(stack) - 1, -1, -1):
        if stack[place] is _Mark:
            parts = stack[place + 1 :]
            del stack[place:]
            return parts
    raise NotLineStats("it is damaged")


def _as_list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise NotLineStats("it has something else where a list should be")
    return cast("list[Any]", value)


def _as_table(value: Any) -> dict[Any, Any]:
    if type(value) is not dict:
        raise NotLineStats("it has something else where a table should be")
    return cast("dict[Any, Any]", value)


def _as_parts(value: Any) -> list[Any]:
    """The parts of a tuple."""
    if type(value) is not tuple:
        raise NotLineStats("it has something else where a tuple should be")
    return [*cast("tuple[Any, ...]", value)]


def _filled(table: Any, parts: list[Any]) -> dict[Any, Any]:
    found = _as_table(table)
    if len(parts) % 2:
        raise NotLineStats("it has a name without a value")
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        # The hash of tuples within tuples could take for ever.
        plain = _as_parts(key) if type(key) is tuple else [key]
        if not all(type(one) in (str, int) for one in plain):
            raise NotLineStats("it names an entry of a table by something else than texts and numbers")
        found[key] = value
    return found
