"""Every call to Slack is seen in one place: its time, why it failed, and whether Slack answers at all."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Metrics
from bot.sandbox.slack import App, LocalSlack
from bot.slack import gateway
from bot.slack.gateway import SlackHealth, trace_config


@pytest.fixture
def known() -> SlackHealth:
    return SlackHealth()


@pytest.fixture
async def client(
    slack: LocalSlack, app: App, metrics: Metrics, known: SlackHealth
) -> AsyncIterator[AsyncWebClient]:
    trace = trace_config(slack.api_url, metrics, known)
    timeout = aiohttp.ClientTimeout(total=0.5)
    async with aiohttp.ClientSession(trace_configs=[trace], timeout=timeout) as session:
        yield AsyncWebClient(app.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


def counted(metrics: Metrics, error: str, method: str = "users.list") -> bool:
    line = f'keyturn_slack_errors_total{{error="{error}",method="{method}"}} 1.0'
    return line in metrics.render().decode()


def is_answering(known: SlackHealth) -> bool:
    """Asked anew each time."""
    return known.answering


async def fails(client: AsyncWebClient) -> None:
    with pytest.raises((SlackApiError, aiohttp.ClientError, TimeoutError)):
        await client.users_list()


async def test_a_refusal_is_counted_by_slacks_word(
    client: AsyncWebClient, slack: LocalSlack, metrics: Metrics, known: SlackHealth
) -> None:
    slack.faults.ratelimit("users.list", times=1)
    await fails(client)
    slack.faults.fail("users.list", status=200, error="missing_scope", times=1)
    await fails(client)
    assert counted(metrics, "ratelimited")
    assert counted(metrics, "missing_scope")
    assert known.answering
    await client.users_list()
    assert "missing_scope" in metrics.render().decode()


async def test_no_answer_is_counted_and_so_is_slacks_own_trouble(
    client: AsyncWebClient, slack: LocalSlack, metrics: Metrics, known: SlackHealth
) -> None:
    slack.faults.fail("users.list", status=503, times=1)
    await fails(client)
    after_one = known.answering  # one is no outage
    with slack.faults.down():
        await fails(client)
    assert (after_one, known.answering) == (True, False)
    assert counted(metrics, "http_503")
    assert counted(metrics, "unreachable")
    await client.auth_test()
    assert is_answering(known)


async def test_a_slack_that_hangs_does_not_answer(
    client: AsyncWebClient, slack: LocalSlack, known: SlackHealth
) -> None:
    with slack.faults.hang():
        await fails(client)
        await fails(client)
    assert not known.answering


async def test_slack_is_asked_only_where_there_is_a_doubt(
    client: AsyncWebClient, slack: LocalSlack, known: SlackHealth, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known.probe(client)
    assert slack.log.calls("api.test") == []
    with slack.faults.down():
        await fails(client)
        await known.probe(client)
    assert not is_answering(known)
    asked = len(slack.log.calls("api.test"))
    await known.probe(client)
    assert is_answering(known)
    monkeypatch.setattr(gateway, "PROBE_AFTER", 0)
    await known.probe(client)
    assert len(slack.log.calls("api.test")) == asked + 2
