"""The size of an object by itself, as `sys.getsizeof` has it, without running any of the target's code."""

from __future__ import annotations

import gc
import sys

from .names import is_c_written, kind_of, mro_of, names_of_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_itemsize_of: Callable[[Any], int] = type.__dict__["__itemsize__"].__get__
_HEADER_BYTES = sys.getsizeof([]) - [].__sizeof__()
"""What the garbage collector keeps before each object it tracks."""


def size_of(one: Any) -> int:
    """Bytes, without what it refers to."""
    if can_tell(kind_of(one)):
        try:
            return sys.getsizeof(one)
        except Exception:
            pass
    return object.__sizeof__(one) + (_HEADER_BYTES if gc.is_tracked(one) else 0)


def can_tell(kind: type) -> bool:
    """Whether the type's `__sizeof__` is written in C, so that asking it runs none of the target's code."""
    return is_c_written(_sizeof(kind))


def has_fixed_size(kind: type) -> bool:
    """Whether all objects of a type are equally large."""
    return _sizeof(kind) is object.__dict__["__sizeof__"] and _itemsize_of(kind) == 0


def _sizeof(kind: type) -> object:
    for base in mro_of(kind):
        names = names_of_type(base)
        if "__sizeof__" in names:
            return names["__sizeof__"]
    return None
