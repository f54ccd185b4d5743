"""The ranked tables of the HTML report."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from jupyterlab_hotspots.formats.quantities import count, seconds, share, size
from jupyterlab_hotspots.profiles.arrow import lists_of
from jupyterlab_hotspots.profiles.columns import Column
from jupyterlab_hotspots.profiles.profile import Profile
from jupyterlab_hotspots.profiles.rank import rank
from jupyterlab_hotspots.profiles.shares import whole_of
from jupyterlab_hotspots.profiles.tables import column_info

MOST_ROWS: Final = 500
"""Of a table; a page with more of them is slow to open, and nobody reads it. The whole is in the run."""

_TITLES: Final = {"functions": "Functions", "lines": "Lines", "sites": "What holds memory"}
_TEXT: Final = {
    "functions": ("function", "where"),
    "lines": ("source", "function", "where"),
    "sites": ("type", "function", "where"),
}
_WORDS: Final = {"where": "Where", "source": "Line", "function": "Function", "type": "Type"}
_NOT_SHOWN: Final = frozenset({"line", "cell_index", "function_line", "node"})
_FORMATS: Final = {"s": seconds, "bytes": size, "count": count, "share": share}


def section(profile: Profile, name: str) -> str:
    """A table with its heading; empty if it was not measured or has no rows."""
    table = profile.table(name)
    if table is None or not table.num_rows:
        return ""
    page = rank(table, limit=MOST_ROWS, whole_s=whole_of(profile, table))
    data = lists_of(page.table)
    # Shares first: they are what the rows are ranked by.
    numbers = sorted(filter(_is_shown, column_info(page.table)), key=lambda column: column.unit != "share")
    if data.get("primitive_calls") == data.get("calls"):
        numbers = [column for column in numbers if column.name != "primitive_calls"]
    rows = [{key: values[place] for key, values in data.items()} for place in range(page.table.num_rows)]
    texts = [key for key in _TEXT[name] if key == "where" or any(row.get(key) for row in rows)]
    head = "".join(
        f"<th class=number{_sorted(place)}><button>{_title(column.name)}</button></th>"
        for place, column in enumerate(numbers)
    ) + "".join(f"<th><button>{_WORDS[key]}</button></th>" for key in texts)
    body = "\n".join(
        f"<tr>{''.join(_number(column, row[column.name]) for column in numbers)}"
        f"{''.join(_cell(key, row) for key in texts)}</tr>"
        for row in rows
    )
    more = f" <span class=soft>the first {len(rows):,} of {page.total:,}</span>" if page.total > len(rows) else ""
    return (
        f"<h2>{_TITLES[name]}{more}</h2>\n<div class=wide><table><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _is_shown(column: Column) -> bool:
    return column.type in ("integer", "number") and column.merge not in ("row", "key") and column.name not in _NOT_SHOWN


def _sorted(place: int) -> str:
    return ' aria-sort="descending"' if place == 0 else ""


def _title(name: str) -> str:
    words = name.removesuffix("_s").removesuffix("_bytes").replace("_", " ")
    return escape({"own": "Own time", "total": "Total time", "time": "Time"}.get(words, words.capitalize()))


def _number(column: Column, value: Any) -> str:
    if value is None:
        return "<td class=number></td>"
    text = escape(_FORMATS.get(column.unit, count)(value))
    if column.unit != "share":
        return f'<td class=number data-value="{value!r}">{text}</td>'
    part = min(100.0, max(0.0, 100 * value))
    return f'<td class="number share" style="--part: {part:.1f}%" data-value="{value!r}">{text}</td>'


def _cell(key: str, row: dict[str, Any]) -> str:
    if key != "where":
        text = (row.get("qualname") if key == "function" else None) or row.get(key) or ""
        return f'<td class="code{" source" if key == "source" else ""}">{escape(str(text))}</td>'
    file, line = row.get("file"), row.get("line")
    if not file:
        return "<td></td>"
    place = file.rpartition("/")[2] + (f":{line}" if line is not None else "")
    return f'<td class=code title="{escape(file, quote=True)}">{escape(place)}</td>'
