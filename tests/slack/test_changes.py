"""Waiting for what is to come, and watching all of it."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import Raw


async def test_until_returns_what_became_true(client: AsyncWebClient, slack: LocalSlack, ada: Person) -> None:
    waiting = asyncio.create_task(slack.until(ada.messages))
    await client.chat_postMessage(channel=ada.id, text="hello")
    assert [message.text for message in await waiting] == ["hello"]


async def test_until_explains_why_it_did_not(raw: Raw, app: App, slack: LocalSlack) -> None:
    await raw.post("users.info", app.bot_token, data={"user": "U404"})
    with pytest.raises(AssertionError, match=r"within 0.05 s\n(.*\n)*api users.info .* user_not_found"):
        await slack.until(lambda: False, timeout=0.05)


async def test_a_mistake_in_the_condition_is_not_hidden(slack: LocalSlack) -> None:
    with pytest.raises(ZeroDivisionError):
        await slack.until(lambda: 1 / 0, timeout=1)


async def test_every_change_is_fed_to_who_watches(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    seen: list[int] = []

    async def watch() -> None:
        async for version in slack.changes():
            seen.append(version)
            if ada.messages():
                return

    watching = asyncio.create_task(watch())
    await client.chat_postMessage(channel=ada.id, text="hello")
    await asyncio.wait_for(watching, 5)
    assert seen == sorted(set(seen))


async def test_the_log_is_bounded_and_can_be_observed(client: AsyncWebClient, slack: LocalSlack) -> None:
    seen: list[tuple[str, bool]] = []
    slack.log.observers.append(lambda entry: seen.append((entry.name, entry.duration is not None)))
    await client.auth_test()
    assert seen == [("auth.test", False), ("auth.test", True)]
    slack.log.clear()
    assert len(slack.log) == 0
