"""``python -m jupyterlab_hotspots …`` is ``jupyter hotspots …``."""

from __future__ import annotations

import sys

from jupyterlab_hotspots.cli import main

sys.exit(main())
