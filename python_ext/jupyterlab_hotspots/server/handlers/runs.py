"""`GET` and `POST runs`."""

from __future__ import annotations

from typing import Final

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.profiles.run_info import STATUSES
from jupyterlab_hotspots.server.answers.request import requests_of
from jupyterlab_hotspots.server.base import Handler, as_json
from jupyterlab_hotspots.server.messages import RunBody, RunsAnswer
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.summary import RunSummary

LARGEST_PAGE: Final = 1000
"""What is asked for beyond it is not given; `next` goes on."""


class RunsHandler(Handler):
    """The history, and new runs."""

    @authenticated
    @authorized
    async def get(self) -> None:
        text, before = self.text("text"), self.text("before") or None
        statuses = [status for status in self.text("status").split(",") if status]
        for status in statuses:
            if status not in STATUSES:
                raise BadRequest(f"There is no status `{status[:40]}`.", hint=f"There are {', '.join(STATUSES)}.")
        limit = self.number("limit", 100, least=1, most=LARGEST_PAGE)

        def find(store: Store) -> RunsAnswer:
            page = store.list(text=text, statuses=statuses, limit=limit, before=before)
            return RunsAnswer(runs=page.runs, total=page.total, next=page.next)

        self.answer(await self.manager.call(as_json(find)))

    @authenticated
    @authorized
    async def post(self) -> None:
        body: RunBody = self.body(RunBody)
        root, telemetry_hz, budget = self.manager.root, self.manager.telemetry_hz, self.manager.budget

        def create(store: Store) -> RunSummary:
            requests = requests_of(body, root=root, telemetry_hz=telemetry_hz)
            made = [store.create(request, budget) for request in requests]
            return store.get(made[0].id)

        summary = await self.manager.call(as_json(create))
        self.manager.keeper.wake()
        self.answer(summary, status=201)
