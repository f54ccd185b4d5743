"""Who may come in. Every route is visited: those of this list are compared with those of the application."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import HTTPClientError

from jupyterlab_hotspots.server.handlers import routes

RUN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
ROUTES = [
    ("GET", "profilers"),
    ("POST", "import"),
    ("GET", "runs"),
    ("POST", "runs"),
    ("GET", f"runs/{RUN}"),
    ("DELETE", f"runs/{RUN}"),
    ("POST", f"runs/{RUN}/cancel"),
    ("GET", f"runs/{RUN}/profile"),
    ("GET", f"runs/{RUN}/tables"),
    ("GET", f"runs/{RUN}/tree"),
    ("GET", f"runs/{RUN}/telemetry"),
    ("GET", f"runs/{RUN}/output"),
    ("GET", f"runs/{RUN}/source"),
    ("GET", f"runs/{RUN}/export"),
    ("GET", f"runs/{RUN}/snakeviz"),
]
SOCKETS = ["events"]
WRITING = [(method, path) for method, path in ROUTES if method != "GET"]


async def status_of(fetch: Any, method: str, path: str, **given: Any) -> tuple[int, dict[str, Any]]:
    try:
        response = await fetch("hotspots", *path.split("/"), method=method, allow_nonstandard_methods=True, **given)
    except HTTPClientError as error:
        body = error.response.body if error.response is not None else b""
        return error.code, json.loads(body) if body else {}
    return response.code, {}


def test_every_route_of_the_application_is_visited_here() -> None:
    visited = {(method, path.replace(RUN, "ID")) for method, path in ROUTES}
    there = set[tuple[str, str]]()
    for pattern, handler in routes():
        path = pattern.removeprefix("hotspots/").replace("(?P<run>[^/]+)", "ID")
        own = [method for method in ("get", "post", "put", "patch", "delete") if method in vars(handler)]
        assert own, handler
        there.update((method.upper(), path) for method in own if path not in SOCKETS)
    assert there == visited


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token", ["", "token wrong"])
async def test_nobody_comes_in_without_the_right_token(jp_fetch: Any, method: str, path: str, token: str) -> None:
    status, answer = await status_of(jp_fetch, method, path, headers={"Authorization": token})
    assert status in (401, 403)
    assert answer.keys() == {"message", "reason", "hint"}


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_page_of_another_site_is_refused_even_with_the_cookie(
    jp_fetch: Any, jp_serverapp: Any, http_server_client: Any, method: str, path: str
) -> None:
    cookie = await login_cookie(jp_serverapp, http_server_client)
    headers = {"Authorization": "", "Cookie": cookie, "Origin": "https://evil.example"}
    status, answer = await status_of(jp_fetch, method, path, headers=headers)
    assert status in (403, 404)
    assert "There is no run" not in answer["message"]


@pytest.mark.parametrize(("method", "path"), WRITING)
async def test_the_cookie_alone_changes_nothing_without_the_xsrf_token(
    jp_fetch: Any, jp_serverapp: Any, http_server_client: Any, method: str, path: str
) -> None:
    cookie = await login_cookie(jp_serverapp, http_server_client)
    status, answer = await status_of(jp_fetch, method, path, headers={"Authorization": "", "Cookie": cookie})
    assert status == 403
    assert "_xsrf" in answer["message"]


@pytest.mark.parametrize("token", ["", "token wrong"])
async def test_the_socket_opens_for_nobody_without_the_right_token(jp_ws_fetch: Any, token: str) -> None:
    with pytest.raises(HTTPClientError) as error:
        await jp_ws_fetch("hotspots", "events", headers={"Authorization": token})
    assert error.value.code == 403


async def test_the_socket_opens_for_no_other_site(
    jp_ws_fetch: Any, jp_serverapp: Any, http_server_client: Any, jp_http_port: int
) -> None:
    cookie = await login_cookie(jp_serverapp, http_server_client, host=f"localhost:{jp_http_port}")
    headers = {"Authorization": "", "Cookie": cookie}
    (await jp_ws_fetch("hotspots", "events", headers=dict(headers))).close()
    with pytest.raises(HTTPClientError) as error:
        await jp_ws_fetch("hotspots", "events", headers={**headers, "Origin": "https://evil.example"})
    assert error.value.code == 403


class Forbidding(Authorizer):
    """Knows who you are, and lets you do nothing."""

    seen: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.seen.append((action, resource))
        return False


class TestWithoutPermission:
    @pytest.fixture
    def jp_server_config(self, store_folder: Path) -> dict[str, Any]:
        return {
            "ServerApp": {"jpserver_extensions": {"jupyterlab_hotspots": True}, "authorizer_class": Forbidding},
        }

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    async def test_a_user_without_permission_is_refused(self, jp_fetch: Any, method: str, path: str) -> None:
        Forbidding.seen.clear()
        status, _ = await status_of(jp_fetch, method, path)
        assert status == 403
        assert Forbidding.seen == [("read" if method == "GET" else "write", "hotspots")]

    async def test_also_by_the_socket(self, jp_ws_fetch: Any) -> None:
        Forbidding.seen.clear()
        with pytest.raises(HTTPClientError) as error:
            await jp_ws_fetch("hotspots", "events")
        assert error.value.code == 403
        assert ("read", "hotspots") in Forbidding.seen or ("execute", "hotspots") in Forbidding.seen


async def login_cookie(app: Any, client: Any, host: str = "") -> str:
    """The cookies a browser has after it opened the server with a token; their names contain the host's."""
    url = f"{app.base_url}tree?token={app.identity_provider.token}"
    headers = {"Host": host} if host else {}
    response = await client.fetch(url, headers=headers, follow_redirects=False, raise_error=False)
    cookies = [line.split(";")[0] for line in response.headers.get_list("Set-Cookie")]
    assert any(cookie.startswith("username-") for cookie in cookies), response.headers
    return "; ".join(cookies)
