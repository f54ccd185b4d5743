"""Runs in the profiled process: has tracemalloc remember where every block came from, and looks at all blocks.

A look takes every traced block in hand (`look.py`) while the target waits. What it costs is reported with each live
table, and the supervisor asks the more seldom the more it costs. The module `tracemalloc` itself is not imported: the C
module below it does the work, and whether the code uses the other one can be seen.
"""

from __future__ import annotations

import _tracemalloc
import os
import sys
import time

from .look import look
from .room import is_room_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.agent.session import Tools

    from .look import Held

_MOST_FRAMES = 100
_PYTHON = ".".join(map(str, sys.version_info[:3]))
_NOTHING = (0, 0)
_NO_ROOM = "looking at so many blocks takes more memory than there is"


def create(options: dict[str, Any], tools: Tools) -> Collector:
    """The collector of one run.

    Args:
        options: `frames`: how many frames of a stack are kept, 1 if absent; `mark_s`: after how many seconds of the
            code the first mark is set, from which growth counts.
    """
    return Collector(options, tools)


class Collector:
    """See `profilers/protocol.py` for what a collector is."""

    def __init__(self, options: dict[str, Any], tools: Tools) -> None:
        self._tools = tools
        frames = options.get("frames")
        self._frames = min(_MOST_FRAMES, max(1, int(frames))) if isinstance(frames, (int, float)) else 1
        mark_s = options.get("mark_s")
        self._mark_due = float(mark_s) if isinstance(mark_s, (int, float)) and mark_s > 0 else None
        self._pid = os.getpid()
        self._counts = False
        self._ends = False
        self._ours = False
        """Whether it was us who began to trace."""
        self._lost = False
        self._failure: str | None = None
        self._began = 0.0
        self._wall = 0.0
        self._marked_s = 0.0
        self._mark: Held = {}
        self._held: Held = {}
        """What the last look found."""
        self._looked = 0.0
        self._samples: list[tuple[float, int]] = []
        self._sites = _Sites(tools)
        self._sent: dict[int, tuple[int, int, int, int]] = {}

    def start(self) -> None:
        self._wall = time.time()
        self._began = time.monotonic()
        self._ours = not _tracemalloc.is_tracing()
        self._counts = True
        if self._ours:
            _tracemalloc.start(self._frames)
        else:  # `python -X tracemalloc`: what is there already has not grown in the code.
            self.set_mark()

    def stop(self) -> None:
        if not self._counts:
            return
        self._counts = False
        if os.getpid() == self._pid:
            self._ends = True  # The look waits until signals are blocked and the code's time is over.
        elif self._ours:
            _tracemalloc.stop()

    def set_mark(self) -> None:
        """From now on growth is what is held more than now; nothing changes if there is no room for a look."""
        if not self._look():
            return
        self._mark = self._held
        self._marked_s = self._looked - self._began
        self._mark_due = None

    def snapshot(self, limit: int) -> dict[str, Any] | None:
        """The largest sites that changed since the last snapshot, `limit` by what they hold and `limit` by growth."""
        self._conclude()
        if self._counts:
            if not _tracemalloc.is_tracing():
                return None
            if self._mark_due is not None and time.monotonic() - self._began < self._mark_due:
                # An answer that costs nothing lets the supervisor ask again soon: the mark shall not be missed.
                return {"table": "sites", "define": {"id": []}, "update": {"id": []}, "complete": False}
            if self._mark_due is not None:
                self.set_mark()
            elif not self._look():
                return None
        sites = self._sites
        held, marked = sites.sums(self._held), sites.sums(self._mark)
        rows: dict[int, tuple[int, int, int, int]] = {}
        for site in {**held, **marked, **self._sent}:
            size, count = held.get(site, _NOTHING)
            old_size, old_count = marked.get(site, _NOTHING)
            rows[site] = (size, count, size - old_size, count - old_count)
        largest = list(rows)
        if len(largest) > limit:
            by_size = sorted(rows, key=lambda site: rows[site][0], reverse=True)[:limit]
            by_growth = sorted(rows, key=lambda site: abs(rows[site][2]), reverse=True)[:limit]
            largest = list({**dict.fromkeys(by_size), **dict.fromkeys(by_growth), **self._sent})
        changed = [site for site in largest if rows[site] != self._sent.get(site)]
        new = [site for site in changed if site not in self._sent]
        for site in changed:
            self._sent[site] = rows[site]
        values = [rows[site] for site in changed]
        return {
            "table": "sites",
            "define": {
                "id": new,
                "file": [sites.files[site] for site in new],
                "line": [sites.lines[site] for site in new],
                "origin": [sites.origins[site] for site in new],
            },
            "update": {
                "id": changed,
                "size_bytes": [value[0] for value in values],
                "count": [value[1] for value in values],
                "growth_bytes": [value[2] for value in values],
                "growth_count": [value[3] for value in values],
            },
            "complete": len(largest) == len(rows),
        }

    def write(self, folder: str) -> None:
        """Writes what the last look found, by stack, to `tracemalloc.columns`."""
        self._conclude()
        held, mark = self._held, self._mark
        stacks = [*held, *(frames for frames in mark if frames not in held)]
        files: dict[str, tuple[str, str]] = {file: self._sites.place(file) for frames in stacks for file, _ in frames}
        about = {
            "final": not self._counts and not self._lost and self._failure is None,
            "t": self._looked,
            "started": self._wall,
            "python": _PYTHON,
            "frames": self._frames,
            "marked_s": self._marked_s,
        }
        self._tools.write_columns(
            f"{folder}/tracemalloc.columns",
            about,
            [
                ("files.name", "text", [path for path, _ in files.values()]),
                ("files.origin", "text", [origin for _, origin in files.values()]),
                ("stacks.depth", "int64", [len(frames) for frames in stacks]),
                ("stacks.size_bytes", "int64", [held.get(frames, _NOTHING)[0] for frames in stacks]),
                ("stacks.count", "int64", [held.get(frames, _NOTHING)[1] for frames in stacks]),
                ("stacks.mark_bytes", "int64", [mark.get(frames, _NOTHING)[0] for frames in stacks]),
                ("stacks.mark_count", "int64", [mark.get(frames, _NOTHING)[1] for frames in stacks]),
                ("frames.file", "text", [files[file][0] for frames in stacks for file, _ in frames]),
                ("frames.line", "int64", [line for frames in stacks for _, line in frames]),
                ("samples.t_s", "float64", [moment for moment, _ in self._samples]),
                ("samples.heap_bytes", "int64", [size for _, size in self._samples]),
            ],
        )

    def warnings(self) -> list[dict[str, str]]:
        """What makes the table doubtful; asked for after `stop`."""
        found: list[dict[str, str]] = []
        if self._lost:
            found.append(
                {
                    "code": "tracing_stopped",
                    "message": "The code stopped tracemalloc, which forgot all it had traced.",
                    "hint": "What was seen in the last look before is shown; do not call tracemalloc.stop() under it.",
                }
            )
        if self._failure is not None:
            found.append(
                {
                    "code": "not_looked_at",
                    "message": f"What is held at the end could not be looked at: {self._failure}.",
                    "hint": "What was seen in the last look before is shown; run it with less data, or under "
                    "`allocations`, which needs no look.",
                }
            )
        if self._mark_due is not None:
            found.append(
                {
                    "code": "mark_not_set",
                    "message": f"The mark after {self._mark_due:g} s was not set: the code ended before, or could not "
                    "be looked at.",
                    "hint": "Growth counts from the start of the code; set an earlier mark.",
                }
            )
        return found

    def _conclude(self) -> None:
        if not self._ends:
            return
        self._ends = False
        self._lost = not _tracemalloc.is_tracing()
        if self._lost:
            return
        try:
            self._failure = None if self._look() else _NO_ROOM
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"
        if self._ours and "tracemalloc" not in sys.modules:  # else functions at exit may want it
            _tracemalloc.stop()

    def _look(self) -> bool:
        """Finds out what is held now; false, and nothing is done, where that takes more memory than there is."""
        moment = time.monotonic()
        heap, _ = _tracemalloc.get_traced_memory()
        if not is_room_for(_tracemalloc.get_tracemalloc_memory()):
            return False
        self._held = look(self._tools.files)
        self._looked = moment
        self._samples.append((moment - self._began, heap))
        return True


