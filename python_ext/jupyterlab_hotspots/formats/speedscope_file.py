"""speedscope's own JSON, there and back.

`profiles` name frames of `shared.frames` by their numbers: a `sampled` one has a list of stacks with a weight each, an
`evented` one says when a frame is opened and closed (https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources;
the schema is at the address in `_SCHEMA`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats.call_tree import CallTree, Frame
from jupyterlab_hotspots.formats.foreign import bad_file, contents
from jupyterlab_hotspots.formats.frame_lines import frames_of
from jupyterlab_hotspots.formats.stacks import Stacks
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rows import ProfileWarning
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "speedscope"
_SCHEMA: Final = "https://www.speedscope.app/file-format-schema.json"
_SECONDS: Final = {"nanoseconds": 1e-9, "microseconds": 1e-6, "milliseconds": 1e-3, "seconds": 1.0}
_COLUMN_OF: Final = {"none": "samples", "bytes": "peak_bytes"}
_MOST_SAMPLES: Final = 2_000_000

Unit = Literal["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"]
Amount = Annotated[float, Meta(ge=0, le=1e18)]
Moment = Annotated[float, Meta(ge=-1e18, le=1e18)]
Number = Annotated[int, Meta(ge=0)]


class _Frame(msgspec.Struct, omit_defaults=True):
    name: str
    file: str | UnsetType | None = UNSET
    line: Annotated[int, Meta(ge=-1, le=2**31)] | UnsetType | None = UNSET


class _Event(msgspec.Struct):
    type: Literal["O", "C"]
    frame: Number
    at: Moment


class _Evented(msgspec.Struct, tag_field="type", tag="evented", kw_only=True):
    name: str
    unit: Unit
    startValue: Moment  # noqa: N815  (speedscope's spelling, here and below)
    endValue: Moment  # noqa: N815
    events: list[_Event]


class _Sampled(msgspec.Struct, tag_field="type", tag="sampled", kw_only=True):
    name: str
    unit: Unit
    startValue: Moment  # noqa: N815
    endValue: Moment  # noqa: N815
    samples: list[tuple[Number, ...]]
    weights: list[Amount]


class _Shared(msgspec.Struct):
    frames: list[_Frame]


class _File(msgspec.Struct, kw_only=True, omit_defaults=True):
    schema: str = msgspec.field(name="$schema", default="")
    shared: _Shared
    profiles: list[_Evented | _Sampled]
    name: str | None = None
    activeProfileIndex: int | None = None  # noqa: N815
    exporter: str | None = None


_decode: Final = msgspec.json.Decoder(_File).decode


def read(path: Path) -> Imported:
    """Call tree, functions, lines, and the time axis of sampled profiles; each profile is a thread.

    Raises:
        BadRequest: it is no such file, or what it says cannot be.
    """
    try:
        file: _File = _decode(contents(path).removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_file(TITLE, str(error)) from error
    if not file.profiles:
        raise bad_file(TITLE, "it has no profile")
    columns = [_COLUMN_OF.get(one.unit, "own_s") for one in file.profiles]
    column = next(name for name in ("own_s", "samples", "peak_bytes") if name in columns)
    chosen = [one for one, of in zip(file.profiles, columns, strict=True) if of == column]
    stacks = Stacks(TITLE)
    known = frames_of((one.name, one.file or None, _line(one)) for one in file.shared.frames)
    frames = [stacks.frame(frame) for frame in known]
    samples: dict[str, list[Any]] = {"t_s": [], "thread": [], "node": [], "duration_s": []}
    for one in chosen:
        root = () if len(chosen) == 1 else (stacks.frame(Frame(one.name, None, None, None, "thread")),)
        scale = _SECONDS.get(one.unit, 1.0)
        if isinstance(one, _Evented):
            _add_events(stacks, one, frames, root, scale)
        else:
            _add_samples(stacks, one, frames, root, scale, samples if column == "own_s" else None)
    timed = 0 < len(samples["t_s"]) <= _MOST_SAMPLES
    return Imported(
        measurements=stacks.measurements(
            column, samples=samples if timed else None, warnings=_left_out(len(file.profiles) - len(chosen))
        ),
        profiler="speedscope",
    )


def _add_samples(
    stacks: Stacks,
    profile: _Sampled,
    frames: list[int],
    root: tuple[int, ...],
    scale: float,
    samples: dict[str, list[Any]] | None,
) -> None:
    if len(profile.samples) != len(profile.weights):
        raise bad_file(TITLE, f"it has {len(profile.samples):,} samples and {len(profile.weights):,} weights")
    if scale == 1.0 and profile.unit != "seconds" and any(weight != round(weight) for weight in profile.weights):
        raise bad_file(TITLE, "its weights have no unit and are no whole numbers")
    moment = 0.0
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for written, weight in zip(profile.samples, profile.weights, strict=True):
        stack = known.get(written)
        if stack is None:
            if written and max(written) >= len(frames):
                raise bad_file(TITLE, f"it names frame {max(written):,} of {len(frames):,}")
            stack = known[written] = root + tuple(map(frames.__getitem__, written))
        own = weight * scale
        node = stacks.add(stack, own)
        if samples is not None:
            samples["t_s"].append(moment)
            samples["thread"].append(profile.name)
            samples["node"].append(node)
            samples["duration_s"].append(own)
            moment += own


def _add_events(stacks: Stacks, profile: _Evented, frames: list[int], root: tuple[int, ...], scale: float) -> None:
    path: list[tuple[int, int]] = []
    bottom = stacks.add(root, 0)
    last = profile.startValue
    for event in (*profile.events, None):
        at = profile.endValue if event is None else event.at
        if at < last:
            if event is None:
                break  # the end was not set
            raise bad_file(TITLE, "its events are not in the order of time")
        if path:
            stacks.add_to(path[-1][0], (at - last) * scale)
        last = at
        if event is None:
            break
        if event.frame >= len(frames):
            raise bad_file(TITLE, f"it names frame {event.frame:,} of {len(frames):,}")
        if event.type == "O":
            path.append((stacks.child(path[-1][0] if path else bottom, frames[event.frame]), event.frame))
        elif not path or path.pop()[1] != event.frame:
            raise bad_file(TITLE, "it closes a frame that is not the one opened last")


def _line(frame: _Frame) -> int | None:
    return frame.line if isinstance(frame.line, int) and frame.line > 0 else None


def _left_out(count: int) -> tuple[ProfileWarning, ...]:
    if not count:
        return ()
    message = f"{count} of the file's profiles measure something else (memory, or no unit) and are left out."
    return (ProfileWarning(code="left_out", message=message),)


def write(profile: Profile, path: Path) -> None:
    """Write what was on the stack: by thread over time where samples were kept, else each measure of the call tree.

    A profile without a call tree, as cProfile's, is written as functions side by side, each with its own time.

    Raises:
        BadRequest: neither stacks nor the time of functions were measured.
    """
    frames: dict[_FrameKey, int] = {}
    tree = profile.table("tree")
    profiles: list[_Sampled] = []
    if tree is not None and tree.num_rows:
        nodes = CallTree.of(tree)
        profiles = _threads(profile, nodes, frames) + [
            _whole(nodes, frames, column, unit, words) for column, unit, words in nodes.measures()
        ]
    if not profiles:
        profiles = _flat(profile, frames)
    if not profiles:
        raise BadRequest(
            f"A run under {profile.run.profiler} measured neither stacks nor the time of functions.",
            hint="Run the target under sampling, or choose another format.",
        )
    file = _File(
        schema=_SCHEMA,
        shared=_Shared(
            [
                _Frame(name, UNSET if place is None else place, UNSET if line is None else line)
                for name, place, line in frames
            ]
        ),
        profiles=list(profiles),
        name=profile.run.target.name,
        activeProfileIndex=0,
        exporter="jupyterlab-hotspots",
    )
    path.write_bytes(msgspec.json.encode(file) + b"\n")


_FrameKey = tuple[str, "str | None", "int | None"]


def _number(frames: dict[_FrameKey, int], frame: Frame) -> int:
    return frames.setdefault((frame.name, frame.file, frame.shown_line), len(frames))


def _stack(nodes: CallTree, frames: dict[_FrameKey, int], row: int, *, threads: bool = True) -> tuple[int, ...]:
    rows = nodes.stack(row)
    return tuple(_number(frames, nodes.frames[one]) for one in rows if threads or nodes.frames[one].kind != "thread")


def _threads(profile: Profile, nodes: CallTree, frames: dict[_FrameKey, int]) -> list[_Sampled]:
    """A profile for each thread, its samples in the order of time; none where they were not kept."""
    table = profile.table("samples")
    if table is None or not {"node", "duration_s"} <= set(table.column_names):
        return []
    columns = lists_of(table)
    blank: list[Any] = [None] * table.num_rows
    found: dict[tuple[Any, Any], _Sampled] = {}
    stacks: dict[int, tuple[int, ...]] = {}
    names = ("t_s", "process", "thread", "node", "duration_s")
    rows = sorted(zip(*(columns.get(name, blank) for name in names), strict=True), key=lambda row: row[0])
    several = len({row[1] for row in rows}) > 1
    for t_s, process, thread, node, duration_s in rows:
        if duration_s is None:
            continue
        one = found.get((process, thread))
        if one is None:
            name = " ".join(str(word) for word in (process if several else None, thread) if word is not None)
            one = found[process, thread] = _Sampled(
                name=name or profile.run.target.name,
                unit="seconds",
                startValue=max(0.0, t_s),
                endValue=max(0.0, t_s),
                samples=[],
                weights=[],
            )
        if node is not None and node not in stacks:
            stacks[node] = _stack(nodes, frames, node, threads=False)
        one.samples.append(stacks[node] if node is not None else ())
        one.weights.append(duration_s)
        one.endValue += duration_s
    return list(found.values())


def _whole(nodes: CallTree, frames: dict[_FrameKey, int], column: str, unit: Any, words: str) -> _Sampled:
    values = nodes.values[column]
    rows = [row for row, value in enumerate(values) if value and value > 0]
    weights = [values[row] for row in rows]
    return _Sampled(
        name=words,
        unit=unit,
        startValue=0,
        endValue=sum(weights),
        samples=[_stack(nodes, frames, row) for row in rows],
        weights=weights,
    )


def _flat(profile: Profile, frames: dict[_FrameKey, int]) -> list[_Sampled]:
    table = profile.table("functions")
    if table is None or "own_s" not in table.column_names:
        return []
    columns = lists_of(table)
    blank: list[Any] = [None] * table.num_rows
    rows = zip(*(columns.get(name, blank) for name in ("function", "file", "line", "own_s")), strict=True)
    found = [(frames.setdefault((name, file, line), len(frames)), own) for name, file, line, own in rows if own]
    if not found:
        return []
    name = "own time of functions (who called whom is not in this view)"
    total = sum(own for _, own in found)
    stacks = [(frame,) for frame, _ in found]
    weights = [own for _, own in found]
    return [_Sampled(name=name, unit="seconds", startValue=0, endValue=total, samples=stacks, weights=weights)]
