"""Runs by REST, on a real server, with real processes."""

from __future__ import annotations

import asyncio
import json
import marshal
import os
import sys
import threading
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tornado.httpclient import HTTPClientError

from jupyterlab_hotspots.profiles.document import json_schema
from jupyterlab_hotspots.runs.files import write_json
from jupyterlab_hotspots.runs.ulid import new_id
from jupyterlab_hotspots.server.schemas import rest_schema
from jupyterlab_hotspots.store.history import Store

NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
SCHEMA = rest_schema()


def conforms(answer: object, message: str) -> None:
    jsonschema.validate(answer, {**SCHEMA, "type": "object", "properties": {}, "$ref": f"#/$defs/{message}"})


async def test_a_run_from_the_button_to_its_tables(rest: Any, start_run: Any, until: Any, jp_root_dir: Path) -> None:
    run = await start_run()
    summary = await until(run)
    assert (summary["status"], summary["exit_code"], summary["by"]) == ("succeeded", 0, "lab")
    assert summary["cwd"] == str(jp_root_dir / "survey")
    assert summary["wall_s"] > 0.3

    _, listed = await rest("GET", "runs")
    conforms(listed, "RunsAnswer")
    assert ([one["id"] for one in listed["runs"]], listed["total"], listed["next"]) == ([run], 1, None)

    _, detail = await rest("GET", "runs", run)
    conforms(detail, "RunAnswer")
    assert detail["summary"] == summary
    assert detail["request"]["target"]["args"] == ["0.3"]
    assert detail["last_seq"] > 2

    _, table = await rest("GET", "runs", run, "tables", sort="-own_s", limit=3)
    conforms(table, "TableAnswer")
    assert "spin" in table["data"]["function"]
    assert len(table["data"]["own_s"]) == 3
    assert table["data"]["own_s"] == sorted(table["data"]["own_s"], reverse=True)
    assert {column["name"]: column["unit"] for column in table["columns"]}["own_s"] == "s"

    _, own = await rest("GET", "runs", run, "tables", library="hide")
    assert set(own["data"]["origin"]) == {"own"}
    assert own["hidden"] == table["total"] - len(own["data"]["function"]) > 0

    _, found = await rest("GET", "runs", run, "tables", filter="spin.py spin", sort="function")
    assert found["data"]["function"][-1] == "spin"
    assert found["matched"] < found["total"]

    _, tree = await rest("GET", "runs", run, "tree")
    conforms(tree, "TreeAnswer")
    assert {"caller", "callee"} <= tree["nodes"].keys()
    _, none = await rest("GET", "runs", run, "tree", parent=-1)
    conforms(none, "BranchesAnswer")
    assert (none["siblings"], none["data"]) == (0, {})

    _, telemetry = await rest("GET", "runs", run, "telemetry")
    conforms(telemetry, "TelemetryAnswer")
    assert len(telemetry["columns"]["t_s"]) >= 2
    assert telemetry["limits"]["host_cores"] == os.cpu_count()

    status, profile = await rest("GET", "runs", run, "profile")
    assert (status, profile["run"]["id"], profile["schema"]) == (200, run, 1)
    jsonschema.validate(profile, json_schema())


async def test_a_tree_is_unfolded_node_by_node(rest: Any, start_run: Any, until: Any) -> None:
    run = await start_run(0.2, profiler="heap")
    await until(run)
    _, tree = await rest("GET", "runs", run, "tree")
    names, parents = tree["nodes"]["name"], tree["nodes"]["parent"]
    _, roots = await rest("GET", "runs", run, "tree", parent=-1)
    conforms(roots, "BranchesAnswer")
    assert (roots["measure"], roots["unit"], roots["is_summed"]) == ("size_bytes", "bytes", False)
    assert roots["siblings"] == len(roots["data"]["row"]) == parents.count(None) > 1
    assert roots["data"]["total"] == sorted(roots["data"]["total"], reverse=True)
    row = next(row for row, count in zip(roots["data"]["row"], roots["data"]["children"], strict=True) if count)
    _, below = await rest("GET", "runs", run, "tree", parent=row, limit=1)
    conforms(below, "BranchesAnswer")
    assert below["siblings"] == parents.count(row)
    assert names[below["data"]["row"][0]] == below["data"]["name"][0]
    assert parents[below["data"]["row"][0]] == row
    status, answer = await rest("GET", "runs", run, "tree", parent=len(names))
    assert (status, answer["reason"]) == (400, "bad_request")


