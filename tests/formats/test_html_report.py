"""The HTML report: one file that loads nothing, in which every text stays a text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from made_files import Tools, profile_of

from jupyterlab_hotspots.formats import html_file, html_tables, importing
from jupyterlab_hotspots.profiles.profile import Measurements, Profile
from jupyterlab_hotspots.profiles.rows import FunctionRow, LineRow, NodeRow, ProfileWarning, SiteRow, TelemetryRow
from jupyterlab_hotspots.profiles.run_info import TargetInfo
from jupyterlab_hotspots.profiles.tables import build

EVIL = """"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;</td></title></style>"""


class Page(HTMLParser):
    """Elements with their attributes, and the texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def report(name: str, rows: int = 2) -> str:
    functions = build(
        FunctionRow,
        {
            "function": [f"{name}{row}" for row in range(rows)],
            "file": [f"/a/{name}.py"] * rows,
            "line": list(range(1, rows + 1)),
            "own_s": [1.5 / (row + 1) for row in range(rows)],
        },
    )
    lines = build(LineRow, {"file": [f"/a/{name}.py"], "line": [3], "source": [f"  {name}"], "time_s": [0.5]})
    sites = build(SiteRow, {"type": [name], "size_bytes": [1 << 20], "count": [3]})
    warnings = (ProfileWarning(code="x", message=name, hint=name),)
    telemetry = build(TelemetryRow, {"t_s": [0.0, 1.0, 2.0], "cpu_percent": [0.0, 90.0, 45.0]})
    run = profile_of(
        Measurements(),
        target=TargetInfo(kind="script", name=name, args=(name,)),
        profiler=name,
        reason=name,
        host=name,
        python=name,
        wall_s=75.0,
    ).run
    measurements = Measurements(functions=functions, lines=lines, sites=sites, warnings=warnings)
    return html_file.page(Profile(run, measurements, telemetry))


def test_hostile_names_stay_texts() -> None:
    tame, evil = Page(report("name")), Page(report(EVIL))
    shape = [(tag, sorted(attributes)) for tag, attributes in tame.elements]
    assert [(tag, sorted(attributes)) for tag, attributes in evil.elements] == shape
    assert sum(EVIL in text for text in evil.texts) >= 8


def test_nothing_is_loaded_and_no_other_script_runs() -> None:
    text = report(EVIL)
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "img", "object", "base"), tag
        assert not {"src", "href"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in text.replace(EVIL, "")
    policy = next(attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes)
    assert policy is not None and policy.startswith("default-src 'none'")
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[-1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and "alert" not in scripts[-1]


def test_it_shows_what_was_measured_and_nothing_else() -> None:
    text = report("name")
    for words in ("1.50 s", "66.7 %", "1.05 MB", "name.py:1", "75.0 s", "prefers-color-scheme: dark"):
        assert words in text, words
    assert "Peak memory" not in text and "CPU time" not in text
    assert "No table was measured" in html_file.page(profile_of(Measurements()))


def test_a_long_table_says_that_it_is_cut() -> None:
    text = report("f", rows=html_tables.MOST_ROWS + 200)
    assert "the first 500 of 700" in text
    assert text.count("<tr>") == html_tables.MOST_ROWS + 5


def test_every_kind_of_profile_has_a_report(made: Tools) -> None:
    for name in ("prof", "lprof", "pyisession", "scalene", "memray"):
        measurements = importing.read_file(made(name)).measurements
        page = Page(html_file.page(profile_of(measurements)))
        assert any("loop" in text for text in page.texts) or name == "memray"
        assert [tag for tag, _ in page.elements].count("table") >= 1


def test_sizes_are_those_of_the_terminal() -> None:
    sites = build(SiteRow, {"type": ["x"], "size_bytes": [206_700_000], "count": [3]})
    run = profile_of(Measurements(), peak_rss_bytes=206_700_000).run
    text = html_file.page(Profile(run, Measurements(sites=sites)))
    assert text.count("207 MB") == 2 and "197" not in text


def test_what_keeps_objects_alive_can_be_unfolded() -> None:
    names = ["list", "x.store", f"my.{EVIL}", *(f"holder{n}" for n in range(25)), "my.root"]
    parents = [None, 0, None, *[2] * 25, 27]
    columns = {"name": names, "parent": parents, "kind": ["object"] * len(names)}
    tree = build(NodeRow, {**columns, "size_bytes": [9_000_000, None, 5_000, *[100] * 26]})
    sites = build(SiteRow, {"type": ["list", f"my.{EVIL}"], "node": [0, 2], "origin": ["builtin", "own"]})
    text = html_file.page(profile_of(Measurements(sites=sites, tree=tree)))
    page = Page(text)
    assert [tag for tag, _ in page.elements].count("details") == 2
    everything = "".join(page.texts)
    assert "9.00 MB" in everything and "x.store" in everything and "… and 5 more" in everything
    below = text.partition("What keeps it alive")[2]
    assert below.index("my.") < below.index("list"), "the user's own types come first"
    assert not any(tag in ("img", "iframe") for tag, _ in page.elements) and EVIL in everything
    functions = html_file.page(profile_of(Measurements(tree=build(NodeRow, {"name": ["work"], "own_s": [1.0]}))))
    assert "<details" not in functions
