"""cProfile's table as rows and edges, with what the agent itself did taken out.

Reading it must not add to it: this runs on the profiled thread, so it calls built-ins only through `partial`, which no
profiler counts (`agent/quiet.py` says why), and its own functions are known by their file.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from functools import partial
    from typing import Any

    from jupyterlab_hotspots.agent.origin import Origins
else:
    from _functools import partial

_length = partial(len)
_parted = partial(str.partition)
_HAS_QUALNAME = sys.version_info >= (3, 11)
_IMPORT = ("<frozen importlib._bootstrap>", "_find_and_load")
_PAUSE = "<built-in method _signal.pause>"
"""Called by the agent, but for the target (`agent/live.py`)."""
_OURS = -1


class Totals:
    """What was counted so far, by the number of the function.

    Attributes:
        calls: all calls that have returned.
        primitive: those that were not recursive.
        own: seconds in the function itself.
        total: seconds with what it called; recursive calls are counted once, with the outermost.
        overhead: seconds in the agent's own functions, which are nobody's.
    """

    def __init__(self, size: int) -> None:
        self.calls = [0] * size
        self.primitive = [0] * size
        self.own = [0.0] * size
        self.total = [0.0] * size
        self.overhead = 0.0

    def grow(self, size: int) -> None:
        """Makes room for functions met since."""
        more = size - _length(self.calls)
        self.calls += [0] * more
        self.primitive += [0] * more
        self.own += [0.0] * more
        self.total += [0.0] * more


class Table:
    """The functions met so far, each with a number that stays, and their totals.

    Functions with the same file, line and name are one row, as in `pstats`: cProfile has a row for each code object,
    and code that is compiled again, or two lambdas on a line, would show as rows nobody could tell apart.

    Args:
        files: file names of code that is the agent's own.
        origins: decides whose code a file is.

    Attributes:
        names, qualnames, files, lines, origins: by the number of the function; None where a built-in has none.
        import_place: number of the function through which all imports go; None before the first.
    """

    def __init__(self, files: Collection[str], origins: Origins) -> None:
        self.names: list[str] = []
        self.qualnames: list[str | None] = []
        self.files: list[str | None] = []
        self.lines: list[int | None] = []
        self.origins: list[str] = []
        self.import_place: int | None = None
        self._ours = files
        self._origins = origins
        self._paths: dict[str, tuple[str, str]] = {}
        self._places: dict[Any, int] = {}
        self._known: dict[int, int] = {}
        """`id` of a code object or of a built-in's name → number of the function."""
        self._alive: list[Any] = []
        """What those ids belong to."""

    def meet(self, codes: Sequence[Any]) -> list[int]:
        """The numbers of functions, given as code objects or names of built-ins; -1 for the agent's own."""
        known = self._known
        keys = [*map(id, codes)]
        for code, key in zip(codes, keys, strict=True):
            if key not in known:
                known[key] = self._define(code)
                self._alive += [code]
        return [known[key] for key in keys]

    def totals(self, entries: Sequence[Any], places: Sequence[int]) -> Totals:
        """Sums up the entries of `getstats()`, whose numbers `places` are."""
        totals = Totals(_length(self.names))
        ours: list[Any] = []
        for entry, place in zip(entries, places, strict=True):
            if place < 0:
                totals.overhead += entry[4]
                ours += entry[5] or ()
                continue
            totals.calls[place] += entry[1]
            totals.primitive[place] += entry[1] - entry[2]
            totals.total[place] += entry[3]
            totals.own[place] += entry[4]
        # No built-in is called by us in a way that is counted, in any version this was tried on; should one do so, then
        # what it counted for us goes. Functions called by us are handlers of other signals: the target's own.
        for called, place in zip(ours, self.meet([callee[0] for callee in ours]), strict=True):
            if place >= 0 and self.files[place] is None and self.names[place] != _PAUSE:
                totals.calls[place] -= called[1]
                totals.primitive[place] -= called[1] - called[2]
                totals.total[place] -= called[3]
                totals.own[place] -= called[4]
        return totals

    def edges(self, entries: Sequence[Any], places: Sequence[int]) -> dict[tuple[int, int], list[Any]]:
        """(caller, callee) → [calls, primitive calls, own seconds, total seconds]."""
        edges: dict[tuple[int, int], list[Any]] = {}
        for entry, caller in zip(entries, places, strict=True):
            callees = entry[5]
            if caller < 0 or not callees:
                continue
            for called, callee in zip(callees, self.meet([called[0] for called in callees]), strict=True):
                if callee < 0:
                    continue
                edge = (caller, callee)
                if edge in edges:
                    sums = edges[edge]
                    sums[0] += called[1]
                    sums[1] += called[1] - called[2]
                    sums[2] += called[4]
                    sums[3] += called[3]
                else:
                    edges[edge] = [called[1], called[1] - called[2], called[4], called[3]]
        return edges

    def _define(self, code: Any) -> int:
        if type(code) is str:
            # Some are named with an address, which differs from run to run and says nothing to anybody.
            name, address, _ = _parted(code, " at 0x")
            name += ">" if address else ""
            return self._row(name, name, None, None, None, "builtin")
        file = code.co_filename
        if file in self._ours:
            return _OURS
        if file not in self._paths:
            path = self._origins.absolute(file)
            self._paths[file] = (path, self._origins.of(path))
        path, origin = self._paths[file]
        name, line = code.co_name, code.co_firstlineno
        place = self._row((path, line, name), name, code.co_qualname if _HAS_QUALNAME else None, path, line, origin)
        if (path, name) == _IMPORT:
            self.import_place = place
        return place

    def _row(
        self, key: object, name: str, qualname: str | None, file: str | None, line: int | None, origin: str
    ) -> int:
        if key in self._places:
            return self._places[key]
        place = self._places[key] = _length(self.names)
        self.names += [name]
        self.qualnames += [qualname]
        self.files += [file]
        self.lines += [line]
        self.origins += [origin]
        return place
