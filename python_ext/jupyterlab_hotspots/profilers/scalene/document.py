"""What Scalene 2 writes: the parts of its JSON that are read here, checked.

The fields and their units are those of `scalene/scalene_json.py` (2.4): percentages are of the CPU samples of the whole
run, a megabyte is 1048576 bytes everywhere, also in `n_copy_mb_s` and `velocity_mb_s`, moments are nanoseconds since
the start. Everything that is not named here is left unread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from jupyterlab_hotspots.profilers.raw_columns import bad_raw

FILE: Final = "scalene.json"
LARGEST_BYTES: Final = 512 << 20
"""With stacks a profile has some megabytes; one of this size is no profile."""
_LARGEST: Final = 1e15

Amount = Annotated[float, Meta(ge=0, le=_LARGEST)]
LineNumber = Annotated[int, Meta(ge=0, le=2**31)]


class Figures(msgspec.Struct):
    """What was measured in a line or a function."""

    lineno: LineNumber
    line: str
    """The source, or the name of the function."""
    n_cpu_percent_python: Amount = 0.0
    n_cpu_percent_c: Amount = 0.0
    n_sys_percent: Amount = 0.0
    n_gpu_percent: Amount = 0.0
    n_gpu_peak_memory_mb: Amount = 0.0
    n_peak_mb: Amount = 0.0
    n_avg_mb: Amount = 0.0
    n_malloc_mb: Amount = 0.0
    n_python_fraction: Amount = 0.0
    n_copy_mb_s: Amount = 0.0
    start_function_line: LineNumber | None = None
    """The line of the innermost `def` or `class` it is in, 0 for none; of functions, and in Scalene 2.0, not said."""

    @property
    def percent(self) -> float:
        """Its part of the time."""
        return self.n_cpu_percent_python + self.n_cpu_percent_c + self.n_sys_percent

    @property
    def is_measured(self) -> bool:
        """Whether anything is known of it: Scalene writes all lines of a file."""
        return any(
            (
                self.percent,
                self.n_gpu_percent,
                self.n_peak_mb,
                self.n_malloc_mb,
                self.n_copy_mb_s,
            )
        )


class Leak(msgspec.Struct):
    """A line from which memory seems to leak."""

    likelihood: Amount
    velocity_mb_s: Amount


class File(msgspec.Struct):
    """A source file."""

    lines: list[Figures] = []
    functions: list[Figures] = []
    leaks: dict[str, Leak] = {}


class StackFigures(msgspec.Struct):
    """What was measured in a stack: samples, and its part of all CPU samples, between 0 and 1."""

    count: Annotated[int, Meta(ge=0, le=2**53)] = 0
    cpu_samples: Amount = 0.0


class Document(msgspec.Struct):
    """A profile. One of a run in which nothing was measured is `{}`: then `files` is empty."""

    elapsed_time_sec: Amount = 0.0
    gpu: bool = False
    memory: bool = False
    files: dict[str, File] = {}
    samples: list[tuple[Amount, Amount]] = []
    """Nanoseconds and footprint in megabytes; at most a hundred, picked at random."""
    stacks: list[tuple[list[str], StackFigures]] = []
    """Frames from the outermost on, as `file function:line;`."""


# Two threads that first look at a struct at once crash the process (msgspec 0.22): it is looked at here.
_DECODER: Final = msgspec.json.Decoder(Document)


def read_document(path: Path) -> Document | None:
    """What Scalene wrote; None if it had not begun, or was killed while it wrote.

    Raises:
        HotspotsError: (reason `bad_raw`) it cannot be read, or is not what Scalene writes.
    """
    if not path.exists():
        return None
    if not path.is_file():  # reading a pipe would wait for its writer
        raise bad_raw(path, "it is not a regular file")
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise bad_raw(path, f"it has {size} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise bad_raw(path, f"it cannot be read: {error.strerror}") from error
    try:
        return _DECODER.decode(data)
    except (msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise bad_raw(path, str(error)) from error
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            return None
        raise bad_raw(path, str(error)) from error
