"""From a foreign file to what the history can keep: what format is it, is it within bounds, what does it hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats import registry
from jupyterlab_hotspots.formats.foreign import MEGABYTE, bad_file, size_of
from jupyterlab_hotspots.formats.sniffing import sniffed

if TYPE_CHECKING:
    from jupyterlab_hotspots.store.history import Store
    from jupyterlab_hotspots.store.imported import Imported
    from jupyterlab_hotspots.store.summary import RunSummary


def read_file(path: Path, *, name: str | None = None, form: str | None = None) -> Imported:
    """What a foreign file holds.

    Args:
        path: of the file.
        name: what it is called, if `path` is not its own name.
        form: the format, if it should not be found out.

    Raises:
        NotFound: there is no such file.
        BadRequest: it is of no format that can be read, too large, or damaged.
        Unavailable: it cannot be read, or needs a package that is not installed.
    """
    name = name or path.name
    chosen = registry.by_name(form) if form else _format_of(path, name)
    if not chosen.reads:
        raise BadRequest(f"{chosen.title} can be written, but not read.", hint=_readable(), reason="bad_file")
    size = size_of(path)
    if size > chosen.most_megabytes * MEGABYTE:
        raise BadRequest(
            f"{name} has {size / MEGABYTE:,.0f} MB; files of the format {chosen.title} are read up to "
            f"{chosen.most_megabytes:,} MB.",
            hint="Profile a smaller part, or less often.",
            reason="too_large",
        )
    try:
        return chosen.read(path)
    except (RecursionError, MemoryError) as error:
        raise bad_file(chosen.title, "it is nested too deeply, or takes too much memory") from error


def import_file(
    store: Store, path: Path, *, name: str | None = None, form: str | None = None, copy: bool = False
) -> RunSummary:
    """Read a foreign file and keep it as a run; raises as `read_file` and `store.imported.keep` do."""
    from jupyterlab_hotspots.store.imported import keep

    imported = read_file(path, name=name, form=form)
    return keep(store, imported, name=name or path.name, path=path.absolute(), copy=copy)


def _format_of(path: Path, name: str) -> registry.Format:
    """By what stands in the file where that is clear, else by its name."""
    found = sniffed(path)
    if found is not None:
        return registry.by_name(found)
    for one in registry.FORMATS:
        if one.reads and name.lower().endswith(one.suffixes):
            return one
    raise BadRequest(f"{name} is of no format that can be read.", hint=_readable(), reason="bad_file")


def _readable() -> str:
    return f"These can be read: {', '.join(one.title for one in registry.FORMATS if one.reads)}."
