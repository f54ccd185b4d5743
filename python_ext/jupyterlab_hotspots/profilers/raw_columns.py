"""Reads `*.columns`, which `agent/columns.py` writes and describes.

The file comes from the profiled process, whose code could have written anything: no number in it is believed before it
is checked against the size of the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.errors import HotspotsError, NotFound

VERSION: Final = 1
_BYTES: Final = 8
_DTYPES: Final = {"int64": "<i8", "float64": "<f8", "text": "<i8"}


class _Column(msgspec.Struct):
    name: str
    type: Literal["int64", "float64", "text"]
    count: int
    strings: list[str] | None = None


class _Header(msgspec.Struct):
    format: Literal["columns"]
    version: int
    columns: list[_Column]
    about: dict[str, Any] = {}


@dataclass(frozen=True)
class Text:
    """A column of text.

    Attributes:
        codes: places in `strings`, one a row; -1 for no text.
        strings: the distinct texts.
    """

    codes: npt.NDArray[np.int64]
    strings: list[str]


@dataclass(frozen=True)
class RawColumns:
    """A file of columns, checked: all counts fit, all places exist, all numbers are finite.

    Attributes:
        path: the file.
        about: what the collector said beside the columns; unchecked.
    """

    path: Path
    about: dict[str, Any]
    _numbers: dict[str, npt.NDArray[Any]]
    _texts: dict[str, Text]

    def counts(self, name: str) -> npt.NDArray[np.int64]:
        """A column of integers; HotspotsError (`bad_raw`) if there is none of that name and type."""
        return self._column(name, "i")

    def seconds(self, name: str) -> npt.NDArray[np.float64]:
        """A column of floats; HotspotsError (`bad_raw`) if there is none of that name and type."""
        return self._column(name, "f")

    def text(self, name: str) -> Text:
        """A column of text; HotspotsError (`bad_raw`) if there is none of that name."""
        if name not in self._texts:
            raise bad_raw(self.path, f"it has no column of text {name!r}")
        return self._texts[name]

    def length(self, *names: str) -> int:
        """How many rows columns have that belong together; HotspotsError (`bad_raw`) if they differ."""
        lengths = {len(self._texts[name].codes if name in self._texts else self._column(name, "if")) for name in names}
        if len(lengths) != 1:
            raise bad_raw(self.path, f"its columns {', '.join(names)} differ in length")
        return lengths.pop()

    def _column(self, name: str, kinds: str) -> npt.NDArray[Any]:
        found = self._numbers.get(name)
        if found is None or found.dtype.kind not in kinds:
            raise bad_raw(self.path, f"it has no such column of numbers: {name!r}")
        return found


def read_columns(path: Path) -> RawColumns:
    """Reads a file whole.

    Raises:
        NotFound: there is no such file.
        HotspotsError: (reason `bad_raw`) it cannot be read, or is not what an agent writes.
    """
    if path.exists() and not path.is_file():  # reading a pipe would wait for its writer
        raise bad_raw(path, "it is not a regular file")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.", hint="The run ended before anything was written.") from error
    except OSError as error:
        raise bad_raw(path, f"it cannot be read: {error.strerror}") from error
    return _parse(path, data)


def bad_raw(path: Path, what: str) -> HotspotsError:
    """The error for a raw file that is not what the collector writes."""
    return HotspotsError(
        f"The raw measurements in {path} are damaged: {what}.",
        hint="Run it again; what the run printed and its telemetry are not affected.",
        reason="bad_raw",
    )


def _parse(path: Path, data: bytes) -> RawColumns:
    end = data.find(b"\n")
    if end < 0:
        raise bad_raw(path, "it has no header")
    try:
        # The standard library's parser lets lone surrogates pass: so Python spells file names that are not UTF-8.
        header = msgspec.convert(json.loads(data[:end]), _Header)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise bad_raw(path, f"its header is wrong ({error})") from error
    if header.version != VERSION:
        raise bad_raw(path, f"it is of version {header.version}, known is {VERSION}")
    sizes = [column.count for column in header.columns]
    if min(sizes, default=0) < 0 or sum(sizes) * _BYTES != len(data) - end - 1:
        raise bad_raw(path, "its size is not that of its columns")
    numbers: dict[str, npt.NDArray[Any]] = {}
    texts: dict[str, Text] = {}
    offset = end + 1
    for column in header.columns:
        if column.name in numbers or column.name in texts:
            raise bad_raw(path, f"it has two columns {column.name!r}")
        written: npt.NDArray[Any] = np.frombuffer(data, _DTYPES[column.type], column.count, offset)
        # A copy is aligned, in the machine's own byte order, and may be written to.
        values: npt.NDArray[Any] = written.astype(np.float64 if column.type == "float64" else np.int64)
        offset += column.count * _BYTES
        if column.type == "text":
            strings = column.strings or []
            if len(values) and not (values.min() >= -1 and values.max() < len(strings)):
                raise bad_raw(path, f"its column {column.name!r} names texts that are not there")
            texts[column.name] = Text(values, strings)
            continue
        if column.type == "float64" and not np.isfinite(values).all():
            raise bad_raw(path, f"its column {column.name!r} has numbers that are not finite")
        numbers[column.name] = values
    return RawColumns(path, header.about, numbers, texts)
