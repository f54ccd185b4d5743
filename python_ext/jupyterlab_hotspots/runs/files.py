"""Small files that are whole or not there at all."""

# ruff: noqa: PTH105, PTH108

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write_atomically(path: str | os.PathLike[str], data: bytes, *, durable: bool = False) -> None:
    """Write a file by a new name and a rename: a reader sees the old contents or the new, never a part.

    Args:
        path: where the file shall be.
        data: its contents.
        durable: also wait until it is on the disk, so that it survives a power cut.

    Raises:
        OSError: it could not be written; nothing is left behind.
    """
    target = os.fspath(path)
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            written = 0
            while written < len(data):
                written += os.write(descriptor, data[written:])
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


def write_json(path: str | os.PathLike[str], document: dict[str, Any], *, durable: bool = False) -> None:
    """Write a JSON object atomically; see `write_atomically`."""
    write_atomically(path, encode(document), durable=durable)


def encode(document: dict[str, Any]) -> bytes:
    """A JSON object as one line of UTF-8 without its end.

    File names that are not UTF-8 come as lone surrogates, which JSON cannot carry: each becomes a question mark.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")


def open_to_read(path: str | os.PathLike[str]) -> int:
    """A descriptor of a file that any program may have put there.

    Raises:
        OSError: it cannot be opened.
    """
    # A pipe would keep us waiting for its writer, for good; for a regular file it makes no difference.
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)


def open_to_append(path: str | os.PathLike[str]) -> int:
    """A descriptor that writes to the end of a file, made if absent.

    Raises:
        OSError: it cannot be opened, or is a pipe that nobody reads.
    """
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o666)


def read_json(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """The JSON object in a file; None if there is no such file or it holds anything else."""
    try:
        with open(open_to_read(path), "rb") as file:
            document = json.loads(file.read() or b"null")
    except (OSError, ValueError, RecursionError):
        return None
    return as_object(document)


def as_object(value: Any) -> dict[str, Any] | None:
    """A parsed JSON value if it is an object, else None."""
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]
