"""The house's own exceptions: what happened in one sentence, what to do in another."""

from __future__ import annotations


class HotspotsError(Exception):
    """An error a user meets.

    Attributes:
        message: one sentence, what happened.
        hint: one sentence, what to do about it; empty only where nothing can be done.
        reason: a short machine-readable name (``"not_found"``, ``"bad_request"``, …) that the REST routes
            send along and that decides the HTTP status.
    """

    reason = "error"

    def __init__(self, message: str, *, hint: str = "", reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if reason is not None:
            self.reason = reason

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(HotspotsError):
    """What was asked for does not exist: a file, a run, a route's resource."""

    reason = "not_found"


class BadRequest(HotspotsError):
    """The request itself is wrong: a bad option, a value out of range, a malformed body."""

    reason = "bad_request"


class Conflict(HotspotsError):
    """The request is right but the state forbids it: a run that has ended cannot be cancelled."""

    reason = "conflict"


class Unavailable(HotspotsError):
    """Something needed is not there on this machine: an optional tool, a permission, disk space."""

    reason = "unavailable"
