"""chat.*: what may be posted, where, and what others see of it."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import HandClock, Raw, button, section


async def test_a_message_to_a_person_opens_their_dm(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="hello")
    (message,) = ada.messages()
    assert (message.text, message.ts) == ("hello", sent["ts"])
    assert sent["channel"].startswith("D")
    assert ada.unread == 1
    ada.read()
    assert ada.unread == 0


async def test_visible_text_comes_from_the_blocks(client: AsyncWebClient, ada: Person) -> None:
    blocks = [
        section("*Bold* claim"),
        {"type": "actions", "elements": [button("Yes", "yes"), button("No", "no")]},
    ]
    await client.chat_postMessage(channel=ada.id, text="for notifications", blocks=blocks)
    (message,) = ada.messages()
    assert (message.text, message.buttons) == ("*Bold* claim", ["Yes", "No"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "metadata": {"event_type": ""}}, "invalid_metadata_format"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "blocks": [section("y" * 3000)] * 5}, "msg_blocks_too_long"),
    ],
)
async def test_content_that_slack_refuses(
    raw: Raw, app: App, ada: Person, arguments: Any, error: str
) -> None:
    answer = await raw.post("chat.postMessage", app.bot_token, json={"channel": ada.id, **arguments})
    assert answer["error"] == error
    assert ada.messages() == []


async def test_invalid_blocks_are_pointed_at(raw: Raw, app: App, ada: Person) -> None:
    blocks = [section("fine"), section("")]
    answer = await raw.post("chat.postMessage", app.bot_token, json={"channel": ada.id, "blocks": blocks})
    assert answer["errors"] == ["must be more than 0 characters [json-pointer:/blocks/1/text/text]"]
    assert answer["response_metadata"]["messages"] == ["[ERROR] " + answer["errors"][0]]


async def test_who_cannot_be_written_to(
    client: AsyncWebClient, slack: LocalSlack, ada: Person, app: App
) -> None:
    secret = slack.workspace.add_channel("secret", private=True)
    public = slack.workspace.add_channel("public")
    slack.workspace.deactivate(ada.id)
    for channel, error in (
        (ada.id, "channel_not_found"),
        (ada.dm.id, "channel_not_found"),
        (secret.id, "channel_not_found"),
        (public.id, "not_in_channel"),
        ("C404", "channel_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=channel, text="hello")
        assert refused.value.response["error"] == error
    public.members.append(app.bot_user_id)
    public.archived = True
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=public.id, text="hello")


async def test_an_update_changes_the_message_in_place(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one", blocks=[section("one")])
    (message,) = ada.messages()
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="two", blocks=[section("two")])
    assert message.text == "two"
    assert len(ada.messages()) == 1
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="three")
    assert (message.text, message.blocks) == ("three", [])


async def test_updates_that_slack_refuses(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one")
    theirs = await ada.say(None, "mine")
    for channel, ts, error in (
        (ada.id, sent["ts"], "channel_not_found"),
        (sent["channel"], "1.000001", "message_not_found"),
        (sent["channel"], theirs.ts, "cant_update_message"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_update(channel=channel, ts=ts, text="two")
        assert refused.value.response["error"] == error


async def test_a_message_can_be_deleted_by_its_author_only(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one")
    theirs = await ada.say(None, "mine")
    await client.chat_delete(channel=sent["channel"], ts=sent["ts"])
    assert ada.messages() == [theirs]
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await client.chat_delete(channel=sent["channel"], ts=theirs.ts)


async def test_metadata_comes_back_when_asked_for(client: AsyncWebClient, ada: Person) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "AR-1"}}
    sent = await client.chat_postMessage(channel=ada.id, text="one", metadata=metadata)
    bare = await client.conversations_history(channel=sent["channel"])
    full = await client.conversations_history(channel=sent["channel"], include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    assert ada.messages()[0].metadata == metadata


async def test_a_thread_belongs_to_its_parent(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="parent")
    await ada.reply(ada.messages()[0], "first")
    await client.chat_postMessage(channel=ada.id, text="second", thread_ts=sent["ts"])
    await client.chat_postMessage(channel=ada.id, text="loud", thread_ts=sent["ts"], reply_broadcast=True)
    parent = ada.messages()[0]
    assert [reply.text for reply in parent.replies] == ["first", "second", "loud"]
    assert [message.text for message in ada.messages()] == ["parent", "loud"]
    thread = await client.conversations_replies(channel=sent["channel"], ts=sent["ts"])
    assert [each["text"] for each in thread["messages"]] == ["parent", "first", "second", "loud"]
    assert thread["messages"][0]["reply_count"] == 3


async def test_an_ephemeral_message_is_for_one_person(
    client: AsyncWebClient, ada: Person, ben: Person
) -> None:
    await client.conversations_open(users=ada.id)
    await client.chat_postEphemeral(channel=ada.id, user=ada.id, text="psst")
    assert (ada.ephemeral, ben.ephemeral, ada.messages()) == (["psst"], [], [])
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel=ada.dm.id, user=ben.id, text="psst")


async def test_a_scheduled_message_comes_by_the_clock(
    client: AsyncWebClient, ada: Person, slack: LocalSlack, hands: HandClock
) -> None:
    at = int(hands.now().timestamp())
    await client.chat_scheduleMessage(channel=ada.id, text="later", post_at=at + 3600)
    dropped = await client.chat_scheduleMessage(channel=ada.id, text="never", post_at=at + 3600)
    await client.chat_deleteScheduledMessage(
        channel=ada.dm.id, scheduled_message_id=dropped["scheduled_message_id"]
    )
    hands.advance(hours=1)
    slack.run_due()
    assert [message.text for message in ada.messages()] == ["later"]
    with pytest.raises(SlackApiError, match="time_in_past"):
        await client.chat_scheduleMessage(channel=ada.id, text="late", post_at=at)


async def test_a_permalink_leads_to_the_message(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one")
    link = await client.chat_getPermalink(channel=sent["channel"], message_ts=sent["ts"])
    assert link["permalink"].endswith(f"/archives/{sent['channel']}/p{sent['ts'].replace('.', '')}")


async def test_one_reaction_of_a_kind(client: AsyncWebClient, ada: Person) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one")
    await client.reactions_add(channel=sent["channel"], timestamp=sent["ts"], name="eyes")
    assert ada.messages()[0].reactions[0]["count"] == 1
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel=sent["channel"], timestamp=sent["ts"], name="eyes")


async def test_history_is_paged(client: AsyncWebClient, ada: Person) -> None:
    for number in range(5):
        await client.chat_postMessage(channel=ada.id, text=str(number))
    seen: list[str] = []
    async for page in await client.conversations_history(channel=ada.dm.id, limit=2):
        seen += [message["text"] for message in page["messages"]]
    assert seen == ["4", "3", "2", "1", "0"]
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await client.conversations_history(channel=ada.dm.id, cursor="nonsense")


async def test_a_file_is_uploaded_and_shared(client: AsyncWebClient, ada: Person) -> None:
    shared = await client.files_upload_v2(
        channel=ada.dm.id, filename="a.csv", content="1,2", initial_comment="here"
    )
    (message,) = ada.messages()
    assert (message.fallback, message.files[0]["name"]) == ("here", "a.csv")
    assert shared["files"][0]["id"] == message.files[0]["id"]
