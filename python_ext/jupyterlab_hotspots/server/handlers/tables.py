"""What was measured: `GET runs/ID/profile`, `/tables`, `/tree`, `/telemetry`."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.server.answers.measured import (
    TableQuery,
    branches_answer,
    profile_json,
    table_answer,
    telemetry_answer,
    tree_answer,
)
from jupyterlab_hotspots.server.base import Handler, as_json


class ProfileHandler(Handler):
    """The whole profile as a document."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        self.answer(await self.manager.call_long(lambda _: profile_json(self.manager.measured.profile(run))))


class TablesHandler(Handler):
    """A page of a table; while the run goes on, of its live rows."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        library = self.text("library", "show")
        if library not in ("show", "hide"):
            raise BadRequest(f"`library` is {library[:40]!r}.", hint="It is `show` or `hide`.")
        query = TableQuery(
            name=self.text("name", "functions"),
            sort=self.text("sort"),
            text=self.text("filter"),
            hide_library=library == "hide",
            offset=self.number("offset", 0),
            limit=self.number("limit", 100, most=10_000),
        )
        work = as_json(lambda store: table_answer(store, self.manager.measured, run, query))
        self.answer(await self.manager.call_long(work))


class TreeHandler(Handler):
    """The call tree, or the call graph's edges; of a tree, a page of the children of one node."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        measured = self.manager.measured
        if not self.text("parent"):
            self.answer(await self.manager.call_long(as_json(lambda _: tree_answer(measured.profile(run)))))
            return
        parent = self.number("parent", -1, least=-1)
        offset = self.number("offset", 0)
        limit = self.number("limit", 100, most=10_000)
        work = as_json(lambda _: branches_answer(measured.profile(run), parent, offset=offset, limit=limit))
        self.answer(await self.manager.call_long(work))


class TelemetryHandler(Handler):
    """The samples so far."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        self.answer(await self.manager.call_long(as_json(lambda store: telemetry_answer(store.directory(run)))))
