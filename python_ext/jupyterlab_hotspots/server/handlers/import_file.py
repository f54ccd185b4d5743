"""`POST import`."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.server.answers.import_file import import_sent, import_there
from jupyterlab_hotspots.server.base import Handler, as_json
from jupyterlab_hotspots.server.messages import ImportBody


class ImportHandler(Handler):
    """Keeps another profiler's file as a run: one that the server can read, or one that is sent."""

    @authenticated
    @authorized
    async def post(self) -> None:
        name = self.text("name")
        if name:
            # The body is the file itself.
            data, form = self.request.body, self.text("format") or None
            work = as_json(lambda store: import_sent(store, data, name, form))
        else:
            body: ImportBody = self.body(ImportBody)
            root = self.manager.root
            work = as_json(lambda store: import_there(store, body, root))
        summary = await self.manager.call_long(work)
        self.manager.keeper.wake()
        self.answer(summary, status=201)
