"""Builds lines, functions, call tree and memory over time from Scalene's own JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from jupyterlab_hotspots.profilers.agent_lines import AgentLines, read_agent_lines
from jupyterlab_hotspots.profilers.protocol import ReadContext
from jupyterlab_hotspots.profilers.scalene.document import FILE, Document, Figures, File, read_document
from jupyterlab_hotspots.profilers.scalene.functions import FunctionsOf, functions_of
from jupyterlab_hotspots.profilers.scalene.stacks import tree_of
from jupyterlab_hotspots.profilers.told_origins import ToldOrigins
from jupyterlab_hotspots.profiles.arrow import Table
from jupyterlab_hotspots.profiles.profile import Measurements
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, Origin, ProfileWarning, SampleRow
from jupyterlab_hotspots.profiles.tables import build, empty

_MEGABYTE: Final = 1048576
_NANOSECOND: Final = 1e-9
_PERCENT: Final = 0.01
_TERMINATED: Final = 143
"""Scalene's exit status after SIGTERM, before which it writes its profile."""
_ORIGINS: Final = "origins.json"
_LARGEST_TOLD: Final = 100_000
_ESCAPED: Final = {"\\u0026": "&", "\\u003c": "<", "\\u003e": ">"}
"""What Scalene puts into source lines for those characters, for the sake of its own page."""


def read(raw: Path, context: ReadContext) -> Measurements:
    """What Scalene measured in a run; see `protocol.Reader`."""
    said = read_agent_lines(raw)
    document = read_document(raw / FILE)
    warnings = [*said.warnings, *_doubts(document, said, context)]
    if document is None:
        document = Document()
    origins = _Origins(raw, context.info.target.path)
    files = sorted(document.files.items())
    origins.meet(document.files)
    return Measurements(
        functions=_functions(document, files, origins),
        lines=_lines(document, files, origins),
        tree=tree_of(document, with_time=not context.options.get("save_every_s")),
        samples=_samples(document) if document.memory else None,
        warnings=tuple(warnings),
    )


def _doubts(document: Document | None, said: AgentLines, context: ReadContext) -> Iterable[ProfileWarning]:
    if said.started is None or any(warning.code == "write_failed" for warning in said.warnings):
        return
    if document is None:
        yield ProfileWarning(
            code="cut_short",
            message="The process ended before Scalene wrote what it had measured.",
            hint="Why it ended is in the run's reason. With the option save_every_s=10, what is known so far is kept.",
        )
    elif said.stopped is None and context.info.exit_code != _TERMINATED:
        info = context.info
        missing = ""
        if info.wall_s is not None and info.startup_s is not None:
            seconds = max(0.0, info.wall_s - info.startup_s - document.elapsed_time_sec)
            missing = f": its last {seconds:.1f} s are missing"
        yield ProfileWarning(
            code="cut_short",
            message=f"The process ended before Scalene wrote its final profile{missing}.",
            hint="Why it ended is in the run's reason; all that was measured before is here.",
        )
    elif not document.files:
        yield ProfileWarning(
            code="too_short",
            message="Scalene measured nothing: no sample fell into the code, and no megabyte was allocated by it.",
            hint="Let it run for some seconds; set the option profile_all if all its work is done by libraries.",
        )


def _lines(document: Document, files: Sequence[tuple[str, File]], origins: _Origins) -> Table:
    rows = [(name, file, line) for name, file in files for line in _counted(file)]
    if not rows:
        return empty(LineRow)
    known = {name: FunctionsOf(file) for name, file in files}
    functions = [known[name].of(line) for name, _, line in rows]
    leaks = [file.leaks.get(str(line.lineno)) for _, file, line in rows]
    figures = [line for _, _, line in rows]
    return build(
        LineRow,
        {
            "file": [name for name, _, _ in rows],
            "line": [line.lineno for line in figures],
            "function": [None if function is None else function.name for function in functions],
            "function_line": [None if function is None else function.line for function in functions],
            "origin": [origins.of(name) for name, _, _ in rows],
            "source": [_source(line.line) for line in figures],
            **_times(document, figures),
            **_memory(document, figures, of_lines=True),
            "leak_score": [None if leak is None else min(1.0, leak.likelihood) for leak in leaks],
            "leak_bytes_per_s": [None if leak is None else leak.velocity_mb_s * _MEGABYTE for leak in leaks],
        },
    )


