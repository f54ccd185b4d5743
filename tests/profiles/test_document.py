from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from made_profiles import profiles, quickly, run_info, table_of

from jupyterlab_hotspots.errors import BadRequest, HotspotsError
from jupyterlab_hotspots.profiles.document import (
    GroupDocument,
    decode,
    encode,
    from_document,
    json_schema,
    to_document,
)
from jupyterlab_hotspots.profiles.profile import ROWS, Measurements, Profile
from jupyterlab_hotspots.profiles.rows import (
    EdgeRow,
    FunctionRow,
    LineRow,
    NodeRow,
    ProfileWarning,
    SampleRow,
    TelemetryRow,
)

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


MAIN = {
    "function": "main",
    "file": "/a.py",
    "line": 1,
    "origin": "own",
    "calls": 1,
    "own_s": 1.0,
    "total_s": 4.0,
}
SLEEP = {
    "function": "<built-in method time.sleep>",
    "file": None,
    "line": None,
    "origin": "builtin",
    "calls": 3,
    "own_s": 3.0,
    "total_s": 3.0,
}
LINE = {"file": "/a.py", "line": 2, "function": "main", "hits": 3, "time_s": 3.0}
NODES = [{"parent": None, "name": "main", "own_s": 1.0}, {"parent": 0, "name": "sleep", "own_s": 3.0}]
TELEMETRY = [{"t_s": 0.0, "cpu_percent": 1.0, "uss_bytes": 9}, {"t_s": 0.1, "cpu_percent": 2.0, "uss_bytes": None}]


def small_profile() -> Profile:
    return Profile(
        run=run_info(wall_s=4.5, code_s=4.0, python="3.11.7"),
        measurements=Measurements(
            functions=table_of(FunctionRow, [MAIN, SLEEP]),
            edges=table_of(EdgeRow, [{"caller": 0, "callee": 1, "calls": 3, "total_s": 3.0}]),
            lines=table_of(LineRow, [LINE]),
            tree=table_of(NodeRow, NODES),
            samples=table_of(SampleRow, [{"t_s": 0.5, "node": 1, "idle": True}]),
            warnings=(ProfileWarning(code="foreign-profiler", message="It set a profiler.", hint="Remove it."),),
        ),
        telemetry=table_of(TelemetryRow, TELEMETRY),
    )


@quickly
@given(profiles)
def test_a_profile_comes_back_from_json_as_it_was(profile: Profile) -> None:
    text = encode(to_document(profile))
    VALIDATOR.validate(json.loads(text))
    back = from_document(decode(text))
    assert back.run == profile.run
    assert back.measurements.warnings == profile.measurements.warnings
    for name in ROWS:
        before, after = profile.table(name), back.table(name)
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert after.num_rows == before.num_rows
            if before.num_rows:
                assert after.column_names == before.column_names
                assert after.to_pydict() == before.to_pydict()


def test_the_document_has_the_shape_of_the_contract() -> None:
    document = json.loads(encode(to_document(small_profile())))
    assert document["schema"] == 1
    assert document["run"]["target"] == {
        "kind": "script",
        "name": "work.py",
        "path": "/home/ann/work.py",
        "args": ["--fast"],
    }
    assert (document["run"]["wall_s"], document["run"]["code_s"]) == (4.5, 4.0)
    assert document["functions"][0] == {**MAIN, "own_share": 0.25, "total_share": 1.0}
    assert document["lines"] == [{**LINE, "share": 0.75, "share_of_function": 1.0}]
    assert document["edges"] == {"caller": [0], "callee": [1], "calls": [3], "total_s": [3.0]}
    assert document["tree"] == {"parent": [None, 0], "name": ["main", "sleep"], "own_s": [1.0, 3.0]}
    assert document["telemetry"] == {"t_s": [0.0, 0.1], "cpu_percent": [1.0, 2.0], "uss_bytes": [9, None]}
    assert document["warnings"][0]["code"] == "foreign-profiler"


def test_what_was_not_measured_is_absent() -> None:
    document = json.loads(encode(to_document(small_profile())))
    sleep = document["functions"][1]
    assert "file" not in sleep and "line" not in sleep and sleep["origin"] == "builtin"
    assert "sites" not in document
    assert "signal" not in document["run"] and "cpu_s" not in document["run"]
    assert "null" not in json.dumps([document["run"], document["functions"], document["lines"]])


def test_the_schema_documents_every_field_and_its_unit() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for row in ("FunctionRow", "LineRow", "SiteRow", "NodeColumns", "TelemetryColumns"):
        for name, field in schema["$defs"][row]["properties"].items():
            assert field["description"], f"{row}.{name}"
            if name.endswith("_s") and not name.endswith("_per_s"):
                assert field["unit"] == "s", f"{row}.{name}"
            if name.endswith("_bytes"):
                assert field["unit"] == "bytes", f"{row}.{name}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"functions": [{"file": "/a.py"}]},
        {"functions": [{"function": "f", "own_s": "long"}]},
        {"functions": [{"function": "f", "origin": "theirs"}]},
        {"lines": [{"line": 1.5}]},
        {"telemetry": {"cpu_percent": [1.0]}},
        {"run": {"status": "done"}},
        {"schema": 0},
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_by_schema_and_reader_alike(wrong: dict[str, Any]) -> None:
    document = {**json.loads(encode(to_document(small_profile()))), **wrong}
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(BadRequest):
        decode(json.dumps(document))


def test_columns_that_do_not_fit_together_are_refused() -> None:
    document = json.loads(encode(to_document(small_profile())))
    document["telemetry"]["cpu_percent"].pop()
    with pytest.raises(HotspotsError, match="different lengths"):
        from_document(decode(json.dumps(document)))


@pytest.mark.parametrize("edges", [{"caller": [0], "callee": [2]}, {"caller": [-1], "callee": [0]}])
def test_a_reference_that_leads_nowhere_is_refused(edges: dict[str, list[int]]) -> None:
    document = {**json.loads(encode(to_document(small_profile()))), "edges": edges}
    with pytest.raises(HotspotsError, match="no row of the table `functions`"):
        from_document(decode(json.dumps(document)))


@pytest.mark.parametrize("parents", [[None, 1], [1, None], [None, 0, None, 0]])
def test_a_tree_out_of_order_is_refused(parents: list[int | None]) -> None:
    document = json.loads(encode(to_document(small_profile())))
    document["tree"] = {"parent": parents, "name": ["f"] * len(parents)}
    with pytest.raises(HotspotsError, match="preorder"):
        from_document(decode(json.dumps(document)))


def test_a_document_of_a_newer_version_says_so() -> None:
    with pytest.raises(BadRequest, match="form 2") as error:
        decode(b'{"schema": 2, "run": "something else"}')
    assert "Update" in error.value.hint


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]", b'{"schema": "1"}', b"null"])
def test_what_is_no_document_is_refused_with_a_sentence(text: bytes) -> None:
    with pytest.raises(BadRequest, match="not a profile"):
        decode(text)


def test_fields_of_a_later_addition_are_passed_over() -> None:
    document = json.loads(encode(to_document(small_profile())))
    document["functions"][0]["joules"] = 3.0
    assert VALIDATOR.is_valid(document)
    assert decode(json.dumps(document)) == to_document(small_profile())


def test_a_group_holds_whole_profiles() -> None:
    group = GroupDocument(schema=1, group="01JD0000000000000000GROUP", runs=[to_document(small_profile())])
    written = json.loads(encode(group))
    VALIDATOR.validate(written["runs"][0])
    assert msgspec.convert(written, GroupDocument) == group
