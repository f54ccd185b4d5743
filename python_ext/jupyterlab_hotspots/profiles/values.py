"""What a column can be built from, and how it becomes an Arrow array of the column's type, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from jupyterlab_hotspots.profiles.arrow import (
    Array,
    Codes,
    Mask,
    Numbers,
    codes_of,
    dictionary_array,
    dtype_of,
    number_array,
    numbers_of,
    pa,
    pc,
    string_array,
)
from jupyterlab_hotspots.profiles.columns import Column


@dataclass(frozen=True)
class Coded:
    """A column of strings given as places in a list of values; a negative place means that there is no value."""

    codes: npt.NDArray[Any]
    values: Sequence[str]


Values: TypeAlias = "npt.NDArray[Any] | Sequence[Any] | Coded | Array"
"""NumPy or Arrow arrays, lists with None for what was not measured, `Coded` strings."""


def length_of(values: Values) -> int:
    return len(values.codes) if isinstance(values, Coded) else len(values)


def array_of(column: Column, kind: Any, values: Values) -> Array:
    """The values as an Arrow array of type `kind`; NaN becomes null.

    Raises:
        TypeError, ValueError, OverflowError: values that are not of the column's type, infinite, out of range, or none
            of its choices.
    """
    if column.type == "string":
        array = _strings(values)
        if column.choices:
            _check_choices(array, column)
        return array
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        present, valid = numbers_of(pc.cast(values, kind))
    else:
        present, valid = _present(cast("npt.NDArray[Any] | Sequence[Any]", values))
    return number_array(_typed(present, valid, dtype_of(kind)), valid)


def names(found: Sequence[str]) -> str:
    """Names as they stand in a sentence."""
    return ", ".join(f"`{name}`" for name in found)


def _strings(values: Values) -> Array:
    if isinstance(values, Coded):
        distinct = string_array(values.values)
        codes = values.codes
        if codes.dtype.kind not in "iu":
            raise TypeError("codes are integers")
        if len(codes) and int(codes.max()) >= len(distinct):
            raise ValueError(f"code {int(codes.max())} of {len(distinct)} values")
        return _distinct(dictionary_array(codes, distinct))
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        found: Any = values
        if not pa.types.is_dictionary(found.type):
            found = pc.cast(found, pa.string()).dictionary_encode()
        codes, distinct = codes_of(found)
        return _distinct(dictionary_array(*_used(codes, pc.cast(distinct, pa.string()))))
    listed: Sequence[Any] = values.tolist() if isinstance(values, np.ndarray) else cast("Sequence[Any]", values)
    encoded: Any = string_array(listed)
    return encoded.dictionary_encode()


def _used(codes: Codes, values: Array) -> tuple[Codes, Array]:
    """A few rows of a large table do not need its whole dictionary."""
    if len(values) <= len(codes):
        return codes, values
    used = np.unique(codes[codes >= 0])
    shorter: Any = values
    return (
        np.where(codes < 0, -1, np.searchsorted(used, codes)).astype(np.int32),
        shorter.take(number_array(used)),
    )


def _distinct(array: Any) -> Array:
    """Equal strings have equal codes: grouping and comparing rely on it."""
    values = array.dictionary
    if values.null_count == 0 and len(pc.unique(values)) == len(values):
        return array
    return pc.cast(array, pa.string()).dictionary_encode()


def _check_choices(array: Any, column: Column) -> None:
    codes, values = codes_of(array)
    listed = values.to_pylist()
    used = {listed[code] for code in np.unique(codes).tolist() if code >= 0}
    wrong = sorted(used - set(column.choices))
    if wrong:
        raise ValueError(f"{names(wrong)} is none of {names(column.choices)}")


def _present(values: npt.NDArray[Any] | Sequence[Any]) -> tuple[npt.NDArray[Any], Mask]:
    """The values with 0 where there is none, and where there is one."""
    if isinstance(values, np.ndarray):
        if values.ndim != 1:
            raise ValueError(f"{values.ndim} dimensions")
        return values, ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), np.bool_)
    valid = np.fromiter((value is not None for value in values), np.bool_, len(values))
    there = np.asarray([value for value in values if value is not None])
    if there.ndim != 1:
        raise ValueError(f"{there.ndim} dimensions")
    if not len(there):
        there = there.astype(np.int64)
    found = np.zeros(len(values), there.dtype)
    found[valid] = there
    return found, valid & ~np.isnan(found) if found.dtype.kind == "f" else valid


def _typed(values: npt.NDArray[Any], valid: Mask, dtype: np.dtype[Any]) -> Numbers:
    if valid.any() and values.dtype.kind not in ("b" if dtype.kind == "b" else "iuf"):
        raise TypeError(f"found {values.dtype}")
    if dtype.kind == "b":
        return values.astype(np.bool_)
    if values.dtype.kind == "f":
        if not np.isfinite(values[valid]).all():
            raise ValueError("infinite")
        if dtype.kind == "i":
            values = np.where(valid, values, 0)
            if (values != np.floor(values)).any():
                raise ValueError("not whole")
    if dtype.kind == "i" and len(values):
        beyond = -int(np.iinfo(dtype).min)
        if int(values.max()) >= beyond or int(values.min()) < -beyond:
            raise OverflowError("out of range")
    return values.astype(dtype, copy=False)
