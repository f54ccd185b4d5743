"""Which format a file is in, by what stands in it: several share an ending, and names lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.formats.foreign import MEGABYTE, contents, head, size_of

_COLLAPSED: Final = re.compile(rb"\A(?:#[^\n]*\n)*[^\n\0]*[^\s\0][^\n\0]* \d+(?:\.\d+)?\r?(?:\n|\Z)")
_LARGEST_JSON: Final = 512 * MEGABYTE


class _Json(msgspec.Struct):
    """What tells the formats in JSON apart; everything is skipped, nothing is decoded."""

    schema: msgspec.Raw | None = None
    run: msgspec.Raw | None = None
    schema_link: msgspec.Raw | None = msgspec.field(name="$schema", default=None)
    shared: msgspec.Raw | None = None
    profiles: msgspec.Raw | None = None
    frame_records: msgspec.Raw | None = None
    files: msgspec.Raw | None = None


_decode: Final = msgspec.json.Decoder(_Json).decode


def sniffed(path: Path) -> str | None:
    """The name of the format; None if what stands there does not say.

    Raises as `foreign.contents` does.
    """
    start = head(path)
    if start.startswith(b"memray\0"):
        return "memray"
    if start[:1] == b"\x80" and start[1:2] <= b"\x05":
        return "lprof"
    # A marshalled dict begins with `{` as JSON does; then comes a tuple, or its end.
    if start[:1] in (b"{", b"\xfb") and start[1:2] in (b")", b"(", b"\xa9", b"\xa8", b"0"):
        return "pstats"
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _json_format(path)
    return "collapsed" if _COLLAPSED.match(start) else None


def _json_format(path: Path) -> str | None:
    if size_of(path) > _LARGEST_JSON:
        return None
    try:
        found: Any = _decode(contents(path).removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if found.frame_records is not None:
        return "pyinstrument"
    if found.profiles is not None and found.shared is not None:
        return "speedscope"
    if found.run is not None and found.schema is not None:
        return "json"
    return "scalene" if found.files is not None else None
