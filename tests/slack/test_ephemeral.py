"""Messages for one person: clicked, replaced, taken away, forgotten."""

from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Person
from tests.slack.conftest import button, section

ROW = {"type": "actions", "elements": [button("Replace", "replace"), button("Dismiss", "dismiss")]}


async def test_an_ephemeral_message_lives_by_its_response_url(
    bolt: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    seen: list[dict[str, Any]] = []

    @bolt.action("replace")
    async def replace(ack: Any, body: dict[str, Any], respond: Any) -> None:
        seen.append(body)
        await respond(text="new", blocks=[section("new"), ROW], replace_original=True)
        await ack()

    @bolt.action("dismiss")
    async def dismiss(ack: Any, respond: Any) -> None:
        await respond(delete_original=True)
        await ack()

    await client.conversations_open(users=ada.id)
    await client.chat_postEphemeral(channel=ada.dm.id, user=ada.id, text="old", blocks=[section("old"), ROW])
    (message,) = ada.ephemerals
    await ada.click(message, "Replace")
    assert ada.ephemeral == ["new"]
    assert seen[0]["container"]["is_ephemeral"]
    assert "message" not in seen[0]
    await ada.click(message, "Dismiss")
    assert ada.ephemeral == []


async def test_a_reload_forgets_ephemeral_messages(client: AsyncWebClient, ada: Person) -> None:
    await client.conversations_open(users=ada.id)
    await client.chat_postEphemeral(channel=ada.dm.id, user=ada.id, text="psst")
    ada.slack.inbox.forget(ada.id)
    assert ada.ephemeral == []


async def test_a_response_url_that_is_worn_out_says_so(ada: Person) -> None:
    slack = ada.slack
    url = slack.response_urls.issue(ada.app, ada.id, ada.dm.id)
    async with aiohttp.ClientSession() as session:
        for _ in range(5):
            async with session.post(url, json={"text": "hello", "response_type": "in_channel"}) as answer:
                assert answer.status == 200
        async with session.post(url, json={"text": "hello"}) as answer:
            assert (answer.status, await answer.json()) == (404, {"ok": False, "error": "used_url"})
    assert len(ada.messages()) == 5
