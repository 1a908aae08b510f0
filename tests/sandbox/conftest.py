"""The demo company with its app, and browser windows that speak as the page's script does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.sandbox.browser import Browser, Setup
from tests.sandbox import demo
from tests.sandbox.demo import Demo


@pytest.fixture
async def world() -> AsyncIterator[Demo]:
    """A local Slack with three people and the demo app."""
    async with demo.running() as ready:
        yield ready


@pytest.fixture
async def browser(world: Demo) -> AsyncIterator[Browser]:
    """The browser client of that Slack."""
    made = Browser(world.slack, Setup(title="Demo", order=("UADA", "UMIA")))
    await made.start()
    yield made
    await made.stop()


class Page:
    """One open window: `regions` is what it shows."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.regions: dict[str, str] = {}

    async def send(self, do: str, **said: Any) -> None:
        await self._socket.send_json({"do": do, **said})

    async def ask(self, do: str, **said: Any) -> dict[str, Any]:
        """A question, and the answer to it."""
        await self.send(do, **said, n=1)
        while True:
            said = await self._receive()
            if "answer" in said:
                return said

    async def until(self, region: str, words: str) -> str:
        """Waits until the words stand in a region."""
        while words not in self.regions.get(region, ""):
            await self._receive()
        return self.regions[region]

    async def until_gone(self, region: str, words: str) -> None:
        while words in self.regions.get(region, words):
            await self._receive()

    async def _receive(self) -> dict[str, Any]:
        said: dict[str, Any] = await self._socket.receive_json(timeout=6)
        self.regions |= said.get("regions", {})
        return said


@asynccontextmanager
async def window(browser: Browser, at: str) -> AsyncIterator[Page]:
    """Opens a window at an address such as `/as/UADA`."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{browser.url}live", params={"at": at}) as socket,
    ):
        yield Page(socket)
