"""``jupyter hotspots show RUN --snakeviz``: SnakeViz's page of a run, by a running Jupyter server, else from here."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import ssl
import sys
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from jupyterlab_hotspots.cli.printable import printable

if TYPE_CHECKING:
    from jupyterlab_hotspots.profiles.profile import Profile

_PATIENCE_S = 2.0


def show(profile: Profile) -> int:
    """Show the page: at a server of this user that knows the run, else at a port of this machine until Ctrl-C.

    Raises:
        HotspotsError: the profile does not say how long functions took, or SnakeViz is missing.
    """
    from jupyterlab_hotspots.formats.snakeviz_page import checked, page

    checked(profile)
    url = _at_a_server(profile.run.id)
    if url is not None:
        print(printable(url), flush=True)
        _open(url)
        return 0
    return _serve(page(profile))


def _at_a_server(run: str) -> str | None:
    """The address of the page at a running Jupyter server that has this run in its history; None if there is none."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        base, token = str(server.get("url", "")), str(server.get("token") or "")
        if not base.startswith(("http://", "https://")):
            continue
        request = urllib.request.Request(f"{base}hotspots/runs/{run}", headers={"Authorization": f"token {token}"})
        # On this machine a server's certificate is mostly its own, which no authority knows.
        local = urllib.parse.urlsplit(base).hostname in ("localhost", "127.0.0.1", "::1")
        context = ssl._create_unverified_context() if local else None  # pyright: ignore[reportPrivateUsage]
        # All of them are on this machine: the token is for none of the proxies that the environment names.
        no_proxy, https = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        try:
            with urllib.request.build_opener(no_proxy, https).open(request, timeout=_PATIENCE_S) as answer:
                found: Any = json.loads(answer.read())
        except (OSError, ValueError):  # not there any more, no Hotspots, another history, a certificate of its own
            continue
        if isinstance(found, dict) and "summary" in found:
            query = f"?{urllib.parse.urlencode({'token': token})}" if token else ""
            return f"{base}hotspots/runs/{run}/snakeviz{query}"
    return None


def _serve(text: bytes) -> int:
    """Serve the page at a free port of the loopback interface to whoever has the token, until Ctrl-C."""
    from jupyterlab_hotspots.formats.snakeviz_page import POLICY

    token = secrets.token_urlsafe(24)

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            if not hmac.compare_digest(query.get("token", [""])[0].encode(), token.encode()):
                self.send_error(403, "The token is missing or wrong")
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=UTF-8")
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the token would be in it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.daemon_threads = True
        url = f"http://127.0.0.1:{server.server_port}/?token={token}"
        print(url, flush=True)
        print("SnakeViz is served until Ctrl-C.", file=sys.stderr, flush=True)
        _open(url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
    return 0


def _open(url: str) -> None:
    """Open it in a browser where there is a desktop; a browser in the terminal would take the terminal."""
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        import webbrowser

        webbrowser.open(url)
