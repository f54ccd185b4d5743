"""The extension of Jupyter Server: settings, and the one manager."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Float, Int, Unicode, default

from jupyterlab_hotspots.runs.budget import DEFAULT_FACTOR, DEFAULT_SECONDS, Budget
from jupyterlab_hotspots.server.base import MANAGER
from jupyterlab_hotspots.server.handlers import routes
from jupyterlab_hotspots.server.manager import Manager
from jupyterlab_hotspots.store.location import STORE_VARIABLE, store_folder

_ACTIVITY = "hotspots"


class HotspotsApp(ExtensionApp):
    """Hotspots: a profiler for JupyterLab."""

    name = "jupyterlab_hotspots"
    extension_url = "/lab"
    load_other_extensions = True

    store_path = Unicode(
        "",
        config=True,
        help="The folder of the history of runs. Empty: `hotspots` in Jupyter's data directory. "
        "The environment variable HOTSPOTS_STORE wins over it.",
    )
    max_running = Int(
        min=1,
        config=True,
        help="How many runs may run at once; others wait. Runs that share the cores measure each other: "
        "1 by default on machines with up to three cores, else 2.",
    )
    telemetry_hz = Float(
        10.0, min=0.1, max=100.0, config=True, help="How many times a second the resources of a run are looked at."
    )

    budget_factor = Float(
        DEFAULT_FACTOR,
        min=1.0,
        config=True,
        help="A run is stopped when it takes so many times what its target took before; never before ten minutes.",
    )
    budget_s = Float(
        DEFAULT_SECONDS, min=1.0, config=True, help="After so many seconds, where the target has not run before."
    )

    @default("max_running")
    def _default_max_running(self) -> int:
        return 1 if (os.cpu_count() or 1) <= 3 else 2

    def initialize_settings(self) -> None:
        """Make the manager; it starts with the event loop."""
        server: Any = self.serverapp
        times: dict[str, Any] = server.web_app.settings.setdefault("last_activity_times", {})
        times[_ACTIVITY] = datetime.now(timezone.utc)

        def busy() -> None:
            # A hub must not end a server because its user only waits for a run.
            times[_ACTIVITY] = datetime.now(timezone.utc)

        if self.store_path:
            # Terminals and kernels of this server find the same history.
            os.environ.setdefault(STORE_VARIABLE, str(store_folder(self.store_path)))
        manager = Manager(
            self.store_path,
            root=Path(server.root_dir).absolute(),
            limit=self.max_running,
            telemetry_hz=self.telemetry_hz,
            budget=Budget(self.budget_factor, self.budget_s),
            busy=busy,
            log=self.log,
        )
        self.settings[MANAGER] = manager
        server.io_loop.add_callback(manager.start)

    def initialize_handlers(self) -> None:
        """Add the routes; `base_url` comes before them by itself."""
        self.handlers.extend(routes())

    async def stop_extension(self) -> None:
        """Stop watching; runs go on."""
        await self.settings[MANAGER].stop()
