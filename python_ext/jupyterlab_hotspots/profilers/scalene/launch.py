"""Runs a target under Scalene; imports the standard library and Scalene only.

    PYTHON launch.py RAW SUPERVISOR_PID SCALENE_FLAG… --- script PATH ARG…
    PYTHON launch.py RAW SUPERVISOR_PID SCALENE_FLAG… --- module NAME ARG…

The rest is in the modules beside this one, imported under a name of their own and taken out of `sys.modules` again: the
target finds there what it would find without us.
"""

from __future__ import annotations

import sys

_NAME = "_jupyterlab_hotspots_scalene"

_our_main = sys.modules["__main__"]
"""Kept alive: the target's own takes its place."""


def main() -> None:
    # Python puts the folder of what it runs first, unless it was told not to; the target's takes that place.
    first = None if getattr(sys.flags, "safe_path", sys.flags.isolated) else sys.path.pop(0)
    package = type(sys)(_NAME)
    package.__path__ = [__file__.rpartition("/")[0]]
    sys.modules[_NAME] = package
    run = __import__(f"{_NAME}.under_scalene", fromlist=("*",)).run
    for name in [name for name in sys.modules if name.partition(".")[0] == _NAME]:
        del sys.modules[name]
    run(sys.argv[1:], has_script_folder=first is not None)


if __name__ == "__main__":
    main()
