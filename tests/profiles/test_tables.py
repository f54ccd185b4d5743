from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import quickly

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profiles.arrow import (
    codes_of,
    lists_of,
    number_array,
    numbers_of,
    string_array,
    take,
    valid_of,
)
from jupyterlab_hotspots.profiles.columns import column_of, columns_of, key_of
from jupyterlab_hotspots.profiles.profile import MEASURED, ROWS, Measurements
from jupyterlab_hotspots.profiles.rows import EdgeRow, FunctionRow, LineRow, SampleRow, TelemetryRow
from jupyterlab_hotspots.profiles.tables import build, checked, column_info, empty, row_of, schema_of
from jupyterlab_hotspots.profiles.values import Coded
from jupyterlab_hotspots.telemetry import columns as telemetry_columns


def test_a_table_knows_its_types_and_what_its_rows_are() -> None:
    table: Any = build(FunctionRow, {"own_s": [0.5], "calls": np.array([2], np.uint8), "function": ["f"]})
    assert table.column_names == ["function", "calls", "own_s"]
    assert [str(field.type) for field in table.schema] == [
        "dictionary<values=string, indices=int32, ordered=0>",
        "int64",
        "double",
    ]
    assert row_of(table) is FunctionRow
    assert [(column.name, column.unit) for column in column_info(table)] == [
        ("function", ""),
        ("calls", "count"),
        ("own_s", "s"),
    ]


def test_references_to_rows_are_kept_small() -> None:
    assert build(EdgeRow, {"caller": np.arange(3), "callee": [0, 0, 0]}).schema.field("caller").type == pa.int32()


@pytest.mark.parametrize(
    "values",
    [
        [1.5, None, 2.0],
        np.array([1.5, np.nan, 2.0]),
        np.array([1.5, np.nan, 2.0], np.float32),
        pa.array([1.5, None, 2.0]),
        pa.chunked_array([[1.5], [None, 2.0]]),
    ],
)
def test_what_was_not_measured_may_come_as_none_nan_or_null(values: Any) -> None:
    table = build(FunctionRow, {"function": ["a", "b", "c"], "own_s": values})
    assert table.to_pydict()["own_s"] == [1.5, None, 2.0]


@pytest.mark.parametrize(
    "values",
    [
        ["a", None, "a"],
        np.array(["a", None, "a"], object),
        Coded(np.array([0, -1, 0]), ["a", "unused"]),
        Coded(np.array([0, -1, 1]), ["a", "a"]),
        pa.array(["a", None, "a"]),
        pa.array(["a", None, "a"], pa.large_string()),
        pa.array(["a", None, "a"]).dictionary_encode(),
        pa.chunked_array([pa.array(["a"]).dictionary_encode(), pa.array([None, "a"]).dictionary_encode()]),
    ],
)
def test_equal_strings_have_one_code_however_they_come(values: Any) -> None:
    table = build(FunctionRow, {"function": ["f", "g", "h"], "file": values})
    assert table.to_pydict()["file"] == ["a", None, "a"]
    codes, _ = codes_of(table.column("file"))
    assert codes[0] == codes[2] >= 0 > codes[1]


def test_a_column_in_which_nothing_was_measured_is_left_out() -> None:
    assert build(FunctionRow, {"function": ["f"], "own_s": [None]}).column_names == ["function"]
    assert "own_s" in empty(FunctionRow).column_names


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"function": ["f"], "tottime": [1.0]}, "has no column `tottime`"),
        ({"own_s": [1.0]}, "lacks the column `function`"),
        ({"function": ["f", None]}, "gaps in the column `function`"),
        ({"function": ["f"], "own_s": [1.0, 2.0]}, "different lengths"),
        ({"function": ["f"], "own_s": [float("inf")]}, "infinite"),
        ({"function": ["f"], "own_s": ["long"]}, "`own_s` that is no number"),
        ({"function": ["f"], "own_s": [True]}, "`own_s` that is no number"),
        ({"function": ["f"], "calls": [1.5]}, "not whole"),
        ({"function": ["f"], "calls": [2**63]}, "out of range"),
        ({"function": ["f", "g"], "calls": [2**63, -1]}, "out of range"),
        ({"function": ["f"], "calls": [2**70]}, "`calls` that is no integer"),
        ({"function": ["f"], "calls": np.zeros((1, 1), int)}, "dimensions"),
        ({"function": [3]}, "`function` that is no string"),
        ({"function": ["f"], "origin": ["theirs"]}, "`theirs` is none of"),
        ({"function": Coded(np.array([1]), ["f"])}, "code 1 of 1"),
        ({"function": Coded(np.array([0.0]), ["f"])}, "codes are integers"),
        ({"function": pa.array([1])}, None),
    ],
)
def test_a_wrong_column_is_refused_and_named(columns: dict[str, Any], complaint: str | None) -> None:
    if complaint is None:
        assert build(FunctionRow, columns).to_pydict() == {"function": ["1"]}
        return
    with pytest.raises(HotspotsError, match=complaint) as error:
        build(FunctionRow, columns)
    assert error.value.reason == "bad_table" and error.value.hint


