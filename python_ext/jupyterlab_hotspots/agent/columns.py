"""Writes `*.columns`, the format of the collectors' tables.

The first line is a JSON object in ASCII:

    {"format": "columns", "version": 1, "about": {…},
     "columns": [{"name": str, "type": "int64" | "float64" | "text", "count": int, "strings": [str], for text only}, …]}

After its line break the columns follow in that order without gaps: `count` little-endian values of 8 bytes each. A
column of text is an `int64` column of places in its `strings`, -1 for no text. Columns may differ in length: a file
holds several tables (`functions.calls`, `edges.calls`), so that they change together. `profilers/raw_columns.py` reads
it.
"""

from __future__ import annotations

import os
from _struct import pack

from .json_text import encode
from .quiet import close_file, length, open_file, partial, remove, rename, write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_packed = partial(pack)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def write_columns(path: str, about: dict[str, Any], columns: Sequence[tuple[str, str, list[Any]]]) -> None:
    """Writes columns, given as (name, type, values), to a new file that then takes the place of `path`.

    Called on the profiled thread: nothing here is seen by a profiler.

    Args:
        path: absolute.
        about: anything that JSON can say.
        columns: values of `text` are strings or None.

    Raises:
        OSError: it could not be written; what was at `path` is still there.
    """
    described: list[dict[str, Any]] = []
    arrays: list[bytes] = []
    for name, kind, values in columns:
        column: dict[str, Any] = {"name": name, "type": kind, "count": length(values)}
        if kind == "text":
            values, column["strings"] = _coded(values)
        described += [column]
        arrays += [_packed(f"<{length(values)}{'d' if kind == 'float64' else 'q'}", *values)]
    header = encode({"format": "columns", "version": 1, "about": about, "columns": described})
    temporary = f"{path}.tmp"
    descriptor = open_file(temporary, _CREATE, 0o666)
    try:
        try:
            for data in [header + b"\n", *arrays]:
                while data:
                    data = data[write_file(descriptor, data) :]
        finally:
            close_file(descriptor)
        rename(temporary, path)
    except BaseException:
        try:
            remove(temporary)
        except OSError:
            pass
        raise


def _coded(values: list[str | None]) -> tuple[list[int], list[str]]:
    places: dict[str | None, int] = {None: -1}
    codes: list[int] = []
    for value in values:
        if value not in places:
            places[value] = length(places) - 1
        codes += [places[value]]
    return codes, [value for value in places if value is not None]
