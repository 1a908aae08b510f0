"""Socket Mode: envelopes over WebSockets, shared among an app's connections.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.ids import secret
from bot.sandbox.slack.delivery.deliveries import Delivery
from bot.sandbox.slack.delivery.delivery import Ack
from bot.sandbox.slack.state.apps import App

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack

MOST = 10  # connections of one app


@dataclass(eq=False)
class Connection:
    """One WebSocket. A `quiet` one stays open and swallows everything, pings included."""

    app: App
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)
    quiet: bool = False

    async def send(self, message: Json) -> None:
        if not self.quiet and not self.socket.closed:
            await self.socket.send_str(json.dumps(message))

    async def disconnect(self, reason: str) -> None:
        """Says goodbye: `warning` (still about ten seconds) or `refresh_requested` (a new one is wanted)."""
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        if reason != "warning":
            await self.socket.close()


class Sockets:
    """The open connections of all apps."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
        self._tickets: dict[str, App] = {}
        self._connections: list[Connection] = []
        self._turn = 0

    def ticket(self, app: App) -> str:
        """A ws:// address for one connection."""
        key = secret()
        self._tickets[key] = app
        return self._slack.base_url.replace("http://", "ws://") + f"link/?ticket={key}&app_id={app.id}"

    def of(self, app: App) -> list[Connection]:
        """Open connections of an app."""
        return [each for each in self._connections if each.app is app and not each.socket.closed]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket's whole life."""
        app = self._tickets.pop(request.query.get("ticket", ""), None)
        if app is None or self._slack.faults.is_down:
            return web.Response(status=404)
        socket = web.WebSocketResponse(autoping=False, heartbeat=None)
        await socket.prepare(request)
        connection = Connection(app, socket, request.transport)
        await self._greet(connection)
        try:
            await self._listen(connection)
        finally:
            self._lost(connection)
        return socket

    async def _greet(self, connection: Connection) -> None:
        if len(self.of(connection.app)) >= MOST:
            await connection.disconnect("too_many_websockets")
            return
        self._connections.append(connection)
        info = {"app_id": connection.app.id}
        number = len(self.of(connection.app))
        debug = {"host": "local", "build_number": 1, "approximate_connection_time": 18060}
        await connection.send(
            {"type": "hello", "num_connections": number, "connection_info": info, "debug_info": debug}
        )
        self._slack.changes.notify()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if connection.quiet:
                continue
            if message.type == WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._acknowledged(connection, message.data)

    def _acknowledged(self, connection: Connection, text: str) -> None:
        try:
            answer = json.loads(text)
            waiting = connection.waiting.pop(str(answer["envelope_id"]), None)
        except (ValueError, KeyError, TypeError):
            return
        if waiting and not waiting.done():
            waiting.set_result(Ack(answer.get("payload") or None))

    def _lost(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_result(Ack(error="operation_timeout"))
        self._slack.changes.notify()

    async def send(self, app: App, delivery: Delivery) -> Ack:
        """One envelope over one of the connections, in turn; `dispatch_failed` where there is none."""
        connections = self.of(app)
        if not connections:
            return Ack(error="dispatch_failed")
        self._turn += 1
        connection = connections[self._turn % len(connections)]
        envelope = _envelope(delivery)
        waiting = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = waiting
        try:
            await connection.send(envelope)
            return await asyncio.wait_for(waiting, self._slack.deliveries.timeout)
        except (TimeoutError, ConnectionError):
            return Ack(error="operation_timeout")
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, app: App, reason: str = "refresh_requested") -> None:
        """Sends the disconnect message to every connection of the app."""
        for connection in self.of(app):
            await connection.disconnect(reason)

    async def close(self, app: App | None = None) -> None:
        """Closes connections without a word."""
        for connection in list(self._connections):
            if app in (None, connection.app):
                await connection.socket.close()

    def abort(self, app: App | None = None) -> None:
        """Cuts connections off as a broken network does: no closing frame."""
        for connection in list(self._connections):
            if app in (None, connection.app) and connection.transport:
                connection.transport.abort()

    def quiet(self, app: App) -> None:
        """From now on the present connections swallow everything."""
        for connection in self.of(app):
            connection.quiet = True


def _envelope(delivery: Delivery) -> Json:
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "type": delivery.envelope,
        "payload": delivery.payload,
        "accepts_response_payload": delivery.accepts_response,
    }
    if delivery.envelope == "events_api":
        envelope |= {"retry_attempt": delivery.retry_num, "retry_reason": delivery.retry_reason}
    return envelope
