"""Numbers frames and stacks as they come, so that each is written once and a span is one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .functions import FirstLines
    from .recorded import Frame

_PROCESS = "process "
"""How py-spy names the frame below all others of a process, which is no function."""


class Stacks:
    """All frames and stacks of a run.

    Args:
        first_lines: finds where functions begin.
        agent: our folder of what starts the target: what lies below the target's own first frame is no part of it.
        ours: further folders of ours that a process may run code of.

    Attributes:
        frames: (plain name, dotted name or None, file, line, first line) of each; file and lines are "" and 0 where
            there are none.
        stacks: places in `frames`, outermost first, of each.
    """

    def __init__(self, first_lines: FirstLines, agent: str, *ours: str) -> None:
        self._first_lines = first_lines
        self._agent = agent
        self._ours = (agent, *ours)
        self._frame_ids: dict[Frame, int] = {}
        self._stack_ids: dict[tuple[int, ...], int] = {}
        self._known: dict[tuple[Frame, ...], int | None] = {}
        self._hidden: set[int] = set()
        self.frames: list[tuple[str, str | None, str, int, int]] = []
        self.stacks: list[tuple[int, ...]] = []

    def meet(self, frames: tuple[Frame, ...]) -> int | None:
        """The number of a stack, given from the outermost frame on; None if the target's code is not in it."""
        if frames not in self._known:
            self._known[frames] = self._stack(frames)
        return self._known[frames]

    def is_ours(self, frames: tuple[Frame, ...]) -> bool:
        """Whether our agent has started it: so it is with the main thread alone."""
        return any(file.startswith(self._agent) for _, file, _ in frames[:3])

    def _frame(self, frame: Frame) -> int:
        name, file, line = frame
        if frame not in self._frame_ids:
            plain = name.rpartition(".")[2]
            first = self._first_lines.of(file, plain, line) if file else 0
            self._frame_ids[frame] = len(self.frames)
            if file.startswith(self._ours):
                self._hidden.add(len(self.frames))
            self.frames.append((plain, name if plain != name else None, file, line, first))
        return self._frame_ids[frame]

    def _stack(self, frames: tuple[Frame, ...]) -> int | None:
        inner = tuple(self._frame(frame) for frame in frames if frame[1] or not frame[0].startswith(_PROCESS))
        begin = next((place for place, frame in enumerate(inner) if frame not in self._hidden), len(inner))
        key = inner[begin:]
        # The agent is around the target; where it is on top (the fallback's own thread), nothing of the target runs.
        if not key or key[-1] in self._hidden:
            return None
        if key not in self._stack_ids:
            self._stack_ids[key] = len(self.stacks)
            self.stacks.append(key)
        return self._stack_ids[key]
