"""Listen for HTTP with as many connections as the process has file descriptors for, and for only so long.

aiohttp alone waits for the first request of a connection for ever, and takes as many connections as come:
then no descriptor is left for Slack, the database, or the accepting of more.
"""

import asyncio
import os
import resource
import socket
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

log = structlog.stdlib.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RESERVE = 256
"""File descriptors kept for the database, for calls to Slack and target systems, and for files."""
FEWEST = 32
"""Connections that are allowed in any case, however few descriptors there are."""
MOST = 4096
"""Connections that are allowed at most: each takes memory."""
HEADERS_TIMEOUT = 10.0
"""Seconds until the headers of a connection's first request have to be there."""
KEEPALIVE_TIMEOUT = 650.0
"""Seconds that a connection may be idle between two requests: longer than load balancers keep theirs (ten
minutes at Google), which else send a delivery into a connection that was just closed."""
LINGER = 2.0
"""Seconds that an unread body may still come in after the answer, so that its sender reads the answer."""
BACKLOG = 4096
"""Connections that may wait to be taken: of more, each waits a second or three until it is tried again."""
ACCEPT_AT_ONCE = 64
"""Connections taken in one turn of the loop: they need descriptors before the oldest ones are closed."""
LOG_INTERVAL = 60.0
"""Seconds between two lines about too many connections."""
GRACE = 5.0
"""Seconds that requests in hand may still take at the end; Slack waits three."""


def connection_limit() -> int:
    """How many connections the public port takes: what the limit on open files leaves after the reserve."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST
    return min(max(files - RESERVE, FEWEST), MOST)


class HttpListener:
    """Serves an application on one port. Where there are too many connections, the oldest idle one goes."""

    def __init__(self, application: web.Application, limit: int) -> None:
        @web.middleware
        async def while_busy(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._while_busy(request, handler)

        application.middlewares.insert(0, while_busy)
        self._runner = web.AppRunner(
            application,
            handle_signals=False,
            access_log=None,
            shutdown_timeout=GRACE,
            keepalive_timeout=KEEPALIVE_TIMEOUT,
            lingering_time=LINGER,
        )
        self._limit = limit
        self._server: asyncio.Server | None = None
        self._idle: dict[asyncio.BaseTransport, asyncio.TimerHandle | None] = {}
        """Connections without a request in hand, the longest idle first; a new one has a deadline."""
        self._busy: set[asyncio.BaseTransport] = set()
        self._logged_at = float("-inf")
        self.base_url = ""

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one, see `base_url`.

        Raises:
            OSError: The address is taken.
        """
        await self._runner.setup()
        make = self._runner.server
        assert make is not None  # noqa: S101 - set up in the line above
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self, make()), host, port, backlog=ACCEPT_AT_ONCE
        )
        for listening in self._server.sockets:
            # asyncio lets no more wait than it takes in one turn. A copied descriptor is the same socket.
            with socket.socket(fileno=os.dup(listening.fileno())) as copy:
                copy.listen(BACKLOG)
        used_port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://{f'[{host}]' if ':' in host else host}:{used_port}"

    async def stop(self) -> None:
        """Take no more; what is in hand is answered first."""
        if self._server is not None:
            self._server.close()
        for transport, deadline in list(self._idle.items()):
            if deadline is not None:
                deadline.cancel()
            transport.close()
        await self._runner.cleanup()

    def opened(self, transport: asyncio.Transport) -> None:
        """Count a new connection, and make room for it."""
        if len(self._idle) + len(self._busy) >= self._limit:
            self._log_once()
            oldest = next(iter(self._idle), None)
            if oldest is None:
                transport.abort()
                return
            self._abort(oldest)
        loop = asyncio.get_running_loop()
        self._idle[transport] = loop.call_later(HEADERS_TIMEOUT, self._abort, transport)

    def closed(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection."""
        self._busy.discard(transport)
        deadline = self._idle.pop(transport, None)
        if deadline is not None:
            deadline.cancel()

    def _abort(self, transport: asyncio.BaseTransport) -> None:
        self.closed(transport)
        if isinstance(transport, asyncio.Transport):
            transport.abort()

    async def _while_busy(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A request has arrived: its connection is not closed to make room while it is answered."""
        transport = request.transport
        if transport is None:
            return await handler(request)
        self.closed(transport)
        self._busy.add(transport)
        try:
            return await handler(request)
        finally:
            if transport in self._busy:
                self._busy.discard(transport)
                self._idle[transport] = None

    def _log_once(self) -> None:
        now = time.monotonic()
        if now - self._logged_at > LOG_INTERVAL:
            self._logged_at = now
            log.warning("too many connections; the longest idle ones are closed", limit=self._limit)


class _Connection(asyncio.Protocol):
    """Hands a connection's events on to aiohttp's protocol, and tells the listener of its begin and end."""

    def __init__(self, listener: HttpListener, inner: asyncio.Protocol) -> None:
        self._listener, self._inner = listener, inner
        self._transport: asyncio.BaseTransport | None = None
        self.data_received = inner.data_received  # type: ignore[method-assign]
        self.eof_received = inner.eof_received  # type: ignore[method-assign]
        self.pause_writing = inner.pause_writing  # type: ignore[method-assign]
        self.resume_writing = inner.resume_writing  # type: ignore[method-assign]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._inner.connection_made(transport)
        if isinstance(transport, asyncio.Transport):
            self._listener.opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._listener.closed(self._transport)
        self._inner.connection_lost(exc)
