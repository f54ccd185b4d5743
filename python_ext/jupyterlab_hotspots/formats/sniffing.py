"""Which format a file is in, by what stands in it: several share an ending, and names lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.formats.foreign import MEGABYTE, contents, head, size_of

_COLLAPSED: Final = re.compile(rb"\A(?:#[^\n]*\n)*[^\n\0]* \d+\r?(?:\n|\Z)")
_LZ4: Final = b"\x04\x22\x4d\x18"
_LARGEST_JSON: Final = 512 * MEGABYTE


_ABSENT: Final = msgspec.Raw()


class _Json(msgspec.Struct):
    """What tells the formats in JSON apart; everything is skipped, nothing is decoded."""

    schema: msgspec.Raw = _ABSENT
    run: msgspec.Raw = _ABSENT
    shared: msgspec.Raw = _ABSENT
    profiles: msgspec.Raw = _ABSENT
    frame_records: msgspec.Raw = _ABSENT
    files: msgspec.Raw = _ABSENT


_decode: Final = msgspec.json.Decoder(_Json).decode


def sniffed(path: Path) -> str | None:
    """The name of the format; None if what stands there does not say.

    Raises as `foreign.contents` does.
    """
    start = head(path)
    # Its header may be the first block of an LZ4 frame, too short to be compressed.
    if start.startswith(b"memray\0") or (start.startswith(_LZ4) and b"memray\0" in start[:64]):
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
    if bytes(found.frame_records):
        return "pyinstrument"
    if bytes(found.profiles) and bytes(found.shared):
        return "speedscope"
    if bytes(found.run) and bytes(found.schema):
        return "json"
    return "scalene" if bytes(found.files) else None
