"""Finds the run a person means by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterlab_hotspots.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from jupyterlab_hotspots.store.history import Store

SHORTEST: Final = 4
HELP: Final = "`last`, an id from `jupyter hotspots list`, or the end of one"


def find_run(store: Store, word: str) -> str:
    """The id of a run: `last`, a whole id, or the beginning or end of one that only one run has.

    Raises:
        NotFound: no run is meant by that.
        BadRequest: several are.
    """
    if word == "last":
        newest = store.list(limit=1).runs
        if not newest:
            raise NotFound("The history is empty.", hint="Make a run: jupyter hotspots run script.py")
        return newest[0].id
    wanted = word.upper()
    if len(wanted) == 26:
        return store.directory(wanted).id
    if len(wanted) < SHORTEST:
        raise BadRequest(
            f'"{word}" is too short to find a run by.', hint=f"Give at least {SHORTEST} characters of its id."
        )
    found = [one for one in store.index.ids() if one.endswith(wanted) or one.startswith(wanted)]
    if not found:
        raise NotFound(f'There is no run "{word}".', hint=f"Give {HELP}.")
    if len(found) > 1:
        raise BadRequest(f'{len(found)} runs are meant by "{word}".', hint="Give more characters of the id.")
    return found[0]
