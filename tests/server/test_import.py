"""`POST import`: a file that the server can read, or one that is sent."""

from __future__ import annotations

import cProfile
import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyterlab_hotspots.formats import registry


@pytest.fixture
def prof(jp_root_dir: Path) -> Path:
    path = jp_root_dir / "old" / "fit.prof"
    path.parent.mkdir()
    profile = cProfile.Profile()
    profile.runcall(json.dumps, [1, {"a": 2}])
    profile.dump_stats(path)
    return path


def _content(path: str | Path) -> bytes | None:
    return Path(path).read_bytes() if Path(path).exists() else None


async def test_a_file_by_its_path_becomes_a_run(rest: Any, prof: Path) -> None:
    status, summary = await rest("POST", "import", body={"path": "old/fit.prof"})
    assert (status, summary["status"], summary["by"]) == (201, "succeeded", "import")
    assert summary["target"]["path"] == str(prof)
    status, answer = await rest("GET", "runs", summary["id"])
    assert status == 200 and answer["summary"] == summary and answer["warnings"] == []
    _, table = await rest("GET", "runs", summary["id"], "tables", name="functions", sort="-calls")
    assert "dumps" in table["data"]["function"]
    _, runs = await rest("GET", "runs")
    assert [run["id"] for run in runs["runs"]] == [summary["id"]]


async def test_a_file_that_is_sent_is_kept_with_its_run(jp_fetch: Any, rest: Any, prof: Path) -> None:
    data = _content(prof)
    response = await jp_fetch("hotspots", "import", method="POST", body=data, params={"name": "../../my fit.prof"})
    summary = json.loads(response.body)
    assert response.code == 201 and summary["target"]["name"] == "my fit.prof"
    assert _content(summary["target"]["path"]) == data
    status, _ = await rest("DELETE", "runs", summary["id"])
    assert status == 204 and _content(summary["target"]["path"]) is None


async def test_its_events_tell_that_it_is_over(rest: Any, prof: Path, socket: Any) -> None:
    _, summary = await rest("POST", "import", body={"path": str(prof)})
    client = await socket()
    await client.send(subscribe=summary["id"], seq=0)
    events = await client.until_finished(summary["id"])
    assert events[-1]["info"]["status"] == "succeeded"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"path": ""}, 400),
        ({"path": "../outside.prof"}, 400),
        ({"path": "missing.prof"}, 404),
        ({"path": "old"}, 400),
        ({"path": "old/fit.prof", "format": "gif"}, 400),
        ({"path": "old/fit.prof", "format": "json"}, 400),
        ({"path": "a\0b"}, 400),
        ({"path": 7}, 400),
        ({}, 400),
    ],
)
async def test_what_cannot_be_imported_is_answered_in_words(
    rest: Any, prof: Path, body: dict[str, Any], expected: int
) -> None:
    status, answer = await rest("POST", "import", body=body)
    assert status == expected, answer
    assert answer["message"] and answer["hint"]


async def test_what_is_sent_and_is_no_profile_is_refused(jp_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as error:
        await jp_fetch("hotspots", "import", method="POST", body=b"nothing", params={"name": "x.prof"})
    assert error.value.code == 400 and error.value.response is not None
    assert json.loads(error.value.response.body)["reason"] == "bad_file"


async def test_every_writer_is_known_to_the_export(jp_fetch: Any, rest: Any, prof: Path) -> None:
    _, summary = await rest("POST", "import", body={"path": str(prof)})
    for one in registry.FORMATS:
        if not one.writes:
            continue
        fetched = jp_fetch("hotspots", "runs", summary["id"], "export", params={"format": one.name})
        if one.name in ("line-report", "collapsed", "chrome-trace", "scalene"):  # nothing of it is in a .prof
            with pytest.raises(HTTPClientError) as error:
                await fetched
            assert error.value.code == 400
            continue
        response = await fetched
        assert response.code == 200 and response.body
        assert response.headers["Content-Type"] == one.media_type
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''fit.")
    response = await jp_fetch("hotspots", "runs", summary["id"], "export", params={"format": "csv", "table": "edges"})
    assert response.body.startswith(b"caller,callee,")
    status, answer = await rest("GET", "runs", summary["id"], "export", format="csv", table="lines")
    assert status == 400 and "functions" in answer["hint"]
    status, answer = await rest("GET", "runs", summary["id"], "export", format="memray")
    assert status == 400 and answer["hint"]


@pytest.mark.parametrize("name", ["..", ".", "old/.."])
async def test_what_is_sent_needs_a_name_of_its_own(jp_fetch: Any, prof: Path, name: str) -> None:
    with pytest.raises(HTTPClientError) as error:
        await jp_fetch("hotspots", "import", method="POST", body=_content(prof), params={"name": name})
    assert error.value.code == 400
