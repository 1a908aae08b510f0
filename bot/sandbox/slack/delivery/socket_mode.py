"""Socket Mode: envelopes over WebSockets, distributed over an app's connections.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.sandbox.slack.core.changes import Changes
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.ids import secret
from bot.sandbox.slack.delivery.delivery import Ack, Delivery
from bot.sandbox.slack.delivery.faults import Faults
from bot.sandbox.slack.state.apps import App

MAX_CONNECTIONS = 10  # of one app


@dataclass(eq=False)
class Connection:
    """One WebSocket. A `silent` one stays open and ignores everything, pings included."""

    app: App
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    pending: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)
    silent: bool = False

    async def send(self, message: Json) -> None:
        if not self.silent and not self.socket.closed:
            await self.socket.send_str(json.dumps(message))

    async def disconnect(self, reason: str) -> None:
        """Announce the end: `warning` (in about ten seconds) or `refresh_requested` (now)."""
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        if reason != "warning":
            await self.socket.close()


class Sockets:
    """The open connections of all apps. `base_url` gives the server's address, with a slash at the end."""

    def __init__(self, faults: Faults, changes: Changes, base_url: Callable[[], str]) -> None:
        self._faults, self._changes, self._base_url = faults, changes, base_url
        self._tickets: dict[str, App] = {}
        self._connections: list[Connection] = []
        self._next = 0

    def issue_ticket(self, app: App) -> str:
        """A ws:// address for one connection."""
        key = secret()
        self._tickets[key] = app
        return self._base_url().replace("http://", "ws://") + f"link/?ticket={key}&app_id={app.id}"

    def connections(self, app: App) -> list[Connection]:
        """The open connections of an app."""
        return [
            connection
            for connection in self._connections
            if connection.app is app and not connection.socket.closed
        ]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Accept a connection and read from it until it is closed."""
        app = self._tickets.pop(request.query.get("ticket", ""), None)
        if app is None or self._faults.is_down:
            return web.Response(status=404)
        socket = web.WebSocketResponse(autoping=False, heartbeat=None)
        await socket.prepare(request)
        connection = Connection(app, socket, request.transport)
        await self._open(connection)
        try:
            await self._listen(connection)
        finally:
            self._remove(connection)
        return socket

    async def _open(self, connection: Connection) -> None:
        if len(self.connections(connection.app)) >= MAX_CONNECTIONS:
            await connection.disconnect("too_many_websockets")
            return
        self._connections.append(connection)
        info = {"app_id": connection.app.id}
        number = len(self.connections(connection.app))
        debug = {"host": "local", "build_number": 1, "approximate_connection_time": 18060}
        await connection.send(
            {"type": "hello", "num_connections": number, "connection_info": info, "debug_info": debug}
        )
        self._changes.notify()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if connection.silent:
                continue
            if message.type == WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._acknowledge(connection, message.data)

    def _acknowledge(self, connection: Connection, text: str) -> None:
        try:
            answer = json.loads(text)
            future = connection.pending.pop(str(answer["envelope_id"]), None)
        except (ValueError, KeyError, TypeError):
            return
        if future and not future.done():
            future.set_result(Ack(answer.get("payload") or None))

    def _remove(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for future in connection.pending.values():
            if not future.done():
                future.set_result(Ack(error="operation_timeout"))
        self._changes.notify()

    async def send(self, app: App, delivery: Delivery, timeout: float) -> Ack:  # noqa: ASYNC109  it becomes part of the answer
        """Send an envelope over the app's next connection; `dispatch_failed` where it has none."""
        connections = self.connections(app)
        if not connections:
            return Ack(error="dispatch_failed")
        self._next += 1
        connection = connections[self._next % len(connections)]
        envelope = _envelope(delivery)
        future = asyncio.get_running_loop().create_future()
        connection.pending[envelope["envelope_id"]] = future
        try:
            await connection.send(envelope)
            return await asyncio.wait_for(future, timeout)
        except (TimeoutError, ConnectionError):
            return Ack(error="operation_timeout")
        finally:
            connection.pending.pop(envelope["envelope_id"], None)

    async def disconnect(self, app: App, reason: str = "refresh_requested") -> None:
        """Send the disconnect message over every connection of the app."""
        for connection in self.connections(app):
            await connection.disconnect(reason)

    async def close(self, app: App | None = None) -> None:
        """Close the connections of one app, or all, without a disconnect message."""
        for connection in list(self._connections):
            if app in (None, connection.app):
                await connection.socket.close()

    def abort(self, app: App | None = None) -> None:
        """Cut connections as a broken network does, without a closing frame."""
        for connection in list(self._connections):
            if app in (None, connection.app) and connection.transport:
                connection.transport.abort()

    def silence(self, app: App) -> None:
        """Make the open connections ignore everything from now on."""
        for connection in self.connections(app):
            connection.silent = True


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
