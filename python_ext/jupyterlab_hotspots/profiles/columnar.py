"""Tables as columns in JSON: one list a column, documented by the struct that documents the table's rows."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jupyterlab_hotspots.profiles.arrow import Table, lists_of
from jupyterlab_hotspots.profiles.columns import columns_of
from jupyterlab_hotspots.profiles.rows import Row
from jupyterlab_hotspots.profiles.tables import build
from jupyterlab_hotspots.profiles.values import Values

_TYPES: dict[str, type] = {"integer": int, "number": float, "string": str, "boolean": bool}


@cache
def columns_struct(row: type[Row], name: str) -> type[msgspec.Struct]:
    """The struct of a table of such rows as columns: lists of equal length, null where nothing was measured."""
    fields: list[Any] = []
    for column in columns_of(row):
        kind: Any = _TYPES[column.type]
        documented = Meta(
            description=column.description, extra_json_schema={"unit": column.unit} if column.unit else None
        )
        if column.required:
            fields.append((column.name, Annotated[list[kind], documented]))
        else:
            fields.append((column.name, Annotated[list[kind | None], documented] | UnsetType, UNSET))
    described = f"{(row.__doc__ or '').strip()}\n\nAs columns: lists of equal length, null where nothing was measured."
    return msgspec.defstruct(name, fields, kw_only=True, frozen=True, namespace={"__doc__": described}, module=__name__)


def to_columns(struct: type[msgspec.Struct], table: Table) -> Any:
    """A table as such a struct."""
    return struct(**lists_of(table))


def from_columns(row: type[Row], columns: msgspec.Struct) -> Table:
    """The table of such a struct; HotspotsError (`bad_table`) if it is none."""
    found = cast("dict[str, Values]", {name: getattr(columns, name) for name in columns.__struct_fields__})
    return build(row, {name: values for name, values in found.items() if values is not UNSET})
