"""The schemas in `schema/` are those of the structs."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import msgspec
import pytest

from jupyterlab_hotspots.server import schemas
from jupyterlab_hotspots.server.messages import MESSAGES, Event, RunBody

KEPT = Path(__file__).resolve().parents[2] / "schema"


def test_the_kept_schemas_are_fresh() -> None:
    assert schemas.main(["--check", str(KEPT)]) == 0


def test_a_stale_schema_is_seen_and_written_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert schemas.main(["--check", str(tmp_path)]) == 1
    assert schemas.main(["--write", str(tmp_path)]) == 0
    assert schemas.main(["--check", str(tmp_path)]) == 0
    stale = tmp_path / "rest.schema.json"
    stale.write_text(stale.read_text().replace('"peak_rss_bytes"', '"peak"'))
    capsys.readouterr()
    assert schemas.main(["--check", str(tmp_path)]) == 1
    assert "peak_rss_bytes" in capsys.readouterr().err


def test_they_are_schemas_and_hold_every_message_and_event() -> None:
    schema = schemas.rest_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    names = {message.__name__ for message in MESSAGES}
    events = {kind.__name__ for kind in Event.__args__}  # type: ignore[attr-defined]
    assert names | events | {"Event"} <= schema["$defs"].keys()
    assert names | {"Event"} == schema["properties"].keys()


def test_what_the_schema_of_a_body_allows_is_what_is_understood() -> None:
    schema = {**schemas.rest_schema(), "$ref": "#/$defs/RunBody"}
    for text in (b'{"target": {"kind": "script", "path": "a.py"}}', b'{"target": {"kind": "script"}, "cwd": null}'):
        jsonschema.validate(msgspec.json.decode(text), schema)
        msgspec.json.decode(text, type=RunBody)
    for text in (b'{"target": {"kind": "script", "nmae": ""}}', b'{"target": {"kind": "dance"}}', b"{}"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(msgspec.json.decode(text), schema)
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(text, type=RunBody)
