"""What every test may use."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

pytest_plugins = ("pytest_jupyter.jupyter_server",)

# What starts jobs in the background makes them ignore these; and so would every process that a test starts.
for _number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of real alerts beside the checkout; users do not have it, so tests that need it skip."""
    folder = CHECKOUT.parent / "shared"
    if not (folder / "data" / "alerts_320.parquet").exists():
        pytest.skip("the real alerts are not on this machine (no `shared` folder beside the checkout)")
    return folder
