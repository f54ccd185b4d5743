"""`GET runs/ID/source`."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.errors import BadRequest
from jupyterlab_hotspots.server.answers.source import source_answer
from jupyterlab_hotspots.server.base import Handler, as_json


class SourceHandler(Handler):
    """A file that occurs in the run's profile, and no other."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        file = self.text("file")
        if not file:
            raise BadRequest("No file was named.", hint="Name one in `file`.")
        measured, root = self.manager.measured, self.manager.root
        work = as_json(lambda store: source_answer(store, measured, run, file, root=root))
        self.answer(await self.manager.call_long(work))
