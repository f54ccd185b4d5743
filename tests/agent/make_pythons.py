"""Makes `.make/pythons/3.X`: an environment with the profilers' packages for each other Python on this machine.

The product runs in one Python and profiles programs in any; so its tests run programs in every Python there is, and
skip where a profiler is not installed there. These environments have what the profilers need and nothing else. Tests
find them by themselves (`agent_runs.py`). A second call does nothing; what cannot be had is said, and its
tests skip, so `make test` works without a network and with one Python alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from agent_runs import OWN_PYTHONS, pythons
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROFILERS = {"line-profiler", "memory-profiler", "scalene", "py-spy"}
"""Those that the product itself depends on; the others are its extra `profilers`."""
PATIENCE_S = 600.0


def wanted() -> list[str]:
    """The requirements of the profilers, as the product states them."""
    found: list[str] = []
    for text in metadata.requires("jupyterlab-hotspots") or ():
        requirement = Requirement(text)
        marker = requirement.marker
        optional = marker is not None and not marker.evaluate({"extra": ""}) and marker.evaluate({"extra": "profilers"})
        if canonicalize_name(requirement.name) in PROFILERS or optional:
            found.append(f"{requirement.name}{requirement.specifier}")
    return sorted(found)


def uv(*words: str) -> subprocess.CompletedProcess[str]:
    """Runs the uv of this environment, which `.ci/setup` installs."""
    command = [str(Path(sys.executable).with_name("uv")), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)


def install(python: Path, requirements: list[str]) -> bool:
    """Whether they could be installed. Nothing is built: where there is no wheel, users have no easy time either."""
    return not uv("pip", "install", "-q", "--no-build", "--python", str(python), *requirements).returncode


def make(folder: Path, base: str, requirements: list[str]) -> list[str] | None:
    """Makes one environment; what it lacks, or none if nothing could be had (as without a network)."""
    shutil.rmtree(folder, ignore_errors=True)
    made = uv("venv", "-q", "--no-python-downloads", "--python", base, str(folder))
    python = folder / "bin" / "python"
    if made.returncode:
        print(made.stderr, file=sys.stderr)
        return None
    if install(python, requirements):
        return []
    missing = [requirement for requirement in requirements if not install(python, [requirement])]
    if len(missing) < len(requirements):
        return missing
    shutil.rmtree(folder)
    return None


def main() -> None:
    """Makes what is not there, in `.make/pythons`."""
    requirements = wanted()
    running = "{}.{}".format(*sys.version_info)
    bases = {version.rpartition(".")[0]: (version, path) for version, path in pythons(made=False).items()}
    for minor, (version, base) in bases.items():
        if minor == running:
            continue
        folder = OWN_PYTHONS / minor
        stamp = folder / "made-of.json"
        # A moved checkout has broken environments: where it is belongs to what they are made of.
        made_of = {"folder": str(folder), "base": base, "version": version, "requirements": requirements}
        if stamp.is_file() and json.loads(stamp.read_text())["made_of"] == made_of:
            continue
        start = time.monotonic()
        missing = make(folder, base, requirements)
        if missing is None:
            print(f"[set-up] Python {version}: nothing could be installed; its tests of optional profilers skip")
            continue
        stamp.write_text(json.dumps({"made_of": made_of, "missing": missing}))
        without = f" without {', '.join(missing)}" if missing else ""
        print(f"[set-up] Python {version} has the profilers{without} ({time.monotonic() - start:.0f} s)")


if __name__ == "__main__":
    main()
