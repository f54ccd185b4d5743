"""`GET` and `DELETE runs/ID`, `POST runs/ID/cancel`."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.server.answers.run import run_answer
from jupyterlab_hotspots.server.base import Handler, as_json
from jupyterlab_hotspots.store.history import Store
from jupyterlab_hotspots.store.summary import RunSummary


class RunHandler(Handler):
    """One run."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        work = as_json(lambda store: run_answer(store, run, self.manager.measured.profile))
        self.answer(await self.manager.call_long(work))

    @authenticated
    @authorized
    async def delete(self, run: str) -> None:
        await self.manager.call(lambda store: store.delete(run))
        self.manager.keeper.wake()
        self.set_status(204)
        self.finish()


class CancelHandler(Handler):
    """Stops a run, with every process it started."""

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        def stop(store: Store) -> RunSummary:
            from jupyterlab_hotspots.runs.cancel import cancel

            cancel(store.directory(run))
            return store.look(run)

        summary = await self.manager.call(as_json(stop))
        self.manager.keeper.wake()
        self.answer(summary, status=202)
