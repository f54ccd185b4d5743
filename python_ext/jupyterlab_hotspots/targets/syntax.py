"""A look at the source before anything is started, where that is cheap and our Python is the target's."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.errors import BadRequest

CHEAP_BYTES: Final = 48 * 1024
"""Parsing this much takes about 10 ms; a larger source is left to the agent, which compiles it anyway."""


def check_syntax(script: str | os.PathLike[str], python: str | None = None) -> None:
    """Find a syntax error before a run is made of it.

    Nothing is said about a source that is large, that is not a plain file, or that another Python will run: what is an
    error in one version need not be one in another.

    Args:
        script: absolute path.
        python: the interpreter that will run it; None for ours.

    Raises:
        BadRequest: with the reason ``syntax_error``; the message names the line and shows it.
    """
    if python is not None and os.path.realpath(python) != os.path.realpath(sys.executable):
        return
    path = Path(script)
    try:
        if not path.is_file() or path.stat().st_size > CHEAP_BYTES:
            return
        source = path.read_bytes()
    except OSError:
        return
    if source.startswith(b"PK") or b"\0" in source:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise BadRequest(_message(path, error), hint=_hint(path), reason="syntax_error") from error
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return  # The Python that runs it says it better.


def _message(path: Path, error: SyntaxError) -> str:
    place = f"{path.name}, line {error.lineno}" if error.lineno else path.name
    message = f"{type(error).__name__} in {place}: {error.msg}."
    shown = (error.text or "").rstrip("\n")
    if not shown.strip():
        return message
    stripped = shown.lstrip()
    column = (error.offset or 0) - 1 - (len(shown) - len(stripped))
    caret = f"\n    {' ' * column}^" if 0 <= column <= len(stripped) else ""
    return f"{message}\n    {stripped}{caret}\n"


def _hint(path: Path) -> str:
    if path.suffix not in (".py", ".pyw", ""):
        return f"Is {path.name} a Python file? Its name does not end in .py."
    return "Correct the line and run it again."
