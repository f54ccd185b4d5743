"""One look at the heap: how many objects of which type there are, and how large they are.

What the garbage collector tracks it names itself. The rest (strings, numbers, arrays, tuples of such things) is found
as what those objects refer to. All of it is counted by functions written in C where a million objects are at stake, and
nothing of the target's own code is called: not `__len__`, not `__repr__`, not `__class__`, not `__hash__` of a
metaclass, and `__sizeof__` only where it is written in C.
"""

from __future__ import annotations

import gc
import sys
import time
from _collections import _count_elements  # pyright: ignore
from itertools import compress
from operator import not_

from .names import module_names
from .sizes import can_tell, has_fixed_size, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CHUNK = 50_000
_DEEPEST = 6
"""Levels of untracked containers within each other; Python untracks them only if all they hold is untracked."""


def fresh_objects(known: set[int], ours: set[int]) -> list[Any]:
    """What is tracked now, without what is known and without the frames of whoever asks.

    Args:
        known: addresses of objects that do not count.
        ours: addresses of more of them, for this once; changed.
    """
    ours |= {id(ours), id(known)}
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        ours.add(id(frame))
        frame = frame.f_back
    ours -= known
    known |= ours
    objects = gc.get_objects()
    found = list(compress(objects, map(not_, map(known.__contains__, map(id, objects)))))
    known -= ours  # These addresses are somebody else's next time.
    return found


class Kind:
    """The objects of one type, as far as they were seen.

    Attributes:
        type: itself.
        count: how many.
        size_bytes: of the objects themselves, without what they refer to.
    """

    __slots__ = ("_first", "_largest", "_largest_bytes", "_last", "count", "size_bytes", "type")

    def __init__(self, kind: type) -> None:
        self.type = kind
        self.count = 0
        self.size_bytes = 0
        self._first: Any = None
        self._largest: Any = None
        self._last: Any = None
        self._largest_bytes = -1

    def add(self, count: int, size_bytes: int | None, first: Any, largest: Any, last: Any) -> None:
        """Adds some objects; without `size_bytes` all are as large as each other."""
        if self.count == 0:
            self._first = first
        self._last = last
        largest_bytes = size_of(largest)
        if largest_bytes > self._largest_bytes:
            self._largest_bytes = largest_bytes
            self._largest = largest
        self.count += count
        self.size_bytes += count * largest_bytes if size_bytes is None else size_bytes

    def samples(self) -> list[Any]:
        """Some of them: the largest, the last and the first."""
        found: list[Any] = []
        for one in (self._largest, self._last, self._first):
            if all(one is not other for other in found):
                found.append(one)
        return found


class Look:
    """What was seen at one moment.

    Args:
        known: addresses of objects that do not count, because they were there before the target's code; what is at
            these addresses must be kept alive by the caller.
        seconds: CPU time after which no more is looked at: a busy machine does not make a heap large.

    Attributes:
        kinds: `id` of a type → its objects.
        seen: objects that were looked at, of `total`, among those that are tracked.
    """

    def __init__(self, known: set[int], seconds: float) -> None:
        self.kinds: dict[int, Kind] = {}
        self.seen = 0
        self.total = 0
        self._known = known
        self._loose: set[int] = set()
        self._various: set[int] = set()
        self._mute: set[int] = set()
        self._until = time.thread_time() + seconds

    def take(self, fresh: list[Any] | None = None) -> None:
        """Looks.

        Args:
            fresh: what `fresh_objects` gave at the moment in question; None for now.
        """
        if fresh is None:
            ours = {*map(id, (self, self.__dict__, self.kinds, self._loose, self._various, self._mute))}
            fresh = fresh_objects(self._known, ours)
        self.total = len(fresh)
        # Modules were there before the code began, `__main__` among them, and what they got since counts.
        found = map(module_names, list(sys.modules.values()))
        self._add_loose([names for names in found if names is not None])
        for start in range(0, len(fresh), _CHUNK):
            if time.thread_time() > self._until:
                break
            chunk = fresh[start : start + _CHUNK]
            self._add(chunk)
            self._add_loose(chunk)
            self.seen += len(chunk)

    def forget(self) -> None:
        """Lets go of all objects."""
        self.kinds.clear()
        self._loose.clear()

    def _add_loose(self, chunk: list[Any]) -> None:
        """Adds what these objects refer to and the garbage collector does not track."""
        for _ in range(_DEEPEST):
            referred = gc.get_referents(*chunk)
            loose = list(compress(referred, map(not_, map(gc.is_tracked, referred))))
            del referred
            by_address = dict(zip(map(id, loose), loose))  # noqa: B905  (3.10 has it, but it costs)
            del loose
            # `-` of a view, and `difference_update`, would go through all of what was met before.
            new = set(by_address).difference(self._loose).difference(self._known)
            if not new:
                return
            self._loose |= new
            chunk = list(map(by_address.__getitem__, new))
            self._add(chunk)

    def _add(self, chunk: list[Any]) -> None:
        types = list(map(type, chunk))
        keys = list(map(id, types))
        for key, kind in dict(zip(keys, types)).items():  # noqa: B905
            if key not in self.kinds:
                self.kinds[key] = Kind(kind)
                if not has_fixed_size(kind):
                    self._various.add(key)
                if not can_tell(kind):
                    self._mute.add(key)
        last_at = dict(zip(keys, range(len(keys))))  # noqa: B905
        first_at = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1)))  # noqa: B905
        totals, largest_at = self._sizes(chunk, keys, first_at)
        counts: dict[int, int] = {}
        _count_elements(counts, keys)  # Not through `Counter`, which leaves traces in the caches of `abc`.
        for key, count in counts.items():
            first, last = chunk[first_at[key]], chunk[last_at[key]]
            self.kinds[key].add(count, totals.get(key), first, chunk[largest_at.get(key, first_at[key])], last)

    def _sizes(
        self, chunk: list[Any], keys: list[int], first_at: dict[int, int]
    ) -> tuple[dict[int, int], dict[int, int]]:
        """Bytes by type, and where the largest object of each stands, for the types whose objects differ in size."""
        totals: dict[int, int] = {}
        largest: dict[int, int] = {}
        largest_at: dict[int, int] = {}
        if self._various.isdisjoint(first_at):
            return totals, largest_at
        differ = list(map(self._various.__contains__, keys))
        places = list(compress(range(len(keys)), differ))
        various = list(compress(chunk, differ))
        try:
            sizes = list(map(sys.getsizeof if self._mute.isdisjoint(first_at) else size_of, various))
        except Exception:  # One of them cannot tell.
            sizes = list(map(size_of, various))
        for key, size, place in zip(compress(keys, differ), sizes, places):  # noqa: B905
            if key in totals:
                totals[key] += size
                if size > largest[key]:
                    largest[key] = size
                    largest_at[key] = place
            else:
                totals[key] = largest[key] = size
                largest_at[key] = place
        return totals, largest_at
