"""`GET runs/ID/snakeviz`."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.formats import snakeviz_page
from jupyterlab_hotspots.server.base import Handler


class SnakevizHandler(Handler):
    """SnakeViz's page of a run."""

    @property
    def content_security_policy(self) -> str:
        """Narrower than the server's own: the page needs nothing but itself."""
        return snakeviz_page.POLICY

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        page = await self.manager.call_long(lambda _: snakeviz_page.page(self.manager.measured.profile(run)))
        self.finish(page, set_content_type="text/html; charset=UTF-8")
