"""Writes `.prof`: what `cProfile.Profile.dump_stats` writes and `pstats.Stats` reads.

The file is a marshalled dict `{(file, line, name): (primitive calls, calls, own s, total s, callers)}`, where callers
is `{(file, line, name): (calls, primitive calls, own s, total s)}`: the first two values the other way round. So it is
in CPython's `Lib/cProfile.py` (`snapshot_stats`) and `Lib/pstats.py`.
"""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_hotspots.errors import BadRequest

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyterlab_hotspots.profiles.profile import Profile

Key = tuple[str, int, str]
Counts = tuple[int, int, float, float]

BUILTIN_FILE = "~"


def write(profile: Profile, path: Path) -> None:
    """Write functions and their callers to `path`.

    Raises:
        BadRequest: the profile counts no calls, so there is nothing `pstats` could show.
    """
    functions = profile.table("functions")
    if functions is None or "calls" not in functions.column_names:
        raise BadRequest(
            f"A run under {profile.run.profiler} counts no calls, which is what this format holds.",
            hint="Run the target under cprofile, or choose another format.",
        )
    keys = _keys(functions)
    stats: dict[Key, tuple[int, int, float, float, dict[Key, Counts]]] = {}
    for key, (calls, primitive, own, total) in zip(keys, _counts(functions), strict=True):
        stats[key] = (primitive, calls, own, total, {})
    edges = profile.table("edges")
    if edges is not None:
        callers = edges["caller"].to_pylist()
        callees = edges["callee"].to_pylist()
        for caller, callee, counts in zip(callers, callees, _counts(edges), strict=True):
            stats[keys[callee]][4][keys[caller]] = counts
    path.write_bytes(marshal.dumps(stats))


def _keys(functions: pa.Table) -> list[Key]:
    """The name `pstats` gives each row; built-ins lie in the file `~` at line 0."""
    names = functions["function"].to_pylist()
    blank = [None] * len(names)
    files = functions["file"].to_pylist() if "file" in functions.column_names else blank
    lines = functions["line"].to_pylist() if "line" in functions.column_names else blank
    return [
        (file or BUILTIN_FILE, line if file and line is not None else 0, name)
        for file, line, name in zip(files, lines, names, strict=True)
    ]


def _counts(table: pa.Table) -> list[Counts]:
    """(calls, primitive calls, own s, total s) of each row."""
    columns = [table[name].to_pylist() for name in ("calls", "primitive_calls", "own_s", "total_s")]
    return list(zip(*columns, strict=True))
