"""`GET runs/ID/output`."""

from __future__ import annotations

from typing import Final

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.server.answers.output import output_answer
from jupyterlab_hotspots.server.base import Handler, as_json

MOST_BYTES: Final = 4 << 20


class OutputHandler(Handler):
    """What the run has printed."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        stream = self.text("stream", "stdout")
        offset = self.number("offset", 0, least=None)
        limit = self.number("limit", 65_536, least=1, most=MOST_BYTES)
        work = as_json(lambda store: output_answer(store.directory(run), stream, offset, limit))
        self.answer(await self.manager.call(work))
