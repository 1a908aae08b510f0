"""Faults on demand: what they do, for how long, and that they can be taken away."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import Raw


async def test_too_many_requests_comes_with_its_time(raw: Raw, app: App, slack: LocalSlack) -> None:
    slack.faults.ratelimit("users.*", retry_after=30, times=1)
    headers = {"Authorization": f"Bearer {app.bot_token}"}
    async with raw.session.get(slack.api_url + "users.list", headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
        assert await answer.json() == {"ok": False, "error": "ratelimited"}
    assert (await raw.post("users.list", app.bot_token))["ok"]


async def test_the_official_client_waits_and_tries_again(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.ratelimit("chat.postMessage", retry_after=0, times=1)
    await client.chat_postMessage(channel=ada.id, text="hello")
    assert [message.text for message in ada.messages()] == ["hello"]
    assert [entry.error for entry in slack.log.calls("chat.postMessage")] == ["ratelimited", None]


async def test_a_failure_has_no_effect(client: AsyncWebClient, slack: LocalSlack, ada: Person) -> None:
    with slack.faults.fail("chat.*", status=500) as fault:
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=ada.id, text="hello")
        assert (refused.value.response.status_code, fault.used, ada.messages()) == (500, 1, [])
    await client.chat_postMessage(channel=ada.id, text="hello")
    assert len(ada.messages()) == 1


async def test_a_refusal_by_name(client: AsyncWebClient, slack: LocalSlack, ada: Person) -> None:
    slack.faults.fail("chat.*", status=200, error="fatal_error", times=1)
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.chat_postMessage(channel=ada.id, text="hello")


@pytest.mark.parametrize("effect", [False, True])
async def test_a_cut_connection_before_or_after_the_effect(
    raw: Raw, app: App, slack: LocalSlack, ada: Person, effect: bool
) -> None:
    cut = slack.faults.lose_answer if effect else slack.faults.cut
    cut("chat.postMessage", times=1)
    with pytest.raises(aiohttp.ClientError):
        await raw.post("chat.postMessage", app.bot_token, data={"channel": ada.id, "text": "hello"})
    assert [message.text for message in ada.messages()] == (["hello"] if effect else [])


async def test_a_call_hangs_until_the_fault_is_removed(raw: Raw, app: App, slack: LocalSlack) -> None:
    fault = slack.faults.hang("auth.test")
    call = asyncio.create_task(raw.post("auth.test", app.bot_token))
    await slack.until(lambda: fault.used)
    assert not call.done()
    fault.remove()
    with pytest.raises(aiohttp.ClientError):
        await call
    assert (await raw.post("auth.test", app.bot_token))["ok"]


@pytest.mark.usefixtures("bolt")
async def test_slack_is_down_and_comes_back(raw: Raw, app: App, slack: LocalSlack) -> None:
    with slack.faults.down():
        await slack.until(lambda: not slack.sockets.connections(app))
        with pytest.raises(aiohttp.ClientError):
            await raw.post("auth.test", app.bot_token)
    assert (await raw.post("auth.test", app.bot_token))["ok"]


async def test_a_delivery_can_come_twice_or_never(bolt: AsyncApp, slack: LocalSlack, ada: Person) -> None:
    seen: list[str] = []

    @bolt.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        seen.append(command["trigger_id"])
        await ack()

    slack.faults.duplicate("slash_command")
    assert (await ada.command("/ask")).ok
    await slack.until(lambda: len(seen) == 2)
    assert seen[0] == seen[1]
    with slack.faults.drop("slash_command"):
        assert (await ada.command("/ask")).trouble == '/ask failed with the error "operation_timeout"'
    assert len(seen) == 2


async def test_all_faults_are_cleared_at_once(raw: Raw, app: App, slack: LocalSlack) -> None:
    slack.faults.fail()
    slack.faults.ratelimit("*", retry_after=1)
    assert len(slack.faults.active) == 2
    slack.faults.clear()
    assert slack.faults.active == []
    assert (await raw.post("auth.test", app.bot_token))["ok"]
