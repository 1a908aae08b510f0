"""Closes the connections that asyncio forgets when a server is closed.

A server that is closed in the very moment in which somebody was let in has a connection and nobody to give it
to: asyncio (of Python 3.11 at least) drops it open, and the garbage collector complains of an unclosed socket
and transport, in whichever test it comes by. Nothing that closes a server can reach that connection.
"""

from asyncio.selector_events import BaseSelectorEventLoop
from socket import socket
from typing import Any


def mend() -> None:
    """From now on, in all event loops."""
    go_on = BaseSelectorEventLoop._accept_connection2  # type: ignore[attr-defined]

    async def accepted(
        loop: BaseSelectorEventLoop, protocol: Any, connection: socket, extra: Any, tls: Any, server: Any,
        *timeouts: float,
    ) -> None:  # fmt: skip
        if server is not None and not server.sockets:
            connection.close()
        else:
            await go_on(loop, protocol, connection, extra, tls, server, *timeouts)

    BaseSelectorEventLoop._accept_connection2 = accepted  # type: ignore[attr-defined]
