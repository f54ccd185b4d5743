"""Parquet files that are there whole or not at all: written under another name, moved into place at the end."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet

from jupyterlab_hotspots.errors import Unavailable

pq: Any = pyarrow.parquet  # it ships no types


@contextmanager
def writing_whole_file(path: Path, schema: Any) -> Generator[Any, None, None]:
    """Open a Parquet file for writing; it takes the place of `path` when the block ends well, else it is removed.

    The folder is made if need be. `schema` is a `pyarrow.Schema`; the block gets a `pyarrow.parquet.ParquetWriter`.

    Raises:
        Unavailable: the folder cannot be made or the file cannot be written (permission, disk full).
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError("it is a folder")
        try:
            with pq.ParquetWriter(unfinished, schema) as writer:
                yield writer
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written ({error.strerror or error}).",
            hint="Name another place with --output, or make room or get permission there.",
        ) from error
