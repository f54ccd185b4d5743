"""Which of its lines a frame in a foreign file names: where its function begins, or where it was."""

from __future__ import annotations

from collections.abc import Iterable

from jupyterlab_hotspots.formats.call_tree import Frame

Named = tuple[str, "str | None", "int | None"]
"""Name, file, and a line."""


def frames_of(named: Iterable[Named]) -> list[Frame]:
    """Frames of names, files and lines.

    The formats do not say which line they mean. A file in which one function occurs with several lines means those that
    ran; where each function has only one, it is taken for its first.
    """
    named = list(named)
    line_of: dict[tuple[str, str | None], int | None] = {}
    ran = any(line is not None and line_of.setdefault((name, file), line) != line for name, file, line in named)
    return [Frame(name, file, None if ran else line, line if ran else None, None) for name, file, line in named]
