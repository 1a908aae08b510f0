"""The context of the checks: configuration, Slack, and what earlier checks read for later ones."""

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
from models.catalogue.spec.entry_kind import EntriesByKind
from models.clock import SystemClock

CALL_TIMEOUT = 10
"""Seconds that one call may take."""
MAX_TRIES = 10
"""How often a call waits as long as Slack asks it to."""


class WaitingGateway(Gateway):
    """A gateway for commands: waits where Slack asks it to, instead of raising."""

    async def call(self, method: str, **arguments: Any) -> Answer:
        for _ in range(MAX_TRIES - 1):
            try:
                return await super().call(method, **arguments)
            except SlackRateLimit as error:
                await asyncio.sleep(error.wait.total_seconds())
        return await super().call(method, **arguments)


@dataclass
class CheckContext:
    """What the checks work with."""

    config: Config
    client: AsyncWebClient
    slack: Gateway
    http: aiohttp.ClientSession
    me: str | None = None
    """Keyturn's user id in Slack; None while no token works."""
    apps: tuple[AppSpec, ...] | None = None
    """The catalogue; None while it cannot be read."""
    parts: EntriesByKind = field(default_factory=dict)
    """What the catalogue has besides."""
    shortages: tuple[str, ...] = ()
    """Its stages that want more people than are known, a sentence each."""
    admins: tuple[str, ...] = ()
    """Who holds the role in the database, by id."""


@asynccontextmanager
async def open_context(config: Config) -> AsyncIterator[CheckContext]:
    """A context for one run of the checks."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT)) as http:
        client = AsyncWebClient(
            token=config.slack.bot_token.get_secret_value(), base_url=config.slack.api_url, session=http
        )
        slack = WaitingGateway(client, SystemClock(), timeout=CALL_TIMEOUT)
        yield CheckContext(config, client, slack, http)
