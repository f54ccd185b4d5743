"""Collapsed stacks, the text that flame graphs are drawn from: a stack and its count a line, `a;b;c 12`.

Frames stand from the outermost on. How a frame is written is free; `name (file:line)`, as py-spy writes it, and
`file:name:line`, as austin does, are understood, everything else is a name. Format: B. Gregg, "The Flame Graph",
https://github.com/brendangregg/FlameGraph (`flamegraph.pl`, input).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats.call_tree import CallTree, Frame
from jupyterlab_hotspots.formats.foreign import bad_file, contents
from jupyterlab_hotspots.formats.frame_lines import Named, frames_of
from jupyterlab_hotspots.formats.stacks import Stacks
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rows import ProfileWarning
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "collapsed stacks"
_PY_SPY: Final = re.compile(r"(.+) \((.+?)(?::(\d{1,9}))?\)")
_AUSTIN: Final = re.compile(r"((?:/|<|[A-Za-z]:\\)[^:]*):([^:]+):(\d{1,9})")
_THREAD: Final = re.compile(r"(?:thread|process) .+|[PT]\d[\d:]*(?:;.*)?|MainThread")
_LARGEST_COUNT: Final = 10**15
_MICROSECONDS: Final = 1_000_000


def read(path: Path) -> Imported:
    """Call tree, functions and lines, counted in samples.

    Raises:
        BadRequest: a line is no stack.
    """
    stacks = Stacks(TITLE)
    counts: dict[str, int] = {}
    found = False
    for number, line in enumerate(contents(path).decode("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        stack, _, count = line.rpartition(" ")
        if not (count.isascii() and count.isdigit()) or int(count[:20]) > _LARGEST_COUNT:
            raise bad_file(TITLE, f"line {number:,} is not a stack with a whole number")
        found = True
        if stack.strip():  # py-spy counts samples in which nothing ran
            counts[stack] = counts.get(stack, 0) + int(count)
    if not found:
        raise bad_file(TITLE, "it has no stacks")
    texts = {text: 0 for stack in counts for text in stack.split(";")}
    named = {text: _named(text) for text in texts if not _THREAD.fullmatch(text)}
    frames = dict(zip(named, frames_of(named.values()), strict=True))
    for text in texts:
        texts[text] = stacks.frame(frames.get(text) or Frame(text, None, None, None, "thread"))
    for stack, count in counts.items():
        stacks.add(tuple(texts[text] for text in stack.split(";")), count)
    return Imported(measurements=stacks.measurements("samples", warnings=(_UNIT,)), profiler="collapsed")


_UNIT: Final = ProfileWarning(
    code="unit_unknown",
    message="The file does not say what it counts: it is shown as samples.",
    hint="Shares are right whatever it is.",
)


def write(profile: Profile, path: Path) -> None:
    """Write the call tree: samples where they were counted, else microseconds, else bytes at the high-water mark.

    Raises:
        BadRequest: the profile has no call tree.
    """
    table = profile.table("tree")
    tree = None if table is None else CallTree.of(table)
    measures = [] if tree is None else [name for name, _, _ in tree.measures()]
    if tree is None or not measures:
        raise BadRequest(
            f"A run under {profile.run.profiler} has no call tree, which is what this format holds.",
            hint="Run the target under sampling or allocations, or choose another format.",
        )
    column = "samples" if "samples" in measures else measures[0]
    lines: dict[str, int] = {}
    prefixes: list[str] = []
    for row, frame in enumerate(tree.frames):
        parent = tree.parents[row]
        prefixes.append((f"{prefixes[parent]};" if parent >= 0 else "") + _written(frame))
        value = tree.values[column][row]
        count = round(value * _MICROSECONDS) if column == "own_s" and value else value
        if count:
            lines[prefixes[row]] = lines.get(prefixes[row], 0) + count
    text = "".join(f"{stack} {count}\n" for stack, count in lines.items())
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _named(text: str) -> Named:
    found = _PY_SPY.fullmatch(text)
    if found is not None:
        return found[1], found[2], int(found[3]) if found[3] else None
    found = _AUSTIN.fullmatch(text)
    if found is not None:
        return found[2], found[1], int(found[3])
    return text, None, None


def _written(frame: Frame) -> str:
    text = frame.name
    if frame.file is not None:
        text += f" ({frame.file})" if frame.shown_line is None else f" ({frame.file}:{frame.shown_line})"
    # What separates frames and stacks cannot stand in them.
    return " ".join(text.replace(";", ",").split()) or "?"