async def test_the_profilers_say_what_this_server_is(rest: Any, jp_root_dir: Path) -> None:
    status, answer = await rest("GET", "profilers")
    assert status == 200
    conforms(answer, "ProfilersAnswer")
    assert (answer["root"], answer["python"]) == (str(jp_root_dir), sys.executable)
    assert "cprofile" in [one["name"] for one in answer["profilers"]]
    assert {"name": "pstats", "title": "cProfile (pstats)", "suffix": ".prof"}.items() <= answer["formats"][0].items()


async def test_while_it_runs_the_tables_are_live(rest: Any, start_run: Any, until: Any) -> None:
    run = await start_run(20)
    await until(run, "running")
    for _ in range(200):
        _, table = await rest("GET", "runs", run, "tables")
        if table["total"]:
            break
        await asyncio.sleep(0.05)
    assert "spin" in table["data"]["function"]
    assert 0 < max(table["data"]["own_share"]) <= 1
    _, telemetry = await rest("GET", "runs", run, "telemetry")
    conforms(telemetry, "TelemetryAnswer")
    file = next(file for file in table["data"]["file"] if file and file.endswith("spin.py"))
    status, source = await rest("GET", "runs", run, "source", file=file)
    assert (status, source["contents_path"]) == (200, "survey/spin.py")
    status, answer = await rest("GET", "runs", run, "profile")
    assert (status, answer["reason"]) == (409, "run_not_over")
    status, answer = await rest("DELETE", "runs", run)
    assert (status, answer["reason"]) == (409, "run_is_running")
    status, answer = await rest("POST", "runs", run, "cancel")
    assert status == 202
    conforms(answer, "RunSummary")
    summary = await until(run)
    assert summary["status"] == "cancelled"
    _, table = await rest("GET", "runs", run, "tables")
    assert "spin" in table["data"]["function"], "what ran before is kept"
    status, answer = await rest("POST", "runs", run, "cancel")
    assert (status, answer["reason"]) == (409, "has_ended")
    assert (await rest("DELETE", "runs", run))[0] == 204
    assert (await rest("GET", "runs", run))[0] == 404
    assert (await rest("GET", "runs"))[1]["total"] == 0


async def test_output_comes_by_whole_characters(rest: Any, start_run: Any, until: Any, store_folder: Path) -> None:
    run = await start_run(0.1)
    await until(run)
    _, answer = await rest("GET", "runs", run, "output")
    conforms(answer, "OutputAnswer")
    assert answer["text"] == "begin\nend ☂\n"
    assert answer["next"] == answer["size"] == 14
    for limit in (1, 4, 5, 11, 12, 13):
        text, offset = "", 0
        while offset < 14:
            _, piece = await rest("GET", "runs", run, "output", offset=offset, limit=limit)
            assert piece["offset"] == offset < piece["next"]
            text, offset = text + piece["text"], piece["next"]
        assert text == "begin\nend ☂\n"
    for last, text in ((2, "\n"), (3, "\n"), (4, "☂\n"), (100, "begin\nend ☂\n")):
        _, answer = await rest("GET", "runs", run, "output", offset=-last)
        assert answer["text"] == text
    (store_folder / "runs" / run / "stderr.log").write_bytes(b"bad \xff\xfe byte \xe2\x98")
    _, answer = await rest("GET", "runs", run, "output", stream="stderr")
    assert answer["text"] == "bad \ufffd\ufffd byte \ufffd"
    assert (await rest("GET", "runs", run, "output", stream="dmesg"))[0] == 400