def _functions(document: Document, files: Sequence[tuple[str, File]], origins: _Origins) -> Table:
    rows = [(name, *row) for name, file in files for row in functions_of(file, _counted(file))]
    if not rows:
        return empty(FunctionRow)
    figures = [one for _, _, one in rows]
    return build(
        FunctionRow,
        {
            "function": [function.name for _, function, _ in rows],
            "qualname": [function.qualname for _, function, _ in rows],
            "file": [name for name, _, _ in rows],
            "line": [function.line for _, function, _ in rows],
            "origin": [origins.of(name) for name, _, _ in rows],
            **_times(document, figures),
            **_memory(document, figures, of_lines=False),
        },
    )


def _counted(file: File) -> Iterable[Figures]:
    """The lines that count: each once, whatever the file says, because rows are unique."""
    return {line.lineno: line for line in file.lines if line.is_measured and line.lineno > 0}.values()


def _times(document: Document, figures: Sequence[Figures]) -> dict[str, list[Any]]:
    second = document.elapsed_time_sec * _PERCENT
    columns: dict[str, list[Any]] = {
        "own_s": [second * one.percent for one in figures],
        "python_s": [second * one.n_cpu_percent_python for one in figures],
        "native_s": [second * one.n_cpu_percent_c for one in figures],
        "system_s": [second * one.n_sys_percent for one in figures],
        "cpu_s": [second * (one.n_cpu_percent_python + one.n_cpu_percent_c) for one in figures],
    }
    if document.gpu:
        # Of a GPU Scalene knows how busy it was while the line ran.
        columns["gpu_s"] = [second * one.percent * one.n_gpu_percent * _PERCENT for one in figures]
    return columns


def _memory(document: Document, figures: Sequence[Figures], *, of_lines: bool) -> dict[str, list[Any]]:
    if not document.memory:
        return {}
    # Scalene's `n_growth_mb` is its peak once more, so there is no growth; `n_mallocs` counts how often a line began to
    # allocate, which is no number of allocations. It samples by the megabyte: what it has not seen need not be nothing.
    columns: dict[str, list[Any]] = {
        "peak_bytes": [_bytes(one.n_peak_mb) for one in figures],
        "allocated_bytes": [_bytes(one.n_malloc_mb) for one in figures],
        "copied_bytes": [_bytes(one.n_copy_mb_s * document.elapsed_time_sec) for one in figures],
    }
    if of_lines:
        columns["average_bytes"] = [_bytes(one.n_avg_mb) for one in figures]
        columns["python_share"] = [min(1.0, one.n_python_fraction) if one.n_malloc_mb else None for one in figures]
        if document.gpu:
            columns["gpu_peak_bytes"] = [_bytes(one.n_gpu_peak_memory_mb) for one in figures]
    return columns


def _samples(document: Document) -> Table:
    points = sorted(document.samples)
    return build(
        SampleRow,
        {
            "t_s": [moment * _NANOSECOND for moment, _ in points],
            "heap_bytes": [_bytes(megabytes) or 0 for _, megabytes in points],
        },
    )


def _bytes(megabytes: float) -> int | None:
    return min(round(megabytes * _MEGABYTE), 2**62) if megabytes else None


def _source(text: str) -> str:
    text = text.rstrip("\r\n")
    for escaped, character in _ESCAPED.items():
        text = text.replace(escaped, character)
    return text


class _Origins:
    """Whose code a file is; what decides it was written down by the target's process."""

    def __init__(self, raw: Path, target: str | None) -> None:
        folder = None if target is None else target.rpartition("/")[0] + "/"
        told: object = {"own_file": target, "own_folder": folder}
        path = raw / _ORIGINS
        try:
            if path.is_file() and path.stat().st_size < _LARGEST_TOLD:
                told = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            pass  # Then the target's own folder is known at least.
        self._told = ToldOrigins(told)

        self._own_names = {target.rpartition("/")[2]} if target is not None else set[str]()

    def of(self, file: str) -> Origin:
        """Text that `exec` ran has the plain name of the file that ran it: `<exec@script.py:3>`."""
        if file.startswith(("<exec@", "<eval@")):
            return "own" if file.partition("@")[2].rpartition(":")[0] in self._own_names else "library"
        return self._told.of(file)

    def meet(self, files: Iterable[str]) -> None:
        """Learns which names are those of own files."""
        self._own_names.update(file.rpartition("/")[2] for file in files if self._told.of(file) == "own")
