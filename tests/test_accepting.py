"""The suite's own: what asyncio forgets when a server closes would be another test's unclosed socket."""

import asyncio
import socket

import pytest


@pytest.mark.parametrize("turns", range(4))
async def test_whoever_is_let_in_while_a_server_closes_is_let_out_again(turns: int) -> None:
    async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(leave, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as guest:
        for _ in range(turns):  # after two of them they have been let in, and nobody has them yet
            await asyncio.sleep(0)
        server.close()
        guest.setblocking(False)
        try:
            async with asyncio.timeout(5):
                assert await asyncio.get_running_loop().sock_recv(guest, 1) == b""
        except ConnectionResetError:  # not let in at all
            pass
