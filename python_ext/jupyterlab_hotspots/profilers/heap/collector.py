"""Runs in the profiled process: looks at the heap now and then, and at the end at what keeps things alive.

Only the table is made while the target runs. The chains are looked for once, when its code has ended and its globals
are still there.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from .chains import Chains
from .counters import counter
from .look import Look, fresh_objects
from .names import Owners
from .table import Table
from .tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools

    from .counters import Counts

_LIVE_S = 1.0
"""A look that stops the program for longer is not taken while it runs."""
_SECONDS = 20.0
_OWN_EXPLAINED, _OTHERS_EXPLAINED = 7, 4
"""Types whose chains are looked for."""
_CODE = frozenset(
    (
        "type",
        "function",
        "code",
        "cell",
        "module",
        "property",
        "method_descriptor",
        "getset_descriptor",
        "wrapper_descriptor",
        "builtin_function_or_method",
        "weakref.ReferenceType",
    )
)
"""What programs consist of; what keeps it alive is that they were imported."""
_PYTHON = ".".join(map(str, sys.version_info[:3]))


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run."""
    return Collector(options, tools)


class Collector:
    """See `profilers/protocol.py` for what a collector is.

    Attributes:
        import_s: None: not known.
    """

    stands_beside_others = True
    """It installs nothing that another tool could want."""

    def __init__(self, options: dict[str, Any], tools: Tools) -> None:
        self.import_s: float | None = None
        self._mark_s = float(options.get("mark_s") or 0.0)
        self._seconds = float(options.get("seconds") or _SECONDS)
        self._explains = options.get("chains") is not False
        self._collects = bool(options.get("collect"))
        name = str(options.get("count_with") or "")
        self._count = counter(name) if name else None
        self._tools = tools
        self._pid = os.getpid()
        self._table = Table(Owners(tools.origins))
        self._tree = Tree()
        self._root_of: dict[int, int] = {}
        """Number of a type → number of its root in the tree."""
        self._said: list[dict[str, str]] = []
        # What is there when the code begins does not count. It is kept, so that no object of the target comes to stand
        # where one of these was.
        self._kept: list[Any] = []
        self._known: set[int] = set()
        self._last: list[Any] | None = None
        """What there was when the code ended."""
        self._runs = False
        self._ended = False
        self._final = False
        self._began = 0.0
        self._looked_at = 0.0
        self._marked_at: float | None = None

    def start(self) -> None:
        self._began = time.monotonic()
        if self._count is not None and self._take_counts(self._count):
            self._table.mark()
            self._marked_at = self._began
        else:
            objects = gc.get_objects()
            loose = [one for one in gc.get_referents(*objects) if not gc.is_tracked(one)]
            self._kept += objects
            self._kept += loose
            del objects, loose
            self._known.update(map(id, self._kept))
            self._known |= {id(self._kept), id(self._known)}
            if self._mark_s <= 0:
                self._marked_at = self._began  # Nothing of the target's is there yet.
        self._runs = True

    def stop(self) -> None:
        runs, self._runs = self._runs, False
        if runs and os.getpid() == self._pid:
            if self._collects:
                gc.collect()
            # What there is now; it is looked at when the code's time is no longer counted.
            try:
                self._last = fresh_objects(self._known, set())
            except MemoryError:
                pass  # Then what there is a moment later.
            self._ended = True

    def snapshot(self, limit: int) -> dict[str, Any] | None:
        """The types that changed since the last look, of the largest `limit` by size and by number."""
        # It may be asked for before the code has begun.
        if os.getpid() != self._pid or not (self._runs or self._ended):
            return None
        if self._ended:
            self._look_at_the_end()
        elif self._count is not None:
            return None
        else:
            self._look(_LIVE_S)
        return self._table.changes(limit)

    def write(self, folder: str) -> None:
        """Writes the table and the tree to `heap.columns`; row numbers are the ids of the live rows."""
        if self._ended:
            self._look_at_the_end()
        about = {
            "final": self._final,
            "t": self._looked_at,
            "python": _PYTHON,
            "marked_at": self._marked_at,
        }
        rows = self._tree.rows_of_roots()
        nodes = {place: rows[root] for place, root in self._root_of.items()}
        columns = [*self._table.columns(nodes), *self._tree.columns()]
        self._tools.write_columns(f"{folder}/heap.columns", about, columns)

    def warnings(self) -> list[dict[str, str]]:
        """What makes the table doubtful; asked for after `stop`."""
        return self._said

    def _look_at_the_end(self) -> None:
        if self._final:
            return
        self._final = True
        has_collection = gc.isenabled()
        gc.disable()
        try:
            if self._count is not None:
                self._take_counts(self._count)
            until = time.monotonic() + self._seconds
            last, self._last = self._last, None
            look = self._look(self._seconds, last)
            del last
            if self._explains:
                self._explain(look, until)
        finally:
            if has_collection:
                gc.enable()

    def _look(self, seconds: float, fresh: list[Any] | None = None) -> Look:
        look = Look(self._known, seconds)
        look.take(fresh)
        del fresh
        if look.seen < look.total:
            self._say_too_many(look, seconds)
            if self._runs:
                return look
        if self._count is not None:
            return look
        self._looked_at = time.monotonic()
        self._table.take(look)
        if self._runs and self._marked_at is None and self._looked_at - self._began >= self._mark_s:
            self._marked_at = self._looked_at
            self._table.mark()
        return look

    def _take_counts(self, count: Callable[[], Counts]) -> bool:
        """Has another tool count; where it fails, ours counts."""
        try:
            counts = count()
        except Exception as error:
            self._count = None
            self._marked_at = None
            message = f"The tool that was to count the objects failed: {type(error).__name__}: {error}"
            self._say("tool_failed", message, "They were counted without it; of growth nothing is known.")
            return False
        self._looked_at = time.monotonic()
        self._table.take_counts(counts)
        return True

    def _explain(self, look: Look, until: float) -> None:
        """Looks for what keeps those types alive that grew most, the user's own first."""
        table = self._table
        growth = {key: table.growth(table.place_of(kind.type))[::-1] for key, kind in look.kinds.items()}
        heaviest = sorted(growth, key=growth.__getitem__, reverse=True)
        place_of = {key: table.place_of(look.kinds[key].type) for key in heaviest}
        own = [key for key in heaviest if table.origins[place_of[key]] == "own"]
        others = [key for key in heaviest if key not in own and table.names[place_of[key]] not in _CODE]
        chosen = own[:_OWN_EXPLAINED] + others[:_OTHERS_EXPLAINED]
        questions = [(place_of[key], look.kinds[key].samples()) for key in chosen]
        look.forget()
        ours = {id(questions), *(id(each) for question in questions for each in (question, question[1]))}
        chains = Chains({*ours, id(self._kept), id(self._known)}, until)
        for place, samples in questions:
            root = self._tree.add(table.names[place], table.sizes[place])
            self._root_of[place] = root
            for sample in samples:
                links = chains.of(sample)
                if links is not None:
                    self._tree.extend(root, links)
        if chains.timed_out:
            self._say(
                "chains_missing",
                f"What keeps some types alive was not found within {self._seconds:g} s.",
                "Set the option seconds to allow for more, or look at a smaller case.",
            )

    def _say_too_many(self, look: Look, seconds: float) -> None:
        if self._runs and not any(said["code"] == "heap_too_large" for said in self._said):
            self._say(
                "heap_too_large",
                f"There are {look.total} objects: a look at them takes longer than {seconds:g} s.",
                "The table stood still while the code ran; there is one more look at the end.",
            )
        elif not self._runs:
            self._say(
                "look_cut_short",
                f"Only {look.seen} of {look.total} objects were looked at in {seconds:g} s: counts are too low.",
                "Set the option seconds to allow for more, or look at a smaller case.",
            )

    def _say(self, code: str, message: str, hint: str) -> None:
        self._said.append({"code": code, "message": message, "hint": hint})
