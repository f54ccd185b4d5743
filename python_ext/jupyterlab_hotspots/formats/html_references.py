"""What keeps objects alive, in the HTML report: one fold for each type, in it what holds its objects."""

from __future__ import annotations

from html import escape
from typing import Final

from jupyterlab_hotspots.formats.quantities import size
from jupyterlab_hotspots.formats.references import References
from jupyterlab_hotspots.profiles.profile import Profile

_MOST_TYPES: Final = 50
_MOST_HOLDERS: Final = 20
_DEEPEST: Final = 40


def section(profile: Profile) -> str:
    """The folds with their heading; empty if the run does not say."""
    found = References.of(profile)
    if found is None:
        return ""
    folds = "\n".join(_node(found, row, 0) for row in found.types[:_MOST_TYPES])
    return (
        "<h2>What keeps it alive <span class=soft>below each type, what holds its objects</span></h2>\n"
        f"<div class=tree>{folds}{_more(len(found.types) - _MOST_TYPES)}</div>"
    )


def _node(found: References, row: int, level: int) -> str:
    frame, bytes_ = found.frames[row], found.sizes[row]
    label = f"<span class=code>{escape(frame.name)}</span>"
    if bytes_ is not None:
        label += f" {escape(size(bytes_))}"
    if frame.file:
        place = frame.file.rpartition("/")[2] + (f":{frame.shown_line}" if frame.shown_line is not None else "")
        label += f' <span class="code soft" title="{escape(frame.file, quote=True)}">{escape(place)}</span>'
    holders = found.holders[row]
    if not holders:
        return f"<p>{label}</p>"
    if level >= _DEEPEST:
        return f"<p>{label} <span class=soft>… and what holds that</span></p>"
    below = "".join(_node(found, holder, level + 1) for holder in holders[:_MOST_HOLDERS])
    # A type is folded; unfolded, it shows the whole chain at once.
    opened = " open" if level else ""
    return f"<details{opened}><summary>{label}</summary>{below}{_more(len(holders) - _MOST_HOLDERS)}</details>"


def _more(count: int) -> str:
    return f"<p class=soft>… and {count} more</p>" if count > 0 else ""
