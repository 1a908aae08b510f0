"""The bare app: Bolt over aiohttp, which commits one row, acknowledges, and then makes its calls to Slack.

It makes the calls that Keyturn makes, each with one raw commit, and does nothing else.
"""

import asyncio
import itertools
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.serve import keep_what_is_loaded


class BarePart:
    """Such an app in a process of its own."""

    async def open(self, app: dict[str, str], path: str, callbacks: list[str]) -> str:
        """Start it, listening to the forms of these callback ids; returns where it takes deliveries."""
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE facts (id INTEGER PRIMARY KEY, what TEXT, who TEXT)")
        self._http = aiohttp.ClientSession()
        self._client = AsyncWebClient(app["bot_token"], base_url=app["api_url"], session=self._http)
        self._calls: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        bolt = _bolt(app["signing_secret"])
        for callback in callbacks:
            bolt.view(callback)(self._listener(callback))
        address = await self._serve(bolt)
        keep_what_is_loaded()
        return address

    def script(self, callback: str, calls: list[tuple[str, dict[str, Any]]]) -> None:
        """After each such form, make these calls."""
        self._calls[callback] = calls

    async def idle(self) -> None:
        """Return when all calls are made."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def rows(self) -> int:
        """How many rows it has committed."""
        return int(self._database.execute("SELECT count(*) FROM facts").fetchone()[0])

    async def close(self) -> None:
        await self.idle()
        await self._runner.cleanup()
        await self._http.close()
        self._database.close()

    def _listener(self, callback: str) -> Callable[..., Awaitable[None]]:
        async def listener(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> None:
            self._commit(callback, body["user"]["id"])
            await ack()
            if calls := self._calls.get(callback):
                task = asyncio.create_task(self._make(calls))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        return listener

    async def _make(self, calls: list[tuple[str, dict[str, Any]]]) -> None:
        for method, arguments in calls:
            await getattr(self._client, method.replace(".", "_"))(**arguments)
            self._commit(method, str(arguments.get("channel")))

    def _commit(self, what: str, who: str) -> None:
        self._database.execute("INSERT INTO facts (what, who) VALUES (?, ?)", (what, who))

    async def _serve(self, bolt: AsyncApp) -> str:
        async def take(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

        server = web.Application()
        server.router.add_post("/slack/events", take)
        self._runner = web.AppRunner(server, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"


def _bolt(secret: str) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        us = {"bot_token": "xoxb-1", "bot_id": "B1", "bot_user_id": "U1"}
        return AuthorizeResult(enterprise_id=None, team_id="T1", **us)

    return AsyncApp(signing_secret=secret, authorize=authorize, process_before_response=True)
