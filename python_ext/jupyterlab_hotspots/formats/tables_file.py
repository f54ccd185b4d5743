"""Tables as pandas has them: one of a profile as CSV or Parquet, or all of them in an archive.

Columns are those of `profiles/rows.py` with their shares; a value that was not measured is empty. pandas takes more
than a second to import, so nothing but these formats does.
"""

from __future__ import annotations

import io
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.arrow import Table, pa, pc
from jupyterlab_hotspots.profiles.profile import ROWS, Profile
from jupyterlab_hotspots.profiles.shares import profile_shares

Kind = Literal["csv", "parquet"]
_FIRST: Final = ("functions", "lines", "sites", "tree", "samples", "edges", "telemetry")
"""The table that says most of a run, if none was named: the first of these that has rows."""


def write_one(profile: Profile, path: Path, kind: Kind, table: str | None) -> None:
    """Write one table.

    Raises:
        BadRequest: there is no such table, or it was not measured.
    """
    if table is not None and table not in ROWS:
        raise BadRequest(f"There is no table `{table[:40]}`.", hint=f"There are {', '.join(ROWS)}.")
    names = _FIRST if table is None else (table,)
    found = next((one for one in map(profile.table, names) if one is not None and (one.num_rows or table)), None)
    if found is None:
        what = f"no table `{table}`" if table else "no rows in any table"
        measured = ", ".join(name for name in ROWS if profile.table(name) is not None)
        raise BadRequest(f"This run has {what}.", hint=f"It has: {measured or 'none'}.")
    path.write_bytes(_encoded(profile, found, kind))


def write_all(profile: Profile, path: Path, kind: Kind) -> None:
    """Write every table that was measured into a ZIP archive, one file each.

    Raises:
        BadRequest: none was measured.
    """
    tables = [(name, table) for name in ROWS if (table := profile.table(name)) is not None]
    if not tables:
        raise BadRequest("Nothing was measured in this run.", hint="See its warnings.")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables:
            archive.writestr(f"{name}.{kind}", _encoded(profile, table, kind))


def frame(profile: Profile, table: Table) -> Any:
    """A table of the profile as a `pandas.DataFrame`, with its shares."""
    pandas: Any = import_module("pandas")
    shared: Any = profile_shares(profile, table)
    # Texts as texts: a category is what Arrow makes of them for itself.
    plain = {
        name: pc.cast(shared.column(name), pa.string()) if pa.types.is_dictionary(field.type) else shared.column(name)
        for name, field in zip(shared.column_names, shared.schema, strict=True)
    }
    return pa.table(plain).to_pandas(types_mapper=pandas.ArrowDtype)


def _encoded(profile: Profile, table: Table, kind: Kind) -> bytes:
    data = io.BytesIO()
    made = frame(profile, table)
    if kind == "csv":
        made.to_csv(data, index=False, encoding="utf-8")
    else:
        made.to_parquet(data, index=False)
    return data.getvalue()
