"""What makes a table of lines doubtful, found in the table and in the code it is of."""

from __future__ import annotations

from .sources import statements, tree_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import CodeType
    from typing import Any

    from .table import Lines

_SIZEABLE = 0.1
"""Share of the time measured from which on its cost is worth a warning."""
_OPTIMIZED = 0x1
"""`inspect.CO_OPTIMIZED`: the code of a function has it."""
_FEWEST_LOOKS = 10
_MORE_THAN_ALL = 1.05
_MOST_NAMES = 6
_HEADERS = {
    "If": "test",
    "While": "test",
    "For": "iter",
    "AsyncFor": "iter",
    "With": "items",
    "AsyncWith": "items",
    "Match": "subject",
    "FunctionDef": None,
    "AsyncFunctionDef": None,
    "ClassDef": None,
    "Try": None,
    "TryStar": None,
    "ExceptHandler": None,
    "match_case": None,
}
"""Statements that contain others, and the part of them that is evaluated where they stand."""


def replaced() -> dict[str, str]:
    """The warning that another trace function took the place of the counter."""
    return {
        "code": "trace_replaced",
        "message": "The code set a trace function of its own, which replaced the counter: lines that ran after that "
        "are missing.",
        "hint": "Leave out what calls sys.settrace, such as a debugger or coverage, while profiling.",
    }


def missed(codes: Iterable[tuple[str, CodeType]]) -> list[dict[str, str]]:
    """The warning that functions on one line are not counted by this Python."""
    names = [
        f"{path.rpartition('/')[2]}:{code.co_firstlineno}"
        for path, code in codes
        if code.co_flags & _OPTIMIZED and {line for _, _, line in code.co_lines() if line} == {code.co_firstlineno}
    ]
    if not names:
        return []
    return [
        {
            "code": "lines_not_counted",
            "message": "This version of Python does not tell when a function runs whose body stands on the line of its "
            f"def: {_listed(sorted({*names}))}. Such a line counts as often as the function was defined.",
            "hint": "Move the body to a line of its own to have it counted.",
        }
    ]


def recounted(
    lines: Lines, sources: Mapping[str, bytes], codes: Iterable[tuple[str, CodeType]]
) -> list[dict[str, str]]:
    """The warning about lines of statements over several lines, to which Python comes back while it runs them.

    Args:
        lines: the table.
        sources: file → what was compiled.
        codes: file and code of everything watched.
    """
    hits = {(lines.functions.files[place], number): hit for place, number, hit in _rows(lines)}
    returns: dict[tuple[str, int], int] = {}
    spans = {path: _spans(tree_of(source, path)) for path, source in sources.items()}
    for path, code in codes:
        for number, times in _visits(code, spans.get(path, {})).items():
            if times > 1 and hits.get((path, number), 0) > 1:
                returns[path, number] = max(times, returns.get((path, number), 0))
    if not returns:
        return []
    names = [f"{path.rpartition('/')[2]}:{number} (×{times})" for (path, number), times in sorted(returns.items())]
    return [
        {
            "code": "lines_counted_twice",
            "message": "Lines of statements that span several lines are counted each time Python comes back to them, "
            f"so their hits are a multiple of how often they ran: {_listed(names)}.",
            "hint": "Divide their hits by the factor given; their times are right.",
        }
    ]


def distortion(lines: Lines, hit_cost_s: float | None, elapsed_s: float) -> list[dict[str, str]]:
    """The warning that a good part of the time measured is the cost of measuring it."""
    if not hit_cost_s or elapsed_s <= 0:
        return []
    rows = [(place, number, hit) for place, number, hit in _rows(lines)]
    total = sum(hit for _, _, hit in rows)
    share = min(1.0, total * hit_cost_s / elapsed_s)
    if share < _SIZEABLE:
        return []
    functions = lines.functions
    busiest = sorted(rows, key=lambda row: row[2], reverse=True)[:3]
    names = [f"{functions.files[place].rpartition('/')[2]}:{number}" for place, number, _ in busiest]
    return [
        {
            "code": "line_distorts",
            "message": f"About {share:.0%} of the time measured is the cost of counting: {total:,} hits at "
            f"{hit_cost_s * 1e6:.2f} µs each. Lines that run often look slower than they are, most of all "
            f"{_listed(names)}.",
            "hint": "Trust the hits; for the true shares of the time compare with sampling (--profiler sampling,line).",
        }
    ]


def slowed(looks: int, elsewhere: int) -> list[dict[str, str]]:
    """The warning that libraries pay as well, which no hits tell of; up to Python 3.11.

    Args:
        looks: how often it was looked at what runs.
        elsewhere: how often that was Python code that is not watched.
    """
    if looks < _FEWEST_LOOKS or elsewhere < looks * _SIZEABLE:
        return []
    return [
        {
            "code": "line_distorts",
            "message": f"At least {elsewhere / looks:.0%} of the time was spent in Python code that is not watched, "
            "such as a library's: up to Python 3.11 counting slows each line of it too. Lines that call such code look "
            "slower than they are, beside lines that call C or wait.",
            "hint": "Python 3.12 and later count the watched lines alone; or compare with sampling "
            "(--profiler sampling,line).",
        }
    ]


def recursion(lines: Lines, elapsed_s: float) -> list[dict[str, str]]:
    """The warning that lines of recursive functions contain their own time several times over."""
    functions = lines.functions
    totals = [0.0] * len(functions.names)
    for place, time_s in zip(lines.places, lines.values["time_s"], strict=True):
        totals[place] += time_s
    # A function that calls itself is the one way to take longer than everything; threads that wait are another.
    beyond = [place for place, total in enumerate(totals) if total > elapsed_s * _MORE_THAN_ALL]
    if not beyond:
        return []
    names = [functions.qualnames[place] for place in sorted(beyond, key=totals.__getitem__, reverse=True)]
    return [
        {
            "code": "time_counted_twice",
            "message": f"The lines of {_listed(names)} add up to more than the time the code ran: the time of a line "
            "contains what it calls, so it counts once on each level of a recursion, and in each of several threads.",
            "hint": "Compare lines within the function, and take its share of the run from sampling or cprofile.",
        }
    ]


def _rows(lines: Lines) -> Iterable[tuple[int, int, int]]:
    return zip(lines.places, lines.numbers, lines.values["hits"], strict=True)


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _spans(tree: Any) -> dict[int, tuple[int, int]]:
    """Line → first and last line of the statement, or the header of one, that spans it and others."""
    spans: dict[int, tuple[int, int]] = {}
    if tree is None:
        return spans
    for node, _ in statements(tree.body):
        kind = type(node).__name__
        parts: list[Any] = [node]
        if kind in _HEADERS:
            part: Any = getattr(node, _HEADERS[kind] or "", None)
            parts = [item.context_expr for item in part] if kind.endswith("With") else [part]
        for part in parts:
            if part is not None and part.end_lineno > node.lineno:
                for line in range(node.lineno, part.end_lineno + 1):
                    spans.setdefault(line, (node.lineno, part.end_lineno))
    return spans


def _visits(code: CodeType, spans: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """Line of a statement over several lines → how often it begins in the course of that statement."""
    visits: dict[int, int] = {}
    before: int | None = None
    current: tuple[int, int] | None = None
    counted: dict[int, int] = {}
    for _, _, line in code.co_lines():
        if line is None or line == before:
            continue
        span = spans.get(line)
        if span is None or span != current:
            current, counted = span, {}
        if span is not None:
            counted[line] = counted.get(line, 0) + 1
            visits[line] = max(visits.get(line, 0), counted[line])
        before = line
    return visits
