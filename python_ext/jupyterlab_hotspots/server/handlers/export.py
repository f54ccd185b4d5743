"""`GET runs/ID/export`."""

from __future__ import annotations

from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.server.answers.export import exported
from jupyterlab_hotspots.server.base import Handler


class ExportHandler(Handler):
    """The profile as a file of another tool's format."""

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        name = self.text("format", "pstats")
        table = self.text("table") or None
        file = await self.manager.call_long(lambda _: exported(self.manager.measured.profile(run), name, table))
        # RFC 6266: a name that is not ASCII goes into `filename*`.
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file.name)}")
        self.finish(file.data, set_content_type=file.media_type)
