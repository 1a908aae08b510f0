"""A connection accepted while its server closes must not become another test's unclosed socket."""

import asyncio
import socket

import pytest


@pytest.mark.parametrize("turns", range(4))
async def test_a_connection_accepted_while_its_server_closes_is_closed(turns: int) -> None:
    async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(leave, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as client:
        for _ in range(turns):  # after two the connection is accepted and not yet served
            await asyncio.sleep(0)
        server.close()
        client.setblocking(False)
        try:
            async with asyncio.timeout(5):
                assert await asyncio.get_running_loop().sock_recv(client, 1) == b""
        except ConnectionResetError:  # not accepted at all
            pass
