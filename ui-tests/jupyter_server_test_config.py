"""The server of the browser tests. Never use it for work: it asks nobody for a token.

Folders and port come from the environment that `playwright.config.js` sets up, all under `ui-tests/.work/`.
"""

import os
import tempfile
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

work = Path(os.environ["HOTSPOTS_UI_WORK"])
c = get_config()  # noqa: F821  (Jupyter puts it there)

# What the helper makes for itself lies with the rest, and goes with it.
tempfile.tempdir = str(work)
configure_jupyter_server(c)
tempfile.tempdir = None

c.ServerApp.port = int(os.environ["HOTSPOTS_UI_PORT"])
c.ServerApp.allow_root = os.geteuid() == 0
c.LabApp.workspaces_dir = str(work / "workspaces")
c.LabApp.user_settings_dir = str(work / "settings")
