"""Writes `.prof`: what `cProfile.Profile.dump_stats` writes and `pstats.Stats` reads.

The file is a marshalled dict `{(file, line, name): (primitive calls, calls, own s, total s, callers)}`, where callers
is `{(file, line, name): (calls, primitive calls, own s, total s)}`: the first two values the other way round. So it is
in CPython's `Lib/cProfile.py` (`snapshot_stats`) and `Lib/pstats.py`.
"""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.arrow import lists_of

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile

Key = tuple[str, int, str]
Counts = tuple[int, int, float, float]
Columns = dict[str, list[Any]]

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
    functions_lists = lists_of(functions)
    keys = _keys(functions_lists)
    stats: dict[Key, tuple[int, int, float, float, dict[Key, Counts]]] = {}
    for key, (calls, primitive, own, total) in zip(keys, _counts(functions_lists), strict=True):
        stats[key] = (primitive, calls, own, total, {})
    edges = profile.table("edges")
    if edges is not None:
        columns = lists_of(edges)
        for caller, callee, counts in zip(columns["caller"], columns["callee"], _counts(columns), strict=True):
            stats[keys[callee]][4][keys[caller]] = counts
    path.write_bytes(marshal.dumps(stats))


def _keys(functions: Columns) -> list[Key]:
    """The name `pstats` gives each row; built-ins lie in the file `~` at line 0."""
    names = functions["function"]
    blank = [None] * len(names)
    files, lines = functions.get("file", blank), functions.get("line", blank)
    return [
        (file or BUILTIN_FILE, line if file and line is not None else 0, name)
        for file, line, name in zip(files, lines, names, strict=True)
    ]


def _counts(columns: Columns) -> list[Counts]:
    """(calls, primitive calls, own s, total s) of each row."""
    return list(zip(columns["calls"], columns["primitive_calls"], columns["own_s"], columns["total_s"], strict=True))
