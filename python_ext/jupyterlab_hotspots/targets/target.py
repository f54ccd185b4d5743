"""A target as a run directory keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from jupyterlab_hotspots.errors import BadRequest

TargetKind = Literal["script", "module", "process"]
"""The kinds there are today; cells, notebooks and functions come later."""

KINDS: Final[tuple[TargetKind, ...]] = get_args(TargetKind)


@dataclass(frozen=True)
class Target:
    """What is run.

    Attributes:
        kind: ``script`` (a file, a folder or an archive with ``__main__.py``), ``module`` (as ``python -m``) or
            ``process`` (one that runs already).
        name: what a person sees: the file's name, the module's dotted name, the process' id and program.
        path: absolute path of a script; None for a module.
        module: dotted name of a module; None for a script.
        args: what the target finds after its own name in ``sys.argv``.
        pid: id of a process; None for the others.
        started: what tells that process from a later one of the same id, see `process_tree.start_mark`; None if that is
            not known.
    """

    kind: TargetKind
    name: str
    path: str | None = None
    module: str | None = None
    args: tuple[str, ...] = ()
    pid: int | None = None
    started: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The JSON object of ``run.json`` and ``agent.json``."""
        known = {
            "kind": self.kind,
            "name": self.name,
            "path": self.path,
            "module": self.module,
            "args": list(self.args),
        }
        return known if self.pid is None else {**known, "pid": self.pid, "started": self.started}

    @classmethod
    def from_json(cls, document: object) -> Target:
        """Read what `as_json` wrote.

        Raises:
            BadRequest: a field is missing or of the wrong type.
        """
        if not isinstance(document, Mapping):
            raise BadRequest("The target is not a JSON object.", hint='It looks like {"kind": "script", "path": …}.')
        fields = cast("Mapping[str, object]", document)
        kind = fields.get("kind")
        if kind not in KINDS:
            raise BadRequest(f"The kind of the target is {kind!r}.", hint=f"It can be {' or '.join(KINDS)}.")
        if kind == "process":
            pid, name = fields.get("pid"), fields.get("name")
            if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
                raise BadRequest("A target of the kind process needs 'pid'.", hint="It is a number above 0.")
            started = fields.get("started")
            return cls(
                kind=kind,
                name=name if isinstance(name, str) and name else str(pid),
                pid=pid,
                started=started if isinstance(started, str) else None,
            )
        required = "path" if kind == "script" else "module"
        value = fields.get(required)
        if not isinstance(value, str) or not value:
            raise BadRequest(f"A target of the kind {kind} needs {required!r}.", hint="It is a text that is not empty.")
        args = fields.get("args", [])
        if not isinstance(args, list) or not all(isinstance(word, str) for word in cast("list[object]", args)):
            raise BadRequest(
                "The arguments of the target are not a list of texts.", hint='They look like ["--n", "3"].'
            )
        name = fields.get("name")
        return cls(
            kind=kind,
            name=name if isinstance(name, str) and name else value.rstrip("/").rpartition("/")[2] or value,
            path=value if kind == "script" else None,
            module=value if kind == "module" else None,
            args=tuple(cast("list[str]", args)),
        )
