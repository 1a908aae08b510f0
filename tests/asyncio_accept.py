"""Close the connections that asyncio leaks when a server closes while it accepts one.

asyncio (Python 3.11 at least) accepts a connection and hands it to its protocol two turns of the loop later.
If the server was closed in between, the socket stays open and unreachable, and a later test fails with
ResourceWarning ("unclosed socket"). No code that closes a server can prevent that.
"""

from asyncio.selector_events import BaseSelectorEventLoop
from socket import socket
from typing import Any


def close_unserved() -> None:
    """Patch every event loop of this process."""
    accept = BaseSelectorEventLoop._accept_connection2  # type: ignore[attr-defined]

    async def accepted(
        loop: BaseSelectorEventLoop, protocol: Any, connection: socket, extra: Any, tls: Any, server: Any,
        *timeouts: float,
    ) -> None:  # fmt: skip
        if server is not None and not server.sockets:
            connection.close()
        else:
            await accept(loop, protocol, connection, extra, tls, server, *timeouts)

    BaseSelectorEventLoop._accept_connection2 = accepted  # type: ignore[attr-defined]
