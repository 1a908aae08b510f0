"""What the checks work with, and what an earlier one found for the later ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Config
from bot.slack.gateway import Answer, Gateway, SlackRateLimit
from models.catalogue.spec import AppSpec
from models.catalogue.spec.entry_kind import Parts
from models.clock import SystemClock

PATIENCE = 10
"""Seconds that one call may take."""
TURNS = 10
"""How often a call waits as long as Slack asks it to."""


class WaitingGateway(Gateway):
    """For a command that can wait: a call that Slack asks to come back later comes back later."""

    async def call(self, method: str, **arguments: Any) -> Answer:
        for _ in range(TURNS - 1):
            try:
                return await super().call(method, **arguments)
            except SlackRateLimit as asked:
                await asyncio.sleep(asked.wait.total_seconds())
        return await super().call(method, **arguments)


@dataclass
class Bench:
    """The configuration and the ways out."""

    config: Config
    client: AsyncWebClient
    slack: Gateway
    http: aiohttp.ClientSession
    me: str | None = None
    """Keyturn's user id in Slack; None while no token works."""
    apps: tuple[AppSpec, ...] | None = None
    """The catalogue; None while it cannot be read."""
    parts: Parts = field(default_factory=dict)
    """What the catalogue has besides."""
    doubts: tuple[str, ...] = ()
    """Its stages that want more people than are known, a sentence each."""
    admins: tuple[str, ...] = ()
    """Who holds the role in the database, by id."""


@asynccontextmanager
async def bench(config: Config) -> AsyncIterator[Bench]:
    """A bench on which nothing has been looked at yet."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http:
        client = AsyncWebClient(
            token=config.slack.bot_token.get_secret_value(), base_url=config.slack.api_url, session=http
        )
        slack = WaitingGateway(client, SystemClock(), timeout=PATIENCE)
        yield Bench(config, client, slack, http)