class _Sites:
    """The lines that were met so far, each with a number that stays.

    Attributes:
        files, lines, origins: by the number of the site.
    """

    def __init__(self, tools: Tools) -> None:
        self.files: list[str] = []
        self.lines: list[int] = []
        self.origins: list[str] = []
        self._rule = tools.origins
        self._paths: dict[str, tuple[str, str]] = {}
        self._known: dict[tuple[str, int], int] = {}

    def place(self, file: str) -> tuple[str, str]:
        """The absolute path of a file as tracemalloc names it, and whose it is."""
        known = self._paths.get(file)
        if known is None:
            path = self._rule.absolute(file)
            known = self._paths[file] = (path, self._rule.of(path))
        return known

    def sums(self, held: Held) -> dict[int, tuple[int, int]]:
        """What is held by line."""
        found: dict[int, tuple[int, int]] = {}
        for frames, (size, count) in held.items():
            site = self._number(frames[0])
            more = found.get(site, _NOTHING)
            found[site] = (size + more[0], count + more[1])
        return found

    def _number(self, frame: tuple[str, int]) -> int:
        site = self._known.get(frame)
        if site is None:
            site = self._known[frame] = len(self.files)
            path, origin = self.place(frame[0])
            self.files.append(path)
            self.lines.append(frame[1])
            self.origins.append(origin)
        return site
