"""Between NumPy and Arrow: the few conversions the model needs, typed, and without pandas.

pyarrow ships no types, so what is used of it is declared here. And the obvious calls, `pyarrow.array(…)`,
`.to_numpy()`, `pyarrow.scalar(…)` and `.fill_null(…)`, look whether they were given something of pandas, which imports
pandas where it is installed: up to two seconds of a command line's start. What is here goes through Arrow's buffers
instead (https://arrow.apache.org/docs/format/Columnar.html: values, a validity bitmap with the least significant bit
first, for strings 32-bit offsets into UTF-8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as _pyarrow
import pyarrow.compute as _compute

pa: Final[Any] = _pyarrow
pc: Final[Any] = _compute

Numbers = npt.NDArray[Any]
"""One-dimensional: float64, int64, int32 or bool."""
Codes = npt.NDArray[np.int32]
"""One-dimensional: places in a list of distinct values; -1 where there is no value."""
Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

if TYPE_CHECKING:

    class Array:
        """pyarrow.Array"""

        type: Any
        offset: int
        null_count: int

        def __len__(self) -> int: ...
        def buffers(self) -> list[Any]: ...
        def to_pylist(self) -> list[Any]: ...

    class Table:
        """pyarrow.Table"""

        num_rows: int
        column_names: list[str]
        schema: Any
        nbytes: int

        def column(self, name: str, /) -> Any: ...
        def select(self, names: Sequence[str], /) -> Table: ...
        def slice(self, offset: int, length: int | None = None, /) -> Table: ...
        def take(self, rows: Array, /) -> Table: ...
        def append_column(self, field: Any, column: Any, /) -> Table: ...
        def to_pydict(self) -> dict[str, list[Any]]: ...
        def equals(self, other: Table, /, check_metadata: bool = False) -> bool: ...
else:
    Array = _pyarrow.Array
    Table = _pyarrow.Table


def number_array(values: Numbers, valid: Mask | None = None) -> Array:
    """An Arrow array of the same type as `values`; null where `valid` is false, and where a float is NaN."""
    if values.dtype.kind == "f":
        numbers = ~np.isnan(values)
        if not numbers.all():
            valid = numbers if valid is None else valid & numbers
    validity = None if valid is None or valid.all() else _packed(valid)
    if values.dtype.kind == "b":
        return pa.Array.from_buffers(pa.bool_(), len(values), [validity, _packed(values)])
    kind = {np.float64: pa.float64, np.int64: pa.int64, np.int32: pa.int32}[values.dtype.type]()
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(np.ascontiguousarray(values))])


def string_array(values: Iterable[str | None]) -> Array:
    """An Arrow array of strings; what UTF-8 cannot say (lone surrogates, as in names of files) is escaped with `\\`."""
    encoded = [None if value is None else value.encode("utf-8", "backslashreplace") for value in values]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([0 if value is None else len(value) for value in encoded], out=offsets[1:])
    if offsets[-1] > np.iinfo(np.int32).max:
        raise OverflowError("more than 2 GiB of text in one column")
    valid = np.fromiter((value is not None for value in encoded), np.bool_, len(encoded))
    return pa.Array.from_buffers(
        pa.string(),
        len(encoded),
        [
            None if valid.all() else _packed(valid),
            pa.py_buffer(offsets.astype(np.int32)),
            pa.py_buffer(b"".join(value for value in encoded if value is not None)),
        ],
    )


def dictionary_array(codes: npt.NDArray[Any], values: Array) -> Array:
    """An Arrow dictionary of strings: row i is `values[codes[i]]`, null where the code is negative."""
    valid = codes >= 0
    indices = number_array(np.where(valid, codes, 0).astype(np.int32), valid)
    return pa.DictionaryArray.from_arrays(indices, values)


def numbers_of(column: Any) -> tuple[Numbers, Mask]:
    """Values and which of them are there, of a column of numbers or flags; 0 where there is none."""
    array = _contiguous(column)
    kind, start, stop = array.type, array.offset, array.offset + len(array)
    buffer = array.buffers()[1]
    if buffer is None:
        values = np.zeros(len(array), dtype_of(kind))
    elif kind == pa.bool_():
        values = _bits(buffer, start, stop)
    else:
        values = np.frombuffer(buffer, dtype_of(kind), count=stop)[start:]
    valid = valid_of(array)
    if array.null_count:
        values = np.where(valid, values, values.dtype.type(0))
    return values, valid


def codes_of(column: Any) -> tuple[Codes, Array]:
    """Places and distinct values of a column of dictionary-encoded strings; -1 where there is none."""
    array = _contiguous(column)
    codes, valid = numbers_of(array.indices)
    return np.where(valid, codes, np.int32(-1)).astype(np.int32, copy=False), array.dictionary


def valid_of(column: Any) -> Mask:
    """Which rows of a column have a value."""
    array = _contiguous(column)
    validity = array.buffers()[0] if array.null_count else None
    if validity is None:
        return np.ones(len(array), np.bool_)
    return _bits(validity, array.offset, array.offset + len(array))


def lists_of(table: Table) -> dict[str, list[Any]]:
    """The columns as lists, None where there is no value: what `to_pydict` gives, ten times as fast for strings."""
    return {name: _list_of(table.column(name)) for name in table.column_names}


def _list_of(column: Any) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        codes, values = codes_of(column)
        texts = np.empty(len(values) + 1, object)
        texts[:-1] = values.to_pylist()
        return texts[codes].tolist()
    values, valid = numbers_of(column)
    if valid.all():
        return values.tolist()
    with_gaps = values.astype(object)
    with_gaps[~valid] = None
    return with_gaps.tolist()


def take(table: Table, rows: npt.NDArray[Any]) -> Table:
    """The rows of those numbers, in that order."""
    return table.take(number_array(rows.astype(np.int64, copy=False)))


def _contiguous(column: Any) -> Any:
    """One array of a column that may be in chunks, each with its own dictionary."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    chunks: Any = column
    if chunks.num_chunks == 1:
        return chunks.chunk(0)
    if pa.types.is_dictionary(chunks.type):
        chunks = chunks.unify_dictionaries()
    return chunks.combine_chunks()


def dtype_of(kind: Any) -> np.dtype[Any]:
    """The NumPy type of the values of an Arrow type of numbers or flags."""
    return np.dtype({"double": np.float64, "int64": np.int64, "int32": np.int32, "bool": np.bool_}[str(kind)])


def _packed(flags: Mask) -> Any:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def _bits(buffer: Any, start: int, stop: int) -> Mask:
    octets = np.frombuffer(buffer, np.uint8)[start // 8 : (stop + 7) // 8]
    first = start % 8
    return np.unpackbits(octets, bitorder="little")[first : first + stop - start].astype(np.bool_)