def test_flags_are_flags() -> None:
    table = build(SampleRow, {"t_s": [0.0, 1.0, 2.0], "gil": [True, None, False]})
    assert table.to_pydict()["gil"] == [True, None, False]
    with pytest.raises(HotspotsError, match="no boolean"):
        build(SampleRow, {"t_s": [0.0], "gil": [1]})


def test_a_file_name_that_is_not_utf_8_can_be_kept() -> None:
    table = build(LineRow, {"file": ["/home/ann/\udcff.py"], "line": [1]})
    assert table.to_pydict()["file"] == ["/home/ann/\\udcff.py"]


def test_a_table_from_a_file_is_checked_again() -> None:
    table = build(FunctionRow, {"function": ["f"], "own_s": [1.0]})
    assert checked(FunctionRow, table).equals(table)
    with pytest.raises(HotspotsError, match="lacks the column `line`"):
        checked(LineRow, table)
    with pytest.raises(HotspotsError, match="does not say what its rows are"):
        row_of(pa.table({"function": ["f"]}))


@quickly
@given(
    st.lists(st.none() | st.integers(-(2**31), 2**31 - 1)),
    st.sampled_from(["int64", "int32", "float64", "bool"]),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_numbers_pass_through_arrow_unchanged_whole_or_in_part(
    given_values: list[int | None], dtype: str, start: int, size: int
) -> None:
    values = np.array([value or 0 for value in given_values], dtype)
    valid = np.array([value is not None for value in given_values], bool)
    array: Any = number_array(values, valid)
    assert array.to_pylist() == [value if there else None for value, there in zip(values.tolist(), valid, strict=True)]
    assert lists_of(pa.table({"number": array})) == {"number": array.to_pylist()}
    part = array.slice(start, size)
    found, there = numbers_of(part)
    expected = np.where(valid, values, 0).astype(dtype)[start : start + size]
    assert found.tolist() == expected.tolist() and found.dtype == dtype
    assert there.tolist() == valid[start : start + size].tolist()
    chunked, chunked_there = numbers_of(pa.chunked_array([array, part], array.type))
    assert chunked.tolist() == [*np.where(valid, values, 0).astype(dtype).tolist(), *expected.tolist()]
    assert chunked_there.tolist() == [*valid.tolist(), *valid[start : start + size].tolist()]


@quickly
@given(st.lists(st.none() | st.text(max_size=5)))
def test_texts_pass_through_arrow_unchanged(values: list[str | None]) -> None:
    array: Any = string_array(values)
    array.validate(full=True)
    assert array.to_pylist() == values
    assert lists_of(pa.table({"text": array.dictionary_encode()})) == {"text": values}
    assert valid_of(array).tolist() == [value is not None for value in values]
    codes, distinct = codes_of(array.dictionary_encode())
    assert [None if code < 0 else distinct.to_pylist()[code] for code in codes.tolist()] == values


def test_rows_are_taken_in_the_order_asked_for() -> None:
    table = build(FunctionRow, {"function": ["a", "b", "c"]})
    assert take(table, np.array([2, 0])).to_pydict() == {"function": ["c", "a"]}


@pytest.mark.parametrize("name", list(ROWS))
def test_every_column_is_documented(name: str) -> None:
    for column in columns_of(ROWS[name]):
        assert column.description and column.merge
        assert (
            str(schema_of(ROWS[name]).field(column.name).type)
            in {
                "string": ("dictionary<values=string, indices=int32, ordered=0>",),
                "integer": ("int64", "int32"),
                "number": ("double",),
                "boolean": ("bool",),
            }[column.type]
        )
    with pytest.raises(KeyError):
        column_of(ROWS[name], "tottime")


def test_the_keys_are_those_of_the_contract() -> None:
    assert set(key_of(FunctionRow)) == {"file", "function", "line", "cell"}
    assert set(key_of(LineRow)) == {"file", "line", "cell"}


def test_telemetry_has_the_columns_of_the_sampler() -> None:
    assert tuple(column.name for column in columns_of(TelemetryRow)) == telemetry_columns.NAMES


def test_measurements_have_the_tables_they_say() -> None:
    found = Measurements(functions=empty(FunctionRow))
    assert [name for name in MEASURED if found.table(name) is not None] == ["functions"]
    with pytest.raises(KeyError):
        found.table("warnings")
