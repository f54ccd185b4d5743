"""The formats of foreign files, by name, by how a file is called, and by what stands in it (`sniffing.py`).

Nothing heavy is imported here: a format's own module is, when it is used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterlab_hotspots.errors import BadRequest

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile
    from jupyterlab_hotspots.store.imported import Imported


@dataclass(frozen=True, kw_only=True)
class Format:
    """A foreign file format.

    Attributes:
        name: what `--format` and `?format=` call it.
        title: what a person calls it.
        suffixes: endings of file names that mean it, the usual one first.
        module: name of the module in this folder, with `write(profile, path)`, `read(path)` or both.
        reads: whether there is a `read`.
        writes: whether there is a `write`.
        tables: whether `write` takes the name of a table, as formats do that hold one.
        most_megabytes: larger files are not read.
        media_type: for downloads.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    module: str
    reads: bool = False
    writes: bool = False
    tables: bool = False
    most_megabytes: int = 128
    media_type: str = "application/octet-stream"

    def write(self, profile: Profile, path: Path, *, table: str | None = None) -> None:
        """Write the profile to `path`.

        Args:
            profile: what is written.
            path: a file that is made or written over.
            table: which table, for a format that holds one; None for the one that says most.

        Raises:
            BadRequest: the profile has not what the format holds.
            OSError: the file cannot be written.
        """
        if not self.writes:
            raise BadRequest(f"{self.title} can be read, but not written.", hint=_choose())
        if table is None:
            self._module().write(profile, path)
        elif self.tables:
            self._module().write(profile, path, table=table)
        else:
            raise BadRequest(f"{self.title} does not hold one table.", hint="Leave the table out.")

    def read(self, path: Path) -> Imported:
        """What a file holds; `importing.read_file` says what it raises."""
        return self._module().read(path)

    def _module(self) -> Any:
        return importlib.import_module(f"jupyterlab_hotspots.formats.{self.module}")


FORMATS: Final = (
    Format(
        name="pstats",
        title="cProfile (pstats)",
        suffixes=(".prof", ".pstats", ".cprof"),
        module="pstats_file",
        reads=True,
        writes=True,
        most_megabytes=256,
    ),
    Format(
        name="lprof",
        title="line_profiler",
        suffixes=(".lprof",),
        module="lprof_file",
        reads=True,
        most_megabytes=64,
    ),
    Format(
        name="line-report",
        title="line_profiler's text report",
        suffixes=(".lprof.txt", ".txt"),
        module="line_report_file",
        writes=True,
        media_type="text/plain; charset=UTF-8",
    ),
    Format(
        name="speedscope",
        title="speedscope",
        suffixes=(".speedscope.json", ".speedscope"),
        module="speedscope_file",
        reads=True,
        writes=True,
        media_type="application/json",
    ),
    Format(
        name="collapsed",
        title="collapsed stacks",
        suffixes=(".collapsed", ".folded", ".stacks.txt"),
        module="collapsed_file",
        reads=True,
        writes=True,
        media_type="text/plain; charset=UTF-8",
    ),
    Format(
        name="chrome-trace",
        title="Chrome trace (Perfetto)",
        suffixes=(".trace.json", ".perfetto.json"),
        module="chrome_trace_file",
        writes=True,
        media_type="application/json",
    ),
    Format(
        name="pyinstrument",
        title="pyinstrument session",
        suffixes=(".pyisession",),
        module="pyinstrument_file",
        reads=True,
    ),
    Format(
        name="scalene",
        title="Scalene JSON",
        suffixes=(".scalene.json",),
        module="scalene_file",
        reads=True,
        writes=True,
        media_type="application/json",
    ),
    Format(
        name="memray",
        title="memray capture",
        suffixes=(".bin", ".memray"),
        module="memray_file",
        reads=True,
        most_megabytes=4096,
    ),
    Format(
        name="csv",
        title="CSV, one table",
        suffixes=(".csv",),
        module="csv_file",
        writes=True,
        tables=True,
        media_type="text/csv; charset=UTF-8",
    ),
    Format(
        name="parquet",
        title="Parquet, one table",
        suffixes=(".parquet",),
        module="parquet_file",
        writes=True,
        tables=True,
        media_type="application/vnd.apache.parquet",
    ),
    Format(
        name="csv-tables",
        title="CSV, every table",
        suffixes=(".csv.zip",),
        module="csv_archive_file",
        writes=True,
        media_type="application/zip",
    ),
    Format(
        name="parquet-tables",
        title="Parquet, every table",
        suffixes=(".parquet.zip",),
        module="parquet_archive_file",
        writes=True,
        media_type="application/zip",
    ),
    Format(
        name="html",
        title="HTML report",
        suffixes=(".html", ".htm"),
        module="html_file",
        writes=True,
        media_type="text/html; charset=UTF-8",
    ),
    Format(
        name="json",
        title="Hotspots JSON",
        suffixes=(".json",),
        module="json_file",
        reads=True,
        writes=True,
        media_type="application/json",
    ),
)


def by_name(name: str) -> Format:
    """The format of that name.

    Raises:
        BadRequest: there is none; the hint names those there are.
    """
    for one in FORMATS:
        if one.name == name:
            return one
    raise BadRequest(
        f'There is no format "{name[:40]}".', hint=f"Choose one of: {', '.join(one.name for one in FORMATS)}."
    )


def by_file_name(path: Path) -> Format:
    """The format to write that a file's name asks for: the one with the longest of the endings that fit.

    Raises:
        BadRequest: no format is called so; the hint names the endings there are.
    """
    fitting = [
        (len(suffix), one)
        for one in FORMATS
        for suffix in one.suffixes
        if one.writes and path.name.lower().endswith(suffix)
    ]
    if not fitting:
        raise BadRequest(f'"{path.name}" does not say in which format to write.', hint=_choose())
    return max(fitting, key=lambda one: one[0])[1]


def _choose() -> str:
    return f"End the name with one of: {', '.join(suffix for one in FORMATS if one.writes for suffix in one.suffixes)}."
