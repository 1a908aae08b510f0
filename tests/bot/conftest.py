"""Shared by the tests of what runs."""

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import log
from bot.metrics import Metrics
from bot.sandbox.slack import App, LocalSlack
from bot.slack.gateway import Gateway
from bot.slack.manifest import manifest
from models.clock import ManualClock
from tests.world import World


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[LocalSlack]:
    """A Slack of our own, at the test's time, that limits nobody unless a test says so."""
    local = LocalSlack(clock, rates=False)
    await local.start()
    yield local
    await local.stop()


@pytest.fixture
def app(slack: LocalSlack) -> App:
    """Keyturn's Slack app, with exactly the scopes of its manifest."""
    return slack.workspace.install_app(manifest=manifest("socket"))


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def gateway(slack: LocalSlack, app: App, http: aiohttp.ClientSession, clock: ManualClock) -> Gateway:
    """The way to Slack, with half a second of patience."""
    client = AsyncWebClient(app.bot_token, base_url=slack.api_url, session=http, retry_handlers=[])
    return Gateway(client, clock, timeout=0.5)


@pytest.fixture
def bot_log(world: World) -> io.StringIO:
    """What the bot of the test's `world` logs, in the form in which it goes to a file."""
    stream = io.StringIO()
    log.configure(world.config("sqlite+aiosqlite:///unused.db").secrets(), stream=stream)
    return stream


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()
