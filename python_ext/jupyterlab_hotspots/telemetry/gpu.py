"""NVIDIA GPUs through NVML, where there is a driver and its Python binding can be imported."""

# ruff: noqa: PTH110

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from typing import Any

_DRIVERS = ("/dev/nvidiactl", "/dev/dxg")
"""Device files of NVIDIA's driver, on Linux and in the Windows subsystem for Linux."""


class GpuReader:
    """All GPUs of the host.

    Args:
        drivers: files one of which is there where a driver is; without one the library is not even imported.

    Attributes:
        percent: use summed over the GPUs, 100 is one kept busy; None without a GPU or where one cannot tell.
        memory_bytes: memory in use summed over the GPUs; None likewise.
    """

    def __init__(self, drivers: Sequence[str] = _DRIVERS) -> None:
        self._drivers = drivers
        self._library: Any = None
        self._devices: list[Any] = []
        self._sought = False
        self._search: threading.Thread | None = None
        self.percent: float | None = None
        self.memory_bytes: int | None = None

    def search(self, wait: bool = False) -> None:
        """Look for GPUs: once, and beside the sampling, because the driver may take seconds to answer first.

        Args:
            wait: return only when the search is over.
        """
        if not self._sought:
            self._sought = True
            if any(os.path.exists(driver) for driver in self._drivers):
                import threading

                self._search = threading.Thread(target=self._find, name="hotspots-gpu", daemon=True)
                self._search.start()
        if wait and self._search is not None:
            self._search.join()

    def describe(self) -> list[dict[str, Any]]:
        """``{"name", "memory_bytes"}`` of each GPU found so far."""
        described: list[dict[str, Any]] = []
        for device in self._devices:
            try:
                name = self._library.nvmlDeviceGetName(device)
                memory = int(self._library.nvmlDeviceGetMemoryInfo(device).total)
            except Exception:
                continue
            described.append({"name": name.decode() if isinstance(name, bytes) else str(name), "memory_bytes": memory})
        return described

    def read(self) -> None:
        """Refresh ``percent`` and ``memory_bytes``."""
        self.percent = self.memory_bytes = None
        devices = self._devices
        if not devices:
            return
        try:
            self.percent = float(sum(self._library.nvmlDeviceGetUtilizationRates(device).gpu for device in devices))
        except Exception:  # the binding raises classes of its own; a GPU cut into instances (MIG) cannot tell
            pass
        try:
            self.memory_bytes = sum(int(self._library.nvmlDeviceGetMemoryInfo(device).used) for device in devices)
        except Exception:
            pass

    def close(self) -> None:
        """Let go of the driver."""
        if self._devices:
            self._devices = []
            try:
                self._library.nvmlShutdown()
            except Exception:
                pass

    def _find(self) -> None:
        try:
            import importlib
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an older package of the same name asks for its successor
                library: Any = importlib.import_module("pynvml")
            library.nvmlInit()
            devices = [library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())]
        except Exception:  # no binding, no permission, a driver that does not answer: no figures
            return
        self._library = library
        self._devices = devices
