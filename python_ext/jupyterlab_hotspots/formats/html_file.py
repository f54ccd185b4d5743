"""Writes a report of a run as one HTML file: no network, no other file, dark and light, its tables sortable.

Whatever stands in a profile is text there: everything is escaped, and the page's own policy lets no script run but the
one whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from typing import Final

from jupyterlab_hotspots.formats import html_charts, html_references, html_tables
from jupyterlab_hotspots.formats.quantities import seconds, size
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rows import ProfileWarning
from jupyterlab_hotspots.profiles.run_info import RunInfo

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5b6475; --paper: #fbfbfa; --card: #fff; --edge: #e2e4e8;
  --bar: #f3a76a; --line: #b4531a; --good: #23744a; --bad: #b3261e; --note: #fdf3dc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ec; --soft: #9aa3b2; --paper: #15181e; --card: #1c2028;
  --edge: #2e3440; --bar: #8a4b1f; --line: #f3a76a; --good: #6fcf97; --bad: #ff8a80; --note: #3a3220; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem clamp(1rem, 4vw, 3rem); background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1200px; margin: 0 auto; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
.soft { color: var(--soft); } .succeeded { color: var(--good); } .failed, .lost, .cancelled { color: var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 1.2rem 0; }
dl div { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: .5rem .8rem; }
dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
.note { background: var(--note); border-radius: 8px; padding: .6rem .9rem; margin: .5rem 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: .8rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: .6rem .8rem; }
figcaption { font-size: .85rem; color: var(--soft); display: flex; justify-content: space-between; }
svg { width: 100%; height: 90px; display: block; } polyline { fill: none; stroke: var(--line); stroke-width: 1.5;
  vector-effect: non-scaling-stroke; }
.wide { overflow-x: auto; border: 1px solid var(--edge); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { padding: .3rem .7rem; text-align: left; border-bottom: 1px solid var(--edge); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th { position: sticky; top: 0; background: var(--card); color: var(--soft); font-weight: 600; white-space: nowrap; }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--line); border-radius: 3px; }
th[aria-sort=descending] button::after { content: " \\2193"; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.share { background: linear-gradient(to left, var(--bar) var(--part, 0%), transparent 0) padding-box; }
.code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
.source { white-space: pre-wrap; }
.tree p { margin: 0; } .tree details > :not(summary) { margin-left: 1.4rem; } summary { cursor: pointer; }
.tree { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: .5rem .8rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .8rem; }
@media print { th { position: static; } body { padding: 0; } }
"""

_SCRIPT: Final = """
for (const table of document.querySelectorAll('table')) {
  const head = [...table.tHead.rows[0].cells];
  head.forEach((cell, place) => cell.querySelector('button').addEventListener('click', () => {
    const down = cell.getAttribute('aria-sort') !== 'descending';
    head.forEach(other => other.removeAttribute('aria-sort'));
    cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const number = cell.classList.contains('number');
    const value = row => number ? Number(row.cells[place].dataset.value ?? -Infinity) : row.cells[place].textContent;
    const order = number ? (a, b) => a - b : (a, b) => a.localeCompare(b);
    const rows = [...table.tBodies[0].rows].map(row => [value(row), row]);
    rows.sort((a, b) => (down ? -1 : 1) * order(a[0], b[0]));
    table.tBodies[0].append(...rows.map(row => row[1]));
  }));
}
"""


def write(profile: Profile, path: Path) -> None:
    """Write the report."""
    path.write_text(page(profile), encoding="utf-8", errors="backslashreplace")


def page(profile: Profile) -> str:
    """The report."""
    run = profile.run
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    tables = [html_tables.section(profile, name) for name in ("functions", "lines", "sites")]
    body = [
        _headline(run),
        _facts(run),
        *map(_note, profile.measurements.warnings),
        html_charts.section(profile),
        *tables,
        html_references.section(profile),
        "" if any(tables) else "<p class=soft>No table was measured in this run.</p>",
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(run.target.name)} – Hotspots</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in body if part)
        + f"\n<footer>Run {escape(run.id)}, written by jupyterlab-hotspots.</footer>\n"
        + f"</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _headline(run: RunInfo) -> str:
    words = " ".join([run.target.name, *run.target.args])
    reason = f" <span class=soft>{escape(run.reason)}</span>" if run.reason else ""
    return (
        f"<h1>{escape(words)}</h1>\n<div><span class={escape(run.status, quote=True)}>{escape(run.status)}</span>"
        f"{reason} <span class=soft>under {escape(run.profiler)}</span></div>"
    )


def _facts(run: RunInfo) -> str:
    times = (("Wall time", run.wall_s), ("Code alone", run.code_s), ("CPU time", run.cpu_s))
    facts = (
        *((name, seconds(value)) for name, value in times if value is not None),
        ("Peak memory", None if run.peak_rss_bytes is None else size(run.peak_rss_bytes)),
        ("Started", run.started and run.started.replace("T", " ")[:19] + " UTC"),
        ("Python", run.python),
        ("Machine", run.host),
    )
    cards = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts if value)
    return f"<dl>{cards}</dl>" if cards else ""


def _note(warning: ProfileWarning) -> str:
    return f"<p class=note>{escape(warning.message)} <span class=soft>{escape(warning.hint)}</span></p>"
