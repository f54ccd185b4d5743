"""Writes the JSON Schemas that are kept in `schema/`, or checks that they are fresh.

    python -m jupyterlab_hotspots.server.schemas --write schema
    python -m jupyterlab_hotspots.server.schemas --check schema

The output depends on the structs alone, so a difference is a real one.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from jupyterlab_hotspots.profiles.document import json_schema, on_one_line
from jupyterlab_hotspots.server.messages import MESSAGES, Event

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def rest_schema() -> dict[str, Any]:
    """The schema of all messages: an object with one property for each, so that generators reach every definition."""
    (*_, event), definitions = msgspec.json.schema_components([*MESSAGES, Event])
    definitions["Event"] = {
        "title": "Event",
        "description": "Anything the WebSocket sends, told apart by `type`.",
        **event,
    }
    names = [*(message.__name__ for message in MESSAGES), "Event"]
    return {
        "$schema": _DIALECT,
        "title": "HotspotsMessages",
        "description": "Every message of the REST routes and the WebSocket. Generated from server/messages.py.",
        "type": "object",
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names},
        "$defs": {name: on_one_line(schema) for name, schema in definitions.items()},
    }


def schema_files() -> dict[str, str]:
    """File name → content, as they should stand in `schema/`."""
    schemas = {"profile.schema.json": json_schema(), "rest.schema.json": rest_schema()}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def main(arguments: list[str] | None = None) -> int:
    """Write or check; returns the exit status (1: a file is stale)."""
    parser = argparse.ArgumentParser(prog="python -m jupyterlab_hotspots.server.schemas", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", type=Path, metavar="DIR", help="write the schemas into DIR")
    action.add_argument("--check", type=Path, metavar="DIR", help="fail if a schema in DIR is not fresh")
    options = parser.parse_args(arguments)
    if options.write is not None:
        options.write.mkdir(parents=True, exist_ok=True)
        for name, text in schema_files().items():
            (options.write / name).write_text(text, encoding="utf-8")
        return 0
    stale = False
    for name, text in schema_files().items():
        file = options.check / name
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        if kept != text:
            stale = True
            lines = difflib.unified_diff(
                kept.splitlines(), text.splitlines(), f"{name} (kept)", f"{name} (fresh)", lineterm="", n=1
            )
            print("\n".join(list(lines)[:40]), file=sys.stderr)
    if stale:
        print("The schemas are stale: write them again with --write and commit them.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