async def test_only_files_of_the_run_are_shown(rest: Any, start_run: Any, until: Any, jp_root_dir: Path) -> None:
    run = await start_run(0.1)
    await until(run)
    script = jp_root_dir / "survey" / "spin.py"
    status, answer = await rest("GET", "runs", run, "source", file=str(script))
    conforms(answer, "SourceAnswer")
    assert (status, answer["text"], answer["changed"]) == (200, script.read_text(), False)
    secret = jp_root_dir / "secret.txt"
    secret.write_text("secret")
    for file in (str(secret), "/etc/passwd", "survey/../secret.txt", str(script.parent / ".." / "secret.txt"), ""):
        status, answer = await rest("GET", "runs", run, "source", file=file)
        assert status in (400, 404)
        assert answer.keys() == {"message", "reason", "hint"}
    script.write_text("# größer\n", encoding="utf-8")
    _, answer = await rest("GET", "runs", run, "source", file=str(script))
    assert (answer["text"], answer["changed"]) == ("# größer\n", True)
    script.unlink()
    status, answer = await rest("GET", "runs", run, "source", file=str(script))
    assert (status, answer["reason"]) == (404, "source_gone")


async def test_the_export_is_what_pstats_reads(jp_fetch: Any, rest: Any, start_run: Any, until: Any) -> None:
    run = await start_run(0.1)
    await until(run)
    response = await jp_fetch("hotspots", "runs", run, "export", params={"format": "pstats"})
    stats = marshal.loads(response.body)
    assert "spin" in {name for _, _, name in stats}
    assert response.headers["Content-Disposition"].endswith("spin.prof")
    status, answer = await rest("GET", "runs", run, "export", format="excel")
    assert (status, answer.keys()) == (400, {"message", "reason", "hint"})


async def test_runs_wait_for_their_turn(rest: Any, start_run: Any, until: Any, jp_serverapp: Any) -> None:
    first, second = await start_run(20), await start_run(0.1)
    await until(first, "running")
    await asyncio.sleep(0.5)
    _, waiting = await rest("GET", "runs", second)
    assert waiting["summary"]["status"] == "queued"
    assert [one["id"] for one in (await rest("GET", "runs", status="queued,lost"))[1]["runs"]] == [second]
    await rest("POST", "runs", first, "cancel")
    assert (await until(second))["status"] == "succeeded"


async def test_a_queued_run_can_be_cancelled_and_another_one_deleted(rest: Any, start_run: Any, until: Any) -> None:
    first, second, third = [await start_run(seconds) for seconds in (20, 0.1, 0.1)]
    await until(first, "running")
    assert (await rest("POST", "runs", second, "cancel"))[0] == 202
    assert (await until(second))["status"] == "cancelled"
    assert (await rest("DELETE", "runs", third))[0] == 204
    await rest("POST", "runs", first, "cancel")
    await until(first)
    assert {one["id"] for one in (await rest("GET", "runs"))[1]["runs"]} == {first, second}


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b"\xff\xfe", 400, "bad_request"),
        (b"", 400, "bad_request"),
        (b'{"target": {"kind": "script", "path": "a.py"}, "sudo": true}', 400, "bad_request"),
        (b'{"target": {"kind": "script", "path": "a.py", "args": "x"}}', 400, "bad_request"),
        (b'{"target": {"kind": "script"}}', 400, "bad_target"),
        (b'{"target": {"kind": "cell"}}', 400, "bad_target"),
        (b'{"target": {"kind": "module", "module": "a/b"}}', 400, "bad_target"),
        (b'{"target": {"kind": "script", "path": "missing.py"}}', 404, "target_not_found"),
        (b'{"target": {"kind": "script", "path": "../out.py"}}', 400, "bad_path"),
        (b'{"target": {"kind": "module", "module": "this"}, "cwd": "../.."}', 400, "bad_path"),
        (b'{"target": {"kind": "module", "module": "this"}, "cwd": "nowhere"}', 400, "bad_cwd"),
        (b'{"target": {"kind": "module", "module": "this"}, "python": "/nowhere"}', 400, "python_not_found"),
        (b'{"target": {"kind": "module", "module": "this"}, "profiler": "../x"}', 400, "no_profiler"),
        (b'{"target": {"kind": "module", "module": "this"}, "timeout_s": -1}', 400, "bad_request"),
        (b'{"target": {"kind": "module", "module": "this"}, "timeout_s": 1e308}', 400, "bad_request"),
        (b'{"target": {"kind": "module", "module": "this"}, "options": {"rate": -5}}', 400, "bad_option"),
        (b'{"target": {"kind": "module", "module": "this"}, "env": {"A=B": "c"}}', 400, "bad_request"),
    ],
)
async def test_a_bad_request_makes_no_run_and_says_why(
    rest: Any, jp_fetch: Any, body: bytes, status: int, reason: str
) -> None:
    with pytest.raises(HTTPClientError) as error:
        await jp_fetch("hotspots", "runs", method="POST", body=body)
    answer = json.loads(error.value.response.body)  # type: ignore[union-attr]
    assert (error.value.code, answer["reason"]) == (status, reason)
    assert answer["message"] and answer["hint"]
    conforms(answer, "ErrorAnswer")
    assert (await rest("GET", "runs"))[1]["total"] == 0


