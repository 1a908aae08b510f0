"""Shared by the tests of what runs."""

import logging
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.manifest import manifest
from bot.metrics import Metrics
from bot.sandbox.slack import App, LocalSlack
from bot.slack import Gateway
from models.clock import ManualClock


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Takes back what bot.log.configure did, so that one test's stream is not another's."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


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
def gateway(
    slack: LocalSlack, app: App, http: aiohttp.ClientSession, clock: ManualClock, metrics: Metrics
) -> Gateway:
    """The way to Slack, with half a second of patience."""
    client = AsyncWebClient(app.bot_token, base_url=slack.api_url, session=http, retry_handlers=[])
    return Gateway(client, clock, metrics, patience=0.5)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()
