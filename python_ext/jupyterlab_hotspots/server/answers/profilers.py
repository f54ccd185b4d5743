"""The profilers of this server."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

import jupyterlab_hotspots
from jupyterlab_hotspots.formats.registry import FORMATS
from jupyterlab_hotspots.profilers import registry
from jupyterlab_hotspots.server.messages import PROTOCOL, FormatDescription, ProfilerDescription, ProfilersAnswer


def profilers_answer(root: Path) -> ProfilersAnswer:
    """Every profiler with whether it is installed, and what this server is."""
    return ProfilersAnswer(
        version=jupyterlab_hotspots.__version__,
        schema=PROTOCOL,
        profilers=[msgspec.convert(registry.as_json(one), ProfilerDescription) for one in registry.descriptions()],
        formats=[
            FormatDescription(
                name=one.name,
                title=one.title,
                suffix=one.suffixes[0],
                reads=one.reads,
                writes=one.writes,
                tables=one.tables,
            )
            for one in FORMATS
        ],
        python=sys.executable,
        root=str(root),
    )
