"""One place where an exception becomes what a client is told: a status, and `{"message", "reason", "hint"}`."""

from __future__ import annotations

import errno
from http.client import responses
from typing import Final

import msgspec
from tornado.web import HTTPError

from jupyterlab_hotspots.errors import BadRequest, Conflict, HotspotsError, NotFound, Unavailable
from jupyterlab_hotspots.server.messages import ErrorAnswer

_STATUS: Final[tuple[tuple[type[HotspotsError], int], ...]] = (
    (NotFound, 404),
    (BadRequest, 400),
    (Conflict, 409),
    (Unavailable, 503),
)

_HINTS: Final = {
    401: "Log in again.",
    403: "Log in again, or ask who runs this server for the permission.",
    404: "Reload the page; if it stays so, the server's half of Hotspots may be of another version.",
    405: "Reload the page; the server's half of Hotspots may be of another version.",
}


def translated(error: BaseException) -> tuple[int, ErrorAnswer]:
    """The HTTP status and the answer for an exception, whatever it is."""
    if isinstance(error, HotspotsError):
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
        return status, ErrorAnswer(message=error.message, reason=error.reason, hint=error.hint)
    if isinstance(error, HTTPError):
        return error.status_code, _of_http(error)
    if isinstance(error, msgspec.DecodeError):
        return 400, ErrorAnswer(
            message=f"The request cannot be understood: {error}.",
            reason="bad_request",
            hint="Its form is described in schema/rest.schema.json.",
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return 507, ErrorAnswer(
            message="The disk is full.", reason="disk_full", hint="Free some space, for example by deleting old runs."
        )
    return 500, ErrorAnswer(
        message=f"Hotspots failed on the server: {type(error).__name__}.",
        reason="internal",
        hint="The server's log says more; please report it.",
    )


def is_expected(error: BaseException) -> bool:
    """Whether an exception is an answer, not a fault: it needs no traceback in the log."""
    return isinstance(error, (HotspotsError, HTTPError, msgspec.DecodeError))


def _of_http(error: HTTPError) -> ErrorAnswer:
    status = error.status_code
    name = responses.get(status, "Error")
    message = error.log_message % error.args if error.log_message and error.args else error.log_message
    return ErrorAnswer(
        message=message or f"The server answered: {error.reason or name}.",
        reason=name.lower().replace(" ", "_"),
        hint=_HINTS.get(status, ""),
    )
