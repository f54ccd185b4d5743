"""The commands that the documentation names are those there are."""

from __future__ import annotations

import re
from pathlib import Path

from jupyterlab_hotspots.cli.command_line import COMMANDS

CHECKOUT = Path(__file__).resolve().parents[2]


def test_every_command_stands_in_the_table_of_commands() -> None:
    table = (CHECKOUT / "docs" / "using.md").read_text().partition("| command | does |")[2].partition("\n\n")[0]
    assert {*re.findall(r"^\| `([a-z]+)", table, re.MULTILINE)} == COMMANDS.keys()


def test_no_command_is_shown_that_does_not_exist() -> None:
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md"), *(CHECKOUT / "examples").glob("*.ipynb")]
    shown = {word for page in pages for word in re.findall(r"jupyter[ -]hotspots ([a-z]+)\b", page.read_text())}
    assert {"run", "show", "export"} <= shown <= COMMANDS.keys()
