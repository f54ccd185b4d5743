"""`GET profilers`."""

from __future__ import annotations

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyterlab_hotspots.server.answers.profilers import profilers_answer
from jupyterlab_hotspots.server.base import Handler


class ProfilersHandler(Handler):
    """Which profilers there are, and what this server is."""

    @authenticated
    @authorized
    async def get(self) -> None:
        root = self.manager.root
        # Not `call`: the store need not be usable for this.
        self.answer(await self.manager.run(lambda: msgspec.json.encode(profilers_answer(root))))
