"""What is asked for: ``run.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.runs.budget import LONGEST_SECONDS
from jupyterlab_hotspots.runs.clock import iso_utc
from jupyterlab_hotspots.runs.live import number
from jupyterlab_hotspots.runs.ulid import is_id, new_id
from jupyterlab_hotspots.targets.target import Target

SCHEMA: Final = 1
FASTEST_TELEMETRY_HZ: Final = 100.0
_SECONDS: Final = f"It must be more than 0 and at most {LONGEST_SECONDS:.0f}; leave it out for what holds by default."


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """One run, as asked for; written once and never changed.

    Attributes:
        target: what is run.
        profiler: name of the folder in ``profilers/``.
        cwd: working directory of the target, absolute.
        python: absolute path of the interpreter.
        id: ULID.
        created: ISO-8601 in UTC.
        by: the face that asked: ``cli``, ``lab``, ….
        queued: a server may start it when a slot is free; otherwise whoever made it starts it.
        options: the profiler's own.
        env: variables added to the environment.
        timeout_s: seconds after which the run is stopped, None for never.
        telemetry_hz: samples a second.
        grace_s: seconds between SIGINT and SIGTERM, and between SIGTERM and SIGKILL.
        group: ULID of the group, if one request made several runs.
        budget: when a slow profiler has had enough, see `budget.py`; None for never.
        version: version of jupyterlab-hotspots that asks.
    """

    target: Target
    profiler: str
    cwd: str
    python: str
    id: str = field(default_factory=new_id)
    created: str = field(default_factory=iso_utc)
    by: str = "cli"
    queued: bool = False
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_s: float | None = None
    telemetry_hz: float = 10.0
    grace_s: tuple[float, float] = (5.0, 5.0)
    group: str | None = None
    budget: Mapping[str, Any] | None = None
    version: str | None = None

    def __post_init__(self) -> None:
        """Check what the types do not say.

        Raises:
            BadRequest: a value is out of range.
        """
        if not is_id(self.id):
            raise BadRequest(f"{self.id!r} is not the id of a run.", hint="An id is a ULID, made by new_id().")
        if not self.profiler.isidentifier():
            raise BadRequest(
                f"{self.profiler!r} is not the name of a profiler.", hint="See: jupyter hotspots profilers"
            )
        for name, path in (("cwd", self.cwd), ("python", self.python)):
            if not path.startswith("/"):
                raise BadRequest(f"{name!r} is {path!r}.", hint="It must be an absolute path.")
        for text in (self.target.path, self.target.module, *self.target.args, self.cwd, self.python):
            if text is not None and not _is_text(text):
                raise BadRequest(f"{text!r} cannot be kept.", hint="Names and arguments must be Unicode, without NUL.")
        for name, value in self.env.items():
            if not name or "=" in name or not _is_text(name) or not _is_text(value):
                raise BadRequest(
                    f"{name!r} cannot be an environment variable.", hint="Names are not empty, without '='."
                )
        if self.timeout_s is not None and not 0 < self.timeout_s <= LONGEST_SECONDS:
            raise BadRequest(f"The time-out is {_shown(self.timeout_s)} s.", hint=_SECONDS)
        if not 0 < self.telemetry_hz <= FASTEST_TELEMETRY_HZ:
            raise BadRequest(
                f"Telemetry {self.telemetry_hz} times a second is not possible.",
                hint=f"Choose a rate above 0 and at most {FASTEST_TELEMETRY_HZ:.0f}.",
            )
        if self.budget is not None and not 0 < (number(self.budget.get("limit_s")) or 0) <= LONGEST_SECONDS:
            raise BadRequest(
                f"The budget is {_shown(self.budget.get('limit_s'))} s.", hint=_SECONDS, reason="bad_budget"
            )
        if len(self.grace_s) != 2 or not all(0 <= seconds <= LONGEST_SECONDS for seconds in self.grace_s):
            raise BadRequest(f"The grace is {self.grace_s}.", hint="It is two numbers of seconds, 0 or more.")

    def as_json(self) -> dict[str, Any]:
        """The JSON object of ``run.json``."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "created": self.created,
            "by": self.by,
            "queued": self.queued,
            "target": self.target.as_json(),
            "profiler": self.profiler,
            "options": dict(self.options),
            "cwd": self.cwd,
            "python": self.python,
            "env": dict(self.env),
            "timeout_s": self.timeout_s,
            "telemetry_hz": self.telemetry_hz,
            "grace_s": list(self.grace_s),
            "group": self.group,
            "budget": None if self.budget is None else dict(self.budget),
            "version": self.version,
        }

    @classmethod
    def from_json(cls, document: object) -> RunRequest:
        """Read a request, with defaults for what may be left out; unknown fields are ignored.

        Raises:
            BadRequest: a field is missing, of the wrong type or out of range.
        """
        if not isinstance(document, Mapping):
            raise BadRequest("The request is not a JSON object.", hint='It looks like {"target": {…}, …}.')
        fields = cast("Mapping[str, object]", document)
        schema = fields.get("schema", SCHEMA)
        if not isinstance(schema, int) or schema > SCHEMA:
            raise BadRequest(
                f"This run was written by a newer Hotspots (schema {schema!r}, known is {SCHEMA}).",
                hint="Update jupyterlab-hotspots.",
            )
        given: dict[str, Any] = {"target": Target.from_json(fields.get("target"))}
        for name, kind, said in _FIELDS:
            if fields.get(name) is not None:
                value = fields[name]
                # True is an int for Python, but not a number for anybody else.
                if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                    raise BadRequest(f"{name!r} is {value!r}.", hint=f"It must be {said}.")
                given[name] = value
        for name in ("profiler", "cwd", "python"):
            if name not in given:
                raise BadRequest(f"The request lacks {name!r}.", hint="It must be a text.")
        environment = cast("dict[object, object]", given.get("env", {}))
        if not all(isinstance(text, str) for item in environment.items() for text in item):
            raise BadRequest("'env' holds something else than texts.", hint='It looks like {"NAME": "value"}.')
        if "grace_s" in given:
            grace = cast("list[object]", given["grace_s"])
            if len(grace) != 2 or any(isinstance(s, bool) or not isinstance(s, (int, float)) for s in grace):
                raise BadRequest(f"'grace_s' is {grace!r}.", hint="It is two numbers of seconds.")
            given["grace_s"] = tuple(grace)
        return cls(**given)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _is_text(text: str) -> bool:
    """Whether a program can be given it and JSON can carry it: bytes that are no UTF-8 come as lone surrogates."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


_FIELDS: Final[tuple[tuple[str, type | tuple[type, ...], str], ...]] = (
    ("id", str, "a text"),
    ("created", str, "a text"),
    ("by", str, "a text"),
    ("queued", bool, "true or false"),
    ("profiler", str, "a text"),
    ("options", dict, "an object"),
    ("cwd", str, "a text"),
    ("python", str, "a text"),
    ("env", dict, "an object"),
    ("timeout_s", (int, float), "a number of seconds"),
    ("telemetry_hz", (int, float), "a number"),
    ("grace_s", list, "a list of two numbers"),
    ("group", str, "a text"),
    ("budget", dict, "an object"),
    ("version", str, "a text"),
)
