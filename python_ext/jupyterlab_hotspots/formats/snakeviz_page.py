"""SnakeViz's own page for a profile, from the package that is installed, as one document that loads nothing.

SnakeViz serves any file of the machine to anybody who reaches its port, and writes names from the profile into its page
unescaped. So only its template and its scripts are used: the template is filled with data that cannot end a script,
every script, style and picture stands in the page itself, and the page is sandboxed (`POLICY`). That needs no route for
its files, so it works under any `base_url`, behind any proxy, and without a network.
"""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterlab_hotspots.errors import BadRequest, Unavailable
from jupyterlab_hotspots.formats.pstats_file import stats_of

if TYPE_CHECKING:
    from jupyterlab_hotspots.formats.pstats_file import StatsTable
    from jupyterlab_hotspots.profiles.profile import Profile

POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; img-src data:; "
    "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
)
"""The `Content-Security-Policy` to serve the page with. Its scripts make functions of text (`_.template`) and a worker;
sandboxed, they have neither the server's cookies nor its origin, whatever stands in a profile."""

MOST_FUNCTIONS: Final = 20_000
"""SnakeViz puts every function into its table at once: with many more, no browser opens it."""

_STYLE: Final = re.compile(r"""<link\s+href=["']/static/([\w./-]+)["']\s+rel=["']stylesheet["']\s*/?>""")
_SCRIPT: Final = re.compile(r"""<script\s+src=["']/static/([\w./-]+)["']\s*></script>""")
_WORKER: Final = re.compile(r"""(<script\s+id=["']hierarchy-worker["'][^>]*>)""")
_URL: Final = re.compile(r"""url\(["']?([\w./-]+)["']?\)""")
_WORKER_LIBRARIES: Final = ("vendor/immutable.min.js", "vendor/lodash.min.js")


class _Made:
    """What `pstats.Stats` takes in place of a profiler."""

    def __init__(self, stats: StatsTable) -> None:
        self.stats = stats

    def create_stats(self) -> None:
        pass


def page(profile: Profile) -> bytes:
    """The page, in UTF-8; serve it with `POLICY`.

    Raises:
        BadRequest: the profile does not say how long functions took.
        Unavailable: SnakeViz is not installed, or one whose page is not known.
    """
    whole = checked(profile)
    stats = _longest(whole)
    name = profile.run.target.name
    if len(stats) < len(whole):
        # The template takes what stands before the first dot, after the last slash.
        short = name.rpartition("/")[2].partition(".")[0]
        name = f"{short}: {len(stats):,} of {len(whole):,} functions, those with the most total time"
    try:
        snakeviz: Any = import_module("snakeviz.stats")
        from tornado.template import Template
    except ImportError as error:
        raise Unavailable("SnakeViz is not installed.", hint="Install it: pip install snakeviz") from error
    import pstats

    made: Any = _Made(stats)
    found = pstats.Stats(made)
    rows, callees = snakeviz.table_rows(found), snakeviz.json_stats(found)
    if not callees:
        raise BadRequest(
            "No function of this run called another one that was measured.",
            hint="SnakeViz draws calls: see the table instead.",
        )
    folder = _folder()
    text = Template((folder / "templates" / "viz.html").read_bytes(), whitespace="all").generate(
        profile_name=name, table_rows=_as_script(rows), callees=_as_script(callees)
    )
    return _whole(text.decode(), folder / "static").encode()


def checked(profile: Profile) -> StatsTable:
    """What the page would show; raises `BadRequest` as `page` does."""
    stats = stats_of(profile)
    if not stats:
        raise BadRequest("No function was measured in this run.", hint="See its output and its warnings.")
    return stats


def _longest(stats: StatsTable) -> StatsTable:
    """The functions with the most total time, as many as a browser can show."""
    if len(stats) <= MOST_FUNCTIONS:
        return stats
    kept = set(sorted(stats, key=lambda key: stats[key][3], reverse=True)[:MOST_FUNCTIONS])
    return {
        key: (primitive, calls, own, total, {caller: edge for caller, edge in callers.items() if caller in kept})
        for key, (primitive, calls, own, total, callers) in stats.items()
        if key in kept
    }


def _folder() -> Path:
    return Path(import_module("snakeviz").__file__ or "").parent


def _as_script(value: object) -> str:
    """JSON that stands in a script without ending it, whatever its texts say."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _whole(text: str, static: Path) -> str:
    """The page with all that it refers to in itself. What comes from the profile has no `<` and is left as it is."""
    text = _STYLE.sub(lambda match: f"<style>{_style(static / match[1])}</style>", text)
    text = _SCRIPT.sub(lambda match: f"<script>{_script(static / match[1])}</script>", text)
    if re.search(r"""<(?:script|link)[^>]*/static/""", text) or not _WORKER.search(text):
        raise Unavailable(
            "The page of the SnakeViz that is installed is of a version that is not known.",
            hint="Export the run as .prof and open it with snakeviz.",
        )
    # The worker has its libraries in itself; what it would ask of a network, it does not ask for.
    libraries = "\n".join(_script(static / name) for name in _WORKER_LIBRARIES)
    return _WORKER.sub(lambda match: f"{match[1]}self.importScripts = function () {{}};\n{libraries}\n", text)


@cache
def _script(path: Path) -> str:
    return re.sub(r"</(script)", r"<\\/\1", path.read_text(encoding="utf-8"), flags=re.IGNORECASE)


@cache
def _style(path: Path) -> str:
    def embedded(match: re.Match[str]) -> str:
        picture = path.parent / match[1]
        if not picture.is_file():
            return "none"
        kind = mimetypes.guess_type(picture.name)[0] or "image/png"
        return f"url(data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()})"

    return _URL.sub(embedded, path.read_text(encoding="utf-8"))
