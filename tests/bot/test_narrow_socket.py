"""A Slack that lets in one connection at a time is not fought over."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Metrics
from bot.slack.socket_mode import SocketMode


@pytest.fixture
def bolt() -> AsyncApp:
    """Answers /ask."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token="xoxb-1")

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)

    @app.command("/ask")
    async def answer(ack: Callable[..., Awaitable[None]]) -> None:
        await ack("Here I am")

    return app


class OneAtATime:
    """A Slack that lets one connection in, cuts the one before off without a word, and sends no hello."""

    def __init__(self) -> None:
        self.opened = 0
        self.links: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.current: web.WebSocketResponse | None = None
        self.answers: asyncio.Queue[str] = asyncio.Queue()
        self.url = ""

    async def open(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"{self.url}link?ticket=a%2Bb&app_id=A1"})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        assert request.query["ticket"] == "a+b"
        before, self.current = self.current, web.WebSocketResponse(heartbeat=0.1)
        self.opened += 1
        socket = self.current
        await socket.prepare(request)
        if before is not None:
            await before.close()
        await self.links.put(socket)
        async for message in socket:
            await self.answers.put(message.data)
        return socket


@pytest.fixture
async def narrow() -> AsyncIterator[OneAtATime]:
    slack = OneAtATime()
    application = web.Application()
    application.router.add_post("/api/apps.connections.open", slack.open)
    application.router.add_get("/link", slack.link)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield slack
    await runner.cleanup()


async def test_where_slack_lets_one_connection_in_the_other_stands_by(
    narrow: OneAtATime, bolt: AsyncApp, http: aiohttp.ClientSession, metrics: Metrics
) -> None:
    client = AsyncWebClient(base_url=f"{narrow.url}api/", session=http)
    socket = SocketMode(bolt, client, http, "xapp-1", metrics)
    starting = asyncio.create_task(socket.start())
    try:
        async with asyncio.timeout(5):
            last = [await narrow.links.get() for _ in range(2)][-1]
        for number in range(20):
            payload = {"command": "/ask", "text": "", "user_id": "U1", "trigger_id": "1.2"}
            await last.send_json({"envelope_id": str(number), "type": "slash_commands", "payload": payload})
            async with asyncio.timeout(5):
                assert json.loads(await narrow.answers.get())["envelope_id"] == str(number)
        assert narrow.opened == 2
        await last.close()  # and the one that stands by takes over
        async with asyncio.timeout(5):
            await narrow.links.get()
    finally:
        starting.cancel()
        await socket.stop()
