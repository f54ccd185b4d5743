"""A profile as JSON: what `--json` writes and `GET runs/ID/profile` answers, and back.

Functions, lines and sites are lists of rows, with their shares; the tree, the call graph's edges, samples and telemetry
are columns, since they are long and mean little row by row. A table the profiler does not measure is absent, and so is
a value it did not measure: never 0, never null in a row. `edges` refers to functions by their place in `functions`,
from 0; `tree.parent`, `samples.node` and `sites[].node` to places in the columns of `tree`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.arrow import Table, lists_of
from jupyterlab_hotspots.profiles.columnar import columns_struct, from_columns, to_columns
from jupyterlab_hotspots.profiles.columns import columns_of
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.references import check_references
from jupyterlab_hotspots.profiles.rows import (
    EdgeRow,
    FunctionRow,
    LineRow,
    NodeRow,
    ProfileWarning,
    Row,
    SampleRow,
    SiteRow,
    TelemetryRow,
)
from jupyterlab_hotspots.profiles.run_info import RunInfo
from jupyterlab_hotspots.profiles.shares import profile_shares
from jupyterlab_hotspots.profiles.tables import build

SCHEMA: Final = 1
"""Raised when documents change so that a reader of the one before would misread them; additions do not raise it."""

if TYPE_CHECKING:

    class NodeColumns(msgspec.Struct): ...

    class EdgeColumns(msgspec.Struct): ...

    class SampleColumns(msgspec.Struct): ...

    class TelemetryColumns(msgspec.Struct): ...
else:
    NodeColumns = columns_struct(NodeRow, "NodeColumns")
    EdgeColumns = columns_struct(EdgeRow, "EdgeColumns")
    SampleColumns = columns_struct(SampleRow, "SampleColumns")
    TelemetryColumns = columns_struct(TelemetryRow, "TelemetryColumns")

R = TypeVar("R", bound=Row)


class ProfileDocument(msgspec.Struct, kw_only=True, frozen=True):
    """The result of a run. Times are seconds, sizes bytes, shares 0–1; what was not measured is absent, never 0."""

    schema: Annotated[Literal[1], Meta(description="version of this form")]
    run: RunInfo
    functions: list[FunctionRow] | UnsetType = UNSET
    lines: list[LineRow] | UnsetType = UNSET
    tree: NodeColumns | UnsetType = UNSET
    edges: EdgeColumns | UnsetType = UNSET
    samples: SampleColumns | UnsetType = UNSET
    sites: list[SiteRow] | UnsetType = UNSET
    telemetry: TelemetryColumns | UnsetType = UNSET
    warnings: list[ProfileWarning]


class GroupDocument(msgspec.Struct, kw_only=True, frozen=True):
    """The results of a group of runs that one request made: several profilers, or one several times."""

    schema: Annotated[Literal[1], Meta(description="version of this form")]
    group: Annotated[str, Meta(description="ULID of the group")]
    runs: list[ProfileDocument]


class _Version(msgspec.Struct):
    schema: int


def to_document(profile: Profile) -> ProfileDocument:
    """The profile as it stands in JSON."""
    found = profile.measurements
    return ProfileDocument(
        schema=SCHEMA,
        run=profile.run,
        functions=_to_rows(FunctionRow, profile, found.functions),
        lines=_to_rows(LineRow, profile, found.lines),
        tree=_to_columns(NodeColumns, found.tree),
        edges=_to_columns(EdgeColumns, found.edges),
        samples=_to_columns(SampleColumns, found.samples),
        sites=_to_rows(SiteRow, profile, found.sites),
        telemetry=_to_columns(TelemetryColumns, profile.telemetry),
        warnings=list(found.warnings),
    )


def from_document(document: ProfileDocument) -> Profile:
    """The profile of a document. Shares are left behind: they follow from the rest.

    Raises:
        HotspotsError: (reason `bad_table`) columns of different lengths, or references to rows that do not exist.
    """
    measurements = Measurements(
        functions=_from_rows(FunctionRow, document.functions),
        edges=_from_columns(EdgeRow, document.edges),
        lines=_from_rows(LineRow, document.lines),
        tree=_from_columns(NodeRow, document.tree),
        samples=_from_columns(SampleRow, document.samples),
        sites=_from_rows(SiteRow, document.sites),
        warnings=tuple(document.warnings),
    )
    check_references(measurements)
    return Profile(
        run=document.run, measurements=measurements, telemetry=_from_columns(TelemetryRow, document.telemetry)
    )


def encode(document: ProfileDocument | GroupDocument) -> bytes:
    """JSON, in UTF-8."""
    return msgspec.json.encode(document)


# Made once, at import: msgspec crashes if two threads decode a struct for the first time at once (seen with 0.22).
_VERSION_DECODER: Final = msgspec.json.Decoder(_Version)
_DOCUMENT_DECODER: Final = msgspec.json.Decoder(ProfileDocument)


def decode(text: bytes | str) -> ProfileDocument:
    """The document that JSON holds.

    Raises:
        BadRequest: it is not JSON, not a profile, or one of a newer version.
    """
    try:
        version = _VERSION_DECODER.decode(text).schema
        if version > SCHEMA:
            raise BadRequest(
                f"This profile has form {version}, and this version of Hotspots reads forms up to {SCHEMA}.",
                hint="Update jupyterlab-hotspots, or write the profile again with this version.",
            )
        return _DOCUMENT_DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(
            f"This is not a profile as Hotspots writes it: {error}.",
            hint="Give a file that `jupyter hotspots run --json` has written.",
        ) from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `ProfileDocument`."""
    _, found = msgspec.json.schema_components([ProfileDocument], ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = on_one_line(found)
    root = definitions.pop("ProfileDocument")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": definitions}


def on_one_line(schema: Any) -> Any:
    """A JSON Schema whose descriptions have no line breaks: those come from docstrings, which have their source's."""
    if isinstance(schema, list):
        return [on_one_line(item) for item in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: on_one_line(value) for key, value in cast("dict[str, Any]", schema).items()}
    if isinstance(tidy.get("description"), str):
        tidy["description"] = " ".join(tidy["description"].split())
    return tidy


def _to_rows(row: type[R], profile: Profile, table: Table | None) -> list[R] | UnsetType:
    if table is None:
        return UNSET
    columns = lists_of(profile_shares(profile, table))
    names = [column.name for column in columns_of(row) if column.name in columns]
    gapless = all(None not in columns[name] for name in names)
    rows = zip(*(columns[name] for name in names), strict=True)
    if gapless:
        return [row(**dict(zip(names, values, strict=True))) for values in rows]
    return [
        row(**{name: value for name, value in zip(names, values, strict=True) if value is not None}) for values in rows
    ]


def _from_rows(row: type[R], rows: list[R] | UnsetType) -> Table | None:
    if rows is UNSET:
        return None
    columns: dict[str, list[Any]] = {}
    for column in columns_of(row):
        if column.merge == "derived":
            continue
        values = list(map(attrgetter(column.name), rows))
        if rows and all(value is UNSET for value in values):
            continue
        columns[column.name] = [None if value is UNSET else value for value in values]
    return build(row, columns)


def _to_columns(struct: type[Any], table: Table | None) -> Any:
    return UNSET if table is None else to_columns(struct, table)


def _from_columns(row: type[Row], columns: msgspec.Struct | UnsetType) -> Table | None:
    return None if isinstance(columns, UnsetType) else from_columns(row, columns)
