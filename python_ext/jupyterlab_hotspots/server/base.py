"""What all handlers share: where the manager is, how an answer is written, how an error is."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

import msgspec
from jupyter_server.base.handlers import APIHandler

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.server.errors import is_expected, translated
from jupyterlab_hotspots.server.manager import Manager
from jupyterlab_hotspots.store.history import Store

AUTH_RESOURCE: Final = "hotspots"
MANAGER: Final = "hotspots_manager"
"""Under this name the web application's settings hold the `Manager`."""


def as_json(work: Callable[[Store], msgspec.Struct]) -> Callable[[Store], bytes]:
    """The same work with its answer encoded, so that its thread does that too: an answer may be tens of megabytes."""
    return lambda store: msgspec.json.encode(work(store))


class Handler(APIHandler):
    """A REST handler of Hotspots. Whatever it raises becomes `{"message", "reason", "hint"}`."""

    auth_resource = AUTH_RESOURCE

    @property
    def manager(self) -> Manager:
        """The one of this server."""
        return self.settings[MANAGER]

    def answer(self, json: bytes, status: int = 200) -> None:
        """Finish with a message that is encoded already (`as_json`)."""
        self.set_status(status)
        self.finish(json)

    def compute_etag(self) -> None:
        """None: Tornado would hash every answer on the event loop, and the front end asks for fresh ones anyway."""

    def body(self, kind: type[Any]) -> Any:
        """The request's body as a message; `msgspec.DecodeError` if it is none."""
        try:
            return msgspec.json.decode(self.request.body or b"null", type=kind)
        except UnicodeDecodeError:
            raise BadRequest("The request is not UTF-8.", hint="JSON is sent in UTF-8.") from None

    def text(self, name: str, default: str = "") -> str:
        """A word of the query string."""
        return self.get_query_argument(name, default) or default

    def number(self, name: str, default: int, *, least: int | None = 0, most: int | None = None) -> int:
        """A whole number of the query string.

        Raises:
            BadRequest: it is none, or below `least`; above `most` it counts as `most`.
        """
        words = self.get_query_argument(name, None)
        if not words:
            return default
        try:
            value = int(words)
        except ValueError:
            raise BadRequest(f"`{name}` is {words[:40]!r}.", hint="It must be a whole number.") from None
        if least is not None and value < least:
            raise BadRequest(f"`{name}` is {value}.", hint=f"It must be {least} or more.")
        return value if most is None else min(value, most)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """As an `ErrorAnswer`, whatever went wrong; also for what Tornado and Jupyter refuse by themselves."""
        error = kwargs["exc_info"][1] if kwargs.get("exc_info") else _http_error(status_code)
        status, message = translated(error)
        self.set_status(status)
        self.finish(msgspec.json.encode(message))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """A traceback only for what is a fault of ours."""
        if value is not None and is_expected(value):
            self.log.debug("%s %s: %s", self.request.method, self.request.path, value)
        else:
            super().log_exception(typ, value, tb)


def _http_error(status: int) -> BaseException:
    from tornado.web import HTTPError

    return HTTPError(status)