@pytest.mark.parametrize("run", [NOBODY, "..", "%2e%2e", "....", NOBODY.lower(), "9" * 26, "runs", NOBODY + ".json"])
@pytest.mark.parametrize("what", ["", "profile", "tables", "tree", "telemetry", "output", "source", "export", "cancel"])
async def test_what_is_no_run_is_not_found(
    jp_fetch: Any, http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str], run: str, what: str
) -> None:
    url = f"{jp_base_url}hotspots/runs/{run}" + (f"/{what}?file=x" if what else "")
    method = "POST" if what == "cancel" else "GET"
    response = await http_server_client.fetch(
        url, method=method, headers=jp_auth_header, raise_error=False, allow_nonstandard_methods=True
    )
    assert response.code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "many"},
        {"limit": "0"},
        {"status": "dancing"},
    ],
)
async def test_a_bad_query_of_the_list_is_said(rest: Any, query: dict[str, str]) -> None:
    status, answer = await rest("GET", "runs", **query)
    assert (status, answer["reason"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "query",
    [{"name": "secrets"}, {"sort": "-nothing"}, {"offset": "-1"}, {"limit": "x"}, {"library": "maybe"}],
)
async def test_a_bad_query_of_a_table_is_said(rest: Any, start_run: Any, until: Any, query: dict[str, str]) -> None:
    run = await start_run(0.05)
    await until(run)
    status, answer = await rest("GET", "runs", run, "tables", **query)
    assert (status, answer["reason"]) == (400, "bad_request")


async def test_a_table_that_was_not_measured_has_no_columns(rest: Any, start_run: Any, until: Any) -> None:
    run = await start_run(0.05)
    await until(run)
    status, answer = await rest("GET", "runs", run, "tables", name="lines")
    assert (status, answer["columns"], answer["total"]) == (200, [], 0)


@pytest.mark.parametrize(("given", "meant"), [("/", "."), ("/survey", "survey"), ("/usr", "/usr")])
async def test_a_slash_means_the_labs_root_where_the_disk_has_nothing_there(
    rest: Any, until: Any, jp_root_dir: Path, script: str, given: str, meant: str
) -> None:
    (jp_root_dir / "usr").mkdir()
    body = {"target": {"kind": "script", "path": f"/{script}", "args": ["0"]}, "cwd": given}
    status, summary = await rest("POST", "runs", body=body)
    assert (status, summary["cwd"]) == (201, str(jp_root_dir / meant))
    assert (await until(summary["id"]))["status"] == "succeeded"


async def test_a_run_that_fails_says_why(rest: Any, until: Any, jp_root_dir: Path) -> None:
    (jp_root_dir / "broken.py").write_text("x = (\n")
    _, summary = await rest("POST", "runs", body={"target": {"kind": "script", "path": "broken.py"}})
    summary = await until(summary["id"])
    assert summary["status"] == "failed"
    assert "SyntaxError" in summary["reason"]
    status, detail = await rest("GET", "runs", summary["id"])
    assert status == 200
    conforms(detail, "RunAnswer")
    assert (await rest("GET", "runs", summary["id"], "tables"))[0] == 200


async def test_an_unknown_route_and_method_have_the_same_shape_of_error(rest: Any) -> None:
    status, answer = await rest("DELETE", "runs")
    assert status == 405
    conforms(answer, "ErrorAnswer")


async def test_a_run_counts_as_activity(rest: Any, start_run: Any, until: Any, jp_serverapp: Any) -> None:
    times = jp_serverapp.web_app.settings["last_activity_times"]
    before = times["hotspots"]
    run = await start_run(0.5)
    await until(run, "running")
    for _ in range(100):
        if times["hotspots"] > before:
            break
        await asyncio.sleep(0.05)
    assert times["hotspots"] > before
    assert jp_serverapp.web_app.last_activity() >= times["hotspots"]
    await until(run)


class TestWithoutAStore:
    @pytest.fixture
    def store_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setenv("HOTSPOTS_STORE", str(tmp_path / "file" / "store"))
        return tmp_path / "file"

    async def test_a_store_that_cannot_be_used_is_said_and_found_once_it_can(
        self, rest: Any, store_folder: Path
    ) -> None:
        status, answer = await rest("GET", "runs")
        assert (status, answer["reason"]) == (503, "store_unusable")
        assert "HOTSPOTS_STORE" in answer["hint"]
        assert (await rest("GET", "profilers"))[0] == 200
        await asyncio.to_thread(store_folder.unlink)
        assert (await rest("GET", "runs"))[1]["total"] == 0


async def test_the_history_is_paged(rest: Any, start_run: Any, until: Any) -> None:
    runs = [await start_run(0.05) for _ in range(3)]
    for run in runs:
        await until(run)
    _, first = await rest("GET", "runs", limit=2)
    _, second = await rest("GET", "runs", limit=2, before=first["next"])
    assert [one["id"] for one in first["runs"] + second["runs"]] == runs[::-1]
    assert (first["total"], second["next"]) == (3, None)
    assert (await rest("GET", "runs", before=new_id()))[1]["total"] == 3


def read_directories(store_folder: Path) -> None:
    store = Store(store_folder)
    store.rebuild()
    store.close()


async def test_a_page_of_the_history_has_at_most_a_thousand_runs(rest: Any, store_folder: Path) -> None:
    ids = [new_id() for _ in range(1001)]
    for one in ids:
        target = {"kind": "script", "name": "fit.py", "path": "/fit.py"}
        info = {"id": one, "status": "succeeded", "target": target, "profiler": "cprofile", "created": "2026-11-21"}
        folder = store_folder / "runs" / one
        folder.mkdir(parents=True)
        write_json(folder / "run.json", info)
        write_json(folder / "result.json", info)
    await asyncio.to_thread(read_directories, store_folder)
    _, answer = await rest("GET", "runs", limit=1000)
    assert answer["total"] == 1001
    assert [one["id"] for one in answer["runs"]] == ids[:0:-1]
    assert answer["next"] == ids[1]
    _, more = await rest("GET", "runs", limit=5000)
    assert len(more["runs"]) == 1000


async def test_no_answer_is_encoded_on_the_event_loop(
    rest: Any, start_run: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tree of a million edges takes a second to encode, in which the loop would answer nobody."""
    encode, threads = msgspec.json.encode, list[int]()

    def noted(message: Any, **options: Any) -> bytes:
        threads.append(threading.get_ident())
        return encode(message, **options)

    monkeypatch.setattr(msgspec.json, "encode", noted)
    run = await start_run(0.05)
    await until(run)
    for path in ([], ["tables"], ["tree"], ["telemetry"], ["output"], ["profile"]):
        before = len(threads)
        assert (await rest("GET", "runs", run, *path))[0] == 200
        assert len(threads) > before, path
    for path in ("runs", "profilers"):
        await rest("GET", path)
    assert threading.get_ident() not in threads
