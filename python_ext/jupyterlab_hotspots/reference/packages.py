"""The scientific packages this room needs, which are an extra of the product and may be absent."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from jupyterlab_hotspots.errors import Unavailable

REFERENCE_PACKAGES = frozenset({"numpy", "scipy", "astropy", "pyarrow", "rich"})


@contextmanager
def reference_packages() -> Generator[None, None, None]:
    """Within this block, a missing package of the ``[reference]`` extra is an error that says how to install it.

    Raises:
        Unavailable: one of the packages is not installed. Any other missing module is a fault of ours and passes.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in REFERENCE_PACKAGES:
            raise
        raise Unavailable(
            f"The reference pipeline needs the package {package}, which is not installed.",
            hint='Install it with: pip install "jupyterlab-hotspots[reference]".',
        ) from error
