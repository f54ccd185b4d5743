"""Another profiler's file as a run of the history."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.formats.importing import import_file
from jupyterlab_hotspots.server.answers.request import within

if TYPE_CHECKING:
    from jupyterlab_hotspots.server.messages import ImportBody
    from jupyterlab_hotspots.store.history import Store
    from jupyterlab_hotspots.store.summary import RunSummary


def import_there(store: Store, body: ImportBody, root: Path) -> RunSummary:
    """Import a file by its path, absolute or relative to the server's root; raises as `import_file` does."""
    if "\0" in body.path or not body.path:
        raise BadRequest("No file was named.", hint="Name one in `path`.")
    return import_file(store, within(root, body.path), form=body.format)


def import_sent(store: Store, data: bytes, name: str, form: str | None) -> RunSummary:
    """Import a file that was sent; raises as `import_file` does.

    Args:
        store: the history.
        data: what is in the file.
        name: what it is called where it comes from; a folder before it does not matter.
        form: the format, None to find it out.
    """
    name = name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:200]
    if name in ("", ".", ".."):
        raise BadRequest("The file has no name.", hint="Give it in `name`.")
    with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
        path = Path(folder) / "sent"
        path.write_bytes(data)
        return import_file(store, path, name=name, form=form, copy=True)
