"""The list of profilers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.profilers import registry


def test_every_profiler_is_whole() -> None:
    for described in registry.descriptions():
        assert registry.description(described.name) is described
        parts = {path.stem for path in (Path(registry.__file__).parent / described.name).iterdir()}
        # What each kind is started by, beside the reader that all have.
        assert {"inside": "collector", "outside": "watcher", "child": "command"}[described.kind] in parts
        assert callable(registry.reader(described.name).read)
        assert described.requirement is None or described.install is not None


def test_an_unknown_name_gets_those_that_are_known() -> None:
    for ask in (registry.description, registry.reader):
        with pytest.raises(HotspotsError, match="no profiler 'cprofiel'") as refused:
            ask("cprofiel")
        assert refused.value.reason == "no_profiler"
        assert "cprofile" in refused.value.hint


@pytest.mark.parametrize("value", [-5, "0", 0.999, "1e300", 1000.5, "nan", True])
def test_a_number_out_of_its_bounds_is_refused_with_them(value: object) -> None:
    with pytest.raises(HotspotsError) as refused:
        registry.checked_options(registry.description("sampling"), {"rate": value})
    assert (refused.value.reason, refused.value.hint) == ("bad_option", "It must be a number from 1 to 1000.")


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), ("1000", 1000.0), ("12.5", 12.5)])
def test_a_number_within_its_bounds_is_taken(value: object, number: float) -> None:
    assert registry.checked_options(registry.description("sampling"), {"rate": value}) == {"rate": number}


def test_every_number_has_a_bound_that_its_default_keeps_to() -> None:
    numbers = [
        option for described in registry.descriptions() for option in described.options if option.kind == "number"
    ]
    assert numbers
    for option in numbers:
        assert option.minimum is not None, option
        assert option.default is None or option.minimum <= float(option.default), option


def test_a_tool_is_found_without_being_imported() -> None:
    cprofile = registry.description("cprofile")
    assert registry.installed_version(cprofile) == ".".join(map(str, sys.version_info[:3]))
    assert registry.installed_version(replace(cprofile, requirement="msgspec"))
    missing = replace(cprofile, requirement="no-such-distribution", install="pip install no-such-distribution")
    assert registry.installed_version(missing) is None
    listed = registry.as_json(missing)
    assert (listed["installed"], listed["version"]) == (False, None)
    assert listed["install"] == "pip install no-such-distribution"


def test_the_list_is_had_without_what_profilers_need() -> None:
    asked = (
        "import sys; from jupyterlab_hotspots.profilers import registry;"
        "[*map(registry.as_json, registry.descriptions())];"
        "print({'numpy', 'pyarrow', 'cProfile', '_lsprof'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"
