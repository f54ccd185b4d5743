"""Alerts and runs that several tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("astropy", reason="the packages of the [reference] extra are not installed")
pytest.importorskip("scipy", reason="the packages of the [reference] extra are not installed")

SIMULATED = 200


@pytest.fixture(scope="session")
def simulated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 simulated alerts: 3 of the wrong size, 3 candidates."""
    from jupyterlab_hotspots.reference.simulate import simulate_alerts

    file = tmp_path_factory.mktemp("alerts") / "simulated.parquet"
    simulate_alerts(file, SIMULATED, seed=3)
    return file


@pytest.fixture(scope="session")
def few_alerts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six simulated alerts, for tests that only need some."""
    from jupyterlab_hotspots.reference.simulate import simulate_alerts

    file = tmp_path_factory.mktemp("alerts") / "few.parquet"
    simulate_alerts(file, 6, seed=1)
    return file
