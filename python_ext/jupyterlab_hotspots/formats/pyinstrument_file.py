"""Reads pyinstrument's sessions, `.pyisession`.

JSON with one record a sample: the stack and its seconds. A frame is `name\\0file\\0first line`, and after each `\\1` a
mark with a value: `c` the class, `l` the line that ran, `h` that it hides in tracebacks (`pyinstrument/session.py`,
`frame_info.py`, 5.1). The first frame of a stack is its thread, in a file `<thread>`; frames such as `[await]`, which
pyinstrument makes itself, have no file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from jupyterlab_hotspots.formats.call_tree import Frame, Function
from jupyterlab_hotspots.formats.foreign import bad_file, contents
from jupyterlab_hotspots.formats.stacks import Stacks
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "pyinstrument session"
_MOST_SAMPLES: Final = 2_000_000
_LARGEST: Final = 1 << 40

Seconds = Annotated[float, Meta(ge=0, le=1e12)]


class _Session(msgspec.Struct):
    frame_records: list[tuple[tuple[str, ...], Seconds]]
    start_time: Seconds
    duration: Seconds
    cpu_time: Seconds | None = None
    target_description: str = ""


_decode: Final = msgspec.json.Decoder(_Session).decode


def read(path: Path) -> Imported:
    """Functions, call tree, lines and the time axis of a session.

    Raises:
        BadRequest: it is none.
    """
    try:
        session = _decode(contents(path))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_file(TITLE, str(error)) from error
    stacks = Stacks(TITLE)
    frames: dict[str, int] = {}
    qualnames: dict[Function, str] = {}
    moment = 0.0
    samples: dict[str, list[Any]] = {"t_s": [], "thread": [], "node": [], "duration_s": []}
    for written, seconds in session.frame_records:
        for text in written:
            if text not in frames:
                frame, qualname = _frame(text)
                frames[text] = stacks.frame(frame)
                if qualname is not None:
                    qualnames[frame.function] = qualname
        stack = tuple(map(frames.__getitem__, written))
        outermost = stacks.frames[stack[0]] if stack else None
        samples["t_s"].append(moment)
        samples["thread"].append(outermost.name if outermost is not None and outermost.kind == "thread" else None)
        samples["node"].append(stacks.add(stack, seconds))
        samples["duration_s"].append(seconds)
        moment += seconds
    facts: dict[str, Any] = {"code_s": session.duration, "started": _moment(session.start_time)}
    if session.cpu_time:
        facts["cpu_s"] = session.cpu_time
    return Imported(
        measurements=stacks.measurements(
            "own_s", samples=samples if len(samples["t_s"]) <= _MOST_SAMPLES else None, qualnames=qualnames
        ),
        profiler="pyinstrument",
        facts={name: value for name, value in facts.items() if value is not None},
    )


def _frame(text: str) -> tuple[Frame, str | None]:
    identifier, *marks = text.split("\1")
    name, file, first = (*identifier.split("\0"), "", "")[:3]
    if file == "<thread>":
        return Frame(name, None, None, None, "thread"), None
    values = {mark[:1]: mark[1:] for mark in marks if mark}
    frame = Frame(name, file or None, _line(first), _line(values.get("l", "")), None)
    return frame, f"{values['c']}.{name}" if values.get("c") else None


def _line(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        return None
    return int(text) if 0 < int(text) < _LARGEST else None


def _moment(seconds: float) -> str | None:
    try:
        return iso_utc(seconds)
    except (OverflowError, ValueError, OSError):
        return None
