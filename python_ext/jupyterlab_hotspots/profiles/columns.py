"""The columns of a table, read from the struct that documents its rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

import msgspec
from msgspec.inspect import BoolType, FloatType, IntType, LiteralType, Metadata, StrType, StructType, UnionType

from jupyterlab_hotspots.profiles.rows import Merge, Row, Unit

ColumnType = Literal["integer", "number", "string", "boolean"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: as in the table, in JSON and in a `sort=` of the REST routes.
        type: of its values, in the words of JSON Schema.
        unit: empty for what has none: names, line numbers, flags.
        description: for a reader who has never seen the column.
        merge: how values of rows that mean the same thing become one; see `rows.Merge`.
        required: whether it is in every table, and never null.
        choices: the only values it can have; empty where any is allowed.
    """

    name: str
    type: ColumnType
    unit: Unit
    description: str
    merge: Merge
    required: bool
    choices: tuple[str, ...] = ()


@cache
def columns_of(row: type[Row]) -> tuple[Column, ...]:
    """The columns a table of such rows can have, in their order."""
    described = cast(StructType, msgspec.inspect.type_info(row))
    return tuple(_column(field) for field in described.fields)


@cache
def column_of(row: type[Row], name: str) -> Column:
    """The column of that name; KeyError if such rows have none."""
    for column in columns_of(row):
        if column.name == name:
            return column
    raise KeyError(name)


@cache
def key_of(row: type[Row]) -> tuple[str, ...]:
    """Names of the columns that say whether two rows mean the same thing."""
    return tuple(column.name for column in columns_of(row) if column.merge == "key")


def _column(field: msgspec.inspect.Field) -> Column:
    described = field.type
    if isinstance(described, UnionType):
        (described,) = (part for part in described.types if isinstance(part, Metadata))
    assert isinstance(described, Metadata), f"the column {field.name} is not documented"
    value = described.type
    extra = cast("dict[str, Any]", described.extra)  # pyright: ignore[reportUnknownMemberType]
    documented = cast("dict[str, Any]", described.extra_json_schema)  # pyright: ignore[reportUnknownMemberType]
    return Column(
        name=field.name,
        type=_type_name(value),
        unit=extra["unit"],
        description=documented["description"],
        merge=extra["merge"],
        required=field.required,
        choices=tuple(str(choice) for choice in value.values) if isinstance(value, LiteralType) else (),
    )


def _type_name(described: msgspec.inspect.Type) -> ColumnType:
    if isinstance(described, BoolType):
        return "boolean"
    if isinstance(described, IntType):
        return "integer"
    if isinstance(described, FloatType):
        return "number"
    assert isinstance(described, (StrType, LiteralType)), f"no column can hold {described}"
    return "string"
