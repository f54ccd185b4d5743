"""The WebSocket: events of the runs a client has subscribed to, and news of the whole store."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyterlab_hotspots.errors import HotspotsError, NotFound
from jupyterlab_hotspots.server.base import AUTH_RESOURCE, MANAGER
from jupyterlab_hotspots.server.manager import Manager
from jupyterlab_hotspots.server.messages import ClientMessage, DeletedEvent
from jupyterlab_hotspots.server.outbox import Outbox

_NOT_UNDERSTOOD = 1007
"""Close code "invalid payload data" (RFC 6455, section 7.4.1)."""


class EventsSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):  # pyright: ignore[reportIncompatibleMethodOverride]
    """`WS events`. Its Origin is checked by `WebSocketMixin`, its user before it opens."""

    auth_resource = AUTH_RESOURCE
    _outbox: Outbox | None = None
    _sender: asyncio.Task[None] | None = None

    @ws_authenticated
    @authorized
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Become a WebSocket."""
        await super().get(*args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> None:
        """Begin to send."""
        super().open(*args, **kwargs)  # pyright: ignore[reportUnknownMemberType]  (the mixin has no types)
        self._outbox = self._manager.connect()
        self._sender = asyncio.create_task(self._send(self._outbox))

    async def on_message(self, message: str | bytes) -> None:
        """Subscribe to a run, or leave it."""
        try:
            wish = msgspec.json.decode(message, type=ClientMessage)
        except msgspec.DecodeError as error:
            self.close(_NOT_UNDERSTOOD, _reason(str(error)))
            return
        if wish.unsubscribe is not None and self._outbox is not None:
            self._outbox.unsubscribe(wish.unsubscribe)
        if wish.subscribe is not None:
            await self._subscribe(wish.subscribe, wish.seq)

    def on_close(self) -> None:
        """Leave everything."""
        if self._sender is not None:
            self._sender.cancel()
        if self._outbox is not None:
            self._manager.disconnect(self._outbox)
            self._outbox = None

    @property
    def _manager(self) -> Manager:
        return self.settings[MANAGER]

    async def _subscribe(self, run: str, seq: int) -> None:
        try:
            directory = await self._manager.call(lambda store: store.directory(run))
        except NotFound:
            directory = None
        except HotspotsError as error:
            self.close(1011, _reason(error.message))
            return
        if self._outbox is None:  # the client has left meanwhile
            return
        if directory is None:
            self._outbox.tell(run, msgspec.json.encode(DeletedEvent(run=run[:40], seq=0, t=0.0)))
        else:
            self._outbox.subscribe(directory, max(0, seq))

    async def _send(self, outbox: Outbox) -> None:
        try:
            while True:
                # Waits until the client's connection has taken it: that is what slows a sender down.
                await self.write_message(await outbox.next())
        except WebSocketClosedError:
            pass


def _reason(text: str) -> str:
    """As much of a text as a close frame has room for: 123 bytes (RFC 6455, section 5.5)."""
    return text.encode()[:123].decode(errors="ignore")
