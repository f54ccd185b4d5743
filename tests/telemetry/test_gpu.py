"""GPUs through a stand-in for NVML's binding, since hardly a machine that runs the tests has one."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from jupyterlab_hotspots.telemetry.gpu import GpuReader


class NVMLError(Exception):
    """What the binding raises."""


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two GPUs with the calls of `nvidia-ml-py`."""
    module: Any = ModuleType("pynvml")
    module.starts = module.stops = 0

    def start() -> None:
        module.starts += 1

    def stop() -> None:
        module.stops += 1

    module.nvmlInit = start
    module.nvmlShutdown = stop
    module.nvmlDeviceGetCount = lambda: 2
    module.nvmlDeviceGetHandleByIndex = lambda index: index
    module.nvmlDeviceGetName = lambda device: b"Model A" if device == 0 else "Model B"
    module.nvmlDeviceGetUtilizationRates = lambda device: SimpleNamespace(gpu=(90, 35)[device], memory=1)
    module.nvmlDeviceGetMemoryInfo = lambda device: SimpleNamespace(total=8_000, used=(3_000, 500)[device], free=1)
    monkeypatch.setitem(sys.modules, "pynvml", module)
    return module


@pytest.fixture
def driver(tmp_path: Path) -> str:
    path = tmp_path / "nvidiactl"
    path.touch()
    return str(path)


def test_figures_are_sums_over_all_gpus(nvml: Any, driver: str) -> None:
    reader = GpuReader([driver])
    reader.read()
    assert (reader.percent, reader.memory_bytes, reader.describe()) == (None, None, [])  # not looked for yet
    for _ in range(3):
        reader.search(wait=True)
    reader.read()
    assert (reader.percent, reader.memory_bytes) == (125.0, 3_500)
    assert reader.describe() == [{"name": "Model A", "memory_bytes": 8_000}, {"name": "Model B", "memory_bytes": 8_000}]
    reader.close()
    reader.close()
    assert (nvml.starts, nvml.stops) == (1, 1)


def test_what_a_gpu_cannot_tell_is_absent(nvml: Any, driver: str) -> None:
    def refuse(device: int) -> None:
        raise NVMLError("Not Supported")

    nvml.nvmlDeviceGetUtilizationRates = refuse
    reader = GpuReader([driver])
    reader.search(wait=True)
    reader.read()
    assert (reader.percent, reader.memory_bytes) == (None, 3_500)


def test_a_driver_that_does_not_answer_is_no_gpu(nvml: Any, driver: str) -> None:
    def refuse() -> None:
        raise NVMLError("Driver Not Loaded")

    nvml.nvmlInit = refuse
    reader = GpuReader([driver])
    reader.search(wait=True)
    reader.read()
    assert (reader.percent, reader.memory_bytes, reader.describe()) == (None, None, [])


def test_without_a_driver_the_binding_is_not_even_started(nvml: Any, tmp_path: Path) -> None:
    reader = GpuReader([str(tmp_path / "absent")])
    reader.search(wait=True)
    reader.read()
    assert nvml.starts == 0
    assert reader.percent is None


def test_without_a_binding_there_are_no_figures(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)  # importing it fails
    reader = GpuReader([driver])
    reader.search(wait=True)
    reader.read()
    assert (reader.percent, reader.memory_bytes) == (None, None)
