"""How far a target says it is: lines ``{"done": 120, "total": 1000, "label": "64 alerts/s"}`` in a file it knows of."""

from __future__ import annotations

from jupyterlab_hotspots.runs.event_tail import Tail, parse
from jupyterlab_hotspots.runs.live import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EVERY_S = 0.25
_LONGEST_LABEL = 120


class ProgressReader:
    """Follows the file named in `layout.PROGRESS_VARIABLE`. What the target writes is not trusted."""

    def __init__(self, path: str) -> None:
        self._tail = Tail(path)
        self._due = 0.0

    def read(self, now: float, *, at_once: bool = False) -> dict[str, Any] | None:
        """The newest progress since the last call, at most every quarter of a second; None if there is none."""
        if not self._tail.grown() or (now < self._due and not at_once):
            return None
        self._due = now + _EVERY_S
        for line in reversed(self._tail.read()):
            progress = _checked(parse(line))
            if progress is not None:
                return progress
        return None


def _checked(said: dict[str, Any] | None) -> dict[str, Any] | None:
    if said is None:
        return None
    done, total = number(said.get("done")), number(said.get("total"))
    if done is None or total is None or done < 0 or total <= 0:
        return None
    return {"done": min(done, total), "total": total, "label": str(said.get("label") or "")[:_LONGEST_LABEL]}
