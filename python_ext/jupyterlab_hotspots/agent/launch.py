"""Runs a target under a collector, as `python script.py` or `python -m module` would without one.

    PYTHON launch.py RUN_DIRECTORY/agent.json

The rest of this room is a package under a name of its own, imported from this folder and taken out of `sys.modules`
again: the target finds there what plain Python would have put there. The modules of this room import as little as they
can, and only what no script has a name for (`time`, `_signal`, …): a script with a `queue.py` or an `array.py` beside
it would otherwise get the standard library's instead of its own.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def load(path: str, name: str) -> "ModuleType":
    """The module in the file `path`, which may import its neighbours relatively, as part of a package called `name`.

    It is not left in `sys.modules`: all it needs it must import at its top.
    """
    folder, _, file = path.rpartition("/")
    package = type(sys)(name)
    package.__path__ = [folder]
    before = set(sys.modules)
    sys.modules[name] = package
    try:
        return __import__(f"{name}.{file.removesuffix('.py')}", fromlist=("*",))
    finally:
        for module in set(sys.modules) - before:
            if module == "__future__" or module.partition(".")[0] == name:
                del sys.modules[module]
        sys.path_importer_cache.pop(folder, None)


def main() -> None:
    here = __file__.rpartition("/")[0]
    sys.path_importer_cache.pop(__file__, None)  # Python has looked whether we are an archive.
    # Python puts the folder of what it runs first, unless it was told not to; the target's takes that place.
    first = None if getattr(sys.flags, "safe_path", sys.flags.isolated) else sys.path.pop(0)
    load(f"{here}/session.py", "_jupyterlab_hotspots_agent").run(sys.argv[1], load, has_script_folder=first is not None)


if __name__ == "__main__":
    main()
