"""Scalene's JSON profiles, as `scalene run -o FILE` writes them: read with the reader of our own runs, and written.

Percentages are of the time of the whole run, a megabyte is 1048576 bytes (`scalene/scalene_json.py`, 2.4). A file has
all its lines, one after another, those in which nothing was measured, too.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec

from jupyterlab_hotspots.errors import BadRequest, HotspotsError
from jupyterlab_hotspots.formats.foreign import bad_file
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.scalene import reader
from jupyterlab_hotspots.profilers.scalene.document import FILE, read_document
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.run_info import RunInfo, TargetInfo
from jupyterlab_hotspots.store.imported import Imported

TITLE: Final = "Scalene"
_MEGABYTE: Final = 1048576
_MOST_LINES: Final = 200_000
"""Of a file; a line number beyond it is none."""

Row = dict[str, Any]


def read(path: Path) -> Imported:
    """Lines, functions, call tree and memory over time.

    Raises:
        BadRequest: it is no such file, or holds nothing.
    """
    nobody = RunInfo(
        id="", status="succeeded", target=TargetInfo(kind="script", name=path.name), profiler="scalene", created=""
    )
    try:
        document = read_document(path)
        if document is None:
            raise bad_file(TITLE, "it is cut off")
        if not document.files:
            raise bad_file(TITLE, "it holds nothing that was measured")
        with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
            # The reader looks for a file of this name in a run's folder.
            (Path(folder) / FILE).symlink_to(path.absolute())
            measurements = reader.read(Path(folder), ReadContext(info=nobody))
    except HotspotsError as error:
        if error.reason == "bad_file":
            raise
        raise bad_file(TITLE, error.message.partition(" are damaged: ")[2] or error.message) from error
    facts: dict[str, Any] = {"code_s": document.elapsed_time_sec} if document.elapsed_time_sec else {}
    return Imported(measurements=measurements, profiler="scalene", facts=facts)


def write(profile: Profile, path: Path) -> None:
    """Write lines and functions of a run under Scalene, or of another one that told Python's time from native code's.

    Raises:
        BadRequest: it did not.
    """
    lines = _rows(profile, "lines")
    measured = [row for row in lines if row.get("file") and 0 < row["line"] <= _MOST_LINES]
    if not any(row.get("python_s") is not None for row in measured):
        raise BadRequest(
            f"A run under {profile.run.profiler} does not tell Python's time from that of native code.",
            hint="Run the target under scalene, or choose another format.",
        )
    functions = _rows(profile, "functions")
    whole = max(profile.run.code_s or 0.0, sum(row.get("own_s") or 0.0 for row in measured)) or 1.0
    names = list(dict.fromkeys(row["file"] for row in measured))
    memory = any(row.get("peak_bytes") is not None for row in measured)
    run = profile.run
    document: dict[str, Any] = {
        "alloc_samples": 0,
        "args": [run.target.name, *run.target.args],
        "elapsed_time_sec": whole,
        "start_time_absolute": 0,
        "start_time_perf": 0,
        "entrypoint_dir": run.cwd or "",
        "filename": run.target.path or run.target.name,
        "program": run.target.path or run.target.name,
        "files": {
            name: _file(
                [row for row in measured if row["file"] == name],
                [row for row in functions if row.get("file") == name],
                whole,
            )
            for name in names
        },
        "gpu": any(row.get("gpu_s") is not None for row in measured),
        "gpu_device": "",
        "growth_rate": 0.0,
        "max_footprint_fname": None,
        "max_footprint_lineno": None,
        "max_footprint_mb": max((row.get("heap_bytes") or 0 for row in _rows(profile, "samples")), default=0)
        / _MEGABYTE,
        "max_footprint_python_fraction": 0,
        "memory": memory,
        "samples": [
            [row["t_s"] * 1e9, row["heap_bytes"] / _MEGABYTE]
            for row in _rows(profile, "samples")
            if row.get("heap_bytes") is not None
        ],
        "stacks": [],
    }
    path.write_bytes(msgspec.json.encode(document) + b"\n")


def _rows(profile: Profile, name: str) -> list[Row]:
    table = profile.table(name)
    if table is None:
        return []
    columns = lists_of(table)
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _file(lines: list[Row], functions: list[Row], whole: float) -> dict[str, Any]:
    known = {row["line"]: row for row in lines}
    written: list[dict[str, Any]] = []
    for number in range(1, max(known) + 1):
        row = known.get(number, {})
        figures = _figures(row, whole)
        figures |= {"lineno": number, "line": (row.get("source") or "") + "\n"}
        figures |= dict.fromkeys(
            ("start_outermost_loop", "end_outermost_loop", "start_region_line", "end_region_line"), number
        )
        figures["start_function_line"] = figures["end_function_line"] = row.get("function_line") or 0
        written.append(figures)
    return {
        "functions": [
            _figures(row, whole) | {"lineno": row["line"], "line": row.get("qualname") or row["function"]}
            for row in functions
            if row.get("line")
        ],
        "imports": [],
        "leaks": {
            str(row["line"]): {
                "likelihood": row["leak_score"],
                "velocity_mb_s": (row.get("leak_bytes_per_s") or 0) / _MEGABYTE,
            }
            for row in lines
            if row.get("leak_score") is not None
        },
        "lines": written,
        "percent_cpu_time": min(100.0, sum(_percent(row.get("own_s"), whole) for row in lines)),
    }


def _figures(row: Row, whole: float) -> dict[str, Any]:
    peak = _megabytes(row.get("peak_bytes"))
    return {
        "memory_samples": [],
        "cpu_samples_list": [],
        "n_avg_mb": min(peak, _megabytes(row.get("average_bytes"))),
        "n_copy_mb_s": _megabytes(row.get("copied_bytes")) / whole,
        "n_core_utilization": 0,
        "n_cpu_percent_c": _percent(row.get("native_s"), whole),
        "n_cpu_percent_python": _percent(row.get("python_s"), whole),
        "n_sys_percent": _percent(row.get("system_s"), whole),
        "n_gpu_avg_memory_mb": 0,
        "n_gpu_peak_memory_mb": _megabytes(row.get("gpu_peak_bytes")),
        "n_gpu_percent": min(100.0, 100 * row["gpu_s"] / row["own_s"]) if row.get("gpu_s") and row.get("own_s") else 0,
        "n_growth_mb": 0,
        "n_peak_mb": peak,
        "n_malloc_mb": _megabytes(row.get("allocated_bytes")),
        "n_mallocs": 0,
        "n_python_fraction": row.get("python_share") or 0,
        "n_usage_fraction": 0,
    }


def _percent(seconds: float | None, whole: float) -> float:
    return 100 * max(0.0, seconds or 0.0) / whole


def _megabytes(size: int | None) -> float:
    return max(0, size or 0) / _MEGABYTE
