"""What was measured in the runs somebody looks at: the last few profiles and live tables, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from jupyterlab_hotspots.server.live import LiveRun
from jupyterlab_hotspots.store.history import Store

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile

K = TypeVar("K")

PROFILES_KEPT: Final = 4
LIVE_RUNS_KEPT: Final = 8


class MeasuredRuns:
    """Safe for several threads; not for the event loop.

    Args:
        open_store: gives the store, or raises where it cannot be used.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open_store = open_store
        self._guard = threading.Lock()
        self._profiles: OrderedDict[str, Profile] = OrderedDict()
        self._live: OrderedDict[str, LiveRun] = OrderedDict()

    def profile(self, run: str) -> Profile:
        """The profile of a run that is over.

        Raises as `Store.profile` does.
        """
        store = self._open_store()
        with self._guard:
            kept = self._profiles.get(run)
        if kept is not None and store.directory(run).exists():
            return kept
        profile = store.profile(run)
        with self._guard:
            _keep(self._profiles, run, profile, PROFILES_KEPT)
        return profile

    def live(self, run: str) -> LiveRun:
        """The live tables of a run that goes on.

        Raises:
            NotFound: there is no such run.
        """
        directory = self._open_store().directory(run)
        with self._guard:
            found = self._live.get(run) or LiveRun(directory)
            _keep(self._live, run, found, LIVE_RUNS_KEPT)
        found.catch_up()
        return found


def _keep(kept: OrderedDict[str, K], run: str, value: K, most: int) -> None:
    """Keep the ones used last."""
    kept[run] = value
    kept.move_to_end(run)
    while len(kept) > most:
        kept.popitem(last=False)
