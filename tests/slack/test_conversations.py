"""conversations.*: who sees what, and who may change it."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import refused


async def test_a_dm_is_opened_once(client: AsyncWebClient, ada: Person) -> None:
    first = await client.conversations_open(users=ada.id)
    again = await client.conversations_open(users=[ada.id], return_im=True)
    assert first["channel"]["id"] == again["channel"]["id"] == ada.dm.id
    assert again["channel"]["user"] == ada.id


async def test_dms_that_cannot_be_opened(
    client: AsyncWebClient, slack: LocalSlack, ada: Person, app: App
) -> None:
    slack.workspace.deactivate(ada.id)
    assert await refused(client.conversations_open(users=ada.id)) == "user_disabled"
    assert await refused(client.conversations_open(users="U404")) == "user_not_found"
    assert await refused(client.conversations_open(users="")) == "users_list_not_supplied"
    app.scopes -= {"im:write"}
    assert await refused(client.conversations_open(users="U404")) == "missing_scope"


async def test_private_channels_do_not_exist_for_outsiders(
    client: AsyncWebClient, slack: LocalSlack, app: App
) -> None:
    slack.workspace.add_channel("general")
    secret = slack.workspace.add_channel("secret", private=True)
    every = "public_channel,private_channel"
    assert [each["name"] for each in (await client.conversations_list(types=every))["channels"]] == [
        "general"
    ]
    assert await refused(client.conversations_info(channel=secret.id)) == "channel_not_found"
    secret.members.append(app.bot_user_id)
    assert (await client.conversations_info(channel=secret.id))["channel"]["is_private"]


async def test_lists_are_paged(client: AsyncWebClient, slack: LocalSlack) -> None:
    for number in range(5):
        slack.workspace.add_channel(f"room-{number}")
    names: list[str] = []
    async for page in await client.conversations_list(limit=2):
        names += [channel["name"] for channel in page["channels"]]
    assert names == [f"room-{number}" for number in range(5)]


async def test_people_are_invited_and_removed(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person, ben: Person
) -> None:
    room = slack.workspace.add_channel("room", members=[app.bot_user_id])
    await client.conversations_invite(channel=room.id, users=[ada.id, ben.id])
    assert (await client.conversations_members(channel=room.id))["members"] == [
        app.bot_user_id,
        ada.id,
        ben.id,
    ]
    assert await refused(client.conversations_invite(channel=room.id, users=ada.id)) == "already_in_channel"
    await client.conversations_kick(channel=room.id, user=ada.id)
    assert room.members == [app.bot_user_id, ben.id]
    assert await refused(client.conversations_kick(channel=room.id, user=ada.id)) == "not_in_channel"
    assert await refused(client.conversations_kick(channel=room.id, user=app.bot_user_id)) == "cant_kick_self"


async def test_an_invitation_adds_all_or_nobody(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person, ben: Person
) -> None:
    room = slack.workspace.add_channel("room", members=[app.bot_user_id])
    slack.workspace.deactivate(ben.id)
    assert (
        await refused(client.conversations_invite(channel=room.id, users=[ada.id, ben.id])) == "cant_invite"
    )
    assert room.members == [app.bot_user_id]


async def test_the_bot_must_be_inside_to_invite(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    room = slack.workspace.add_channel("room")
    assert await refused(client.conversations_invite(channel=room.id, users=ada.id)) == "not_in_channel"
    await client.conversations_join(channel=room.id)
    await client.conversations_invite(channel=room.id, users=ada.id)
    await client.conversations_leave(channel=room.id)
    assert room.members == [ada.id]


async def test_nobody_is_removed_from_general(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    general = slack.workspace.add_channel("general", members=[app.bot_user_id, ada.id])
    assert (
        await refused(client.conversations_kick(channel=general.id, user=ada.id)) == "cant_kick_from_general"
    )
    assert await refused(client.conversations_leave(channel=general.id)) == "cant_leave_general"
    assert await refused(client.conversations_archive(channel=general.id)) == "cant_archive_general"


async def test_channels_are_made_archived_and_opened_again(client: AsyncWebClient, slack: LocalSlack) -> None:
    made = (await client.conversations_create(name="incident-42", is_private=True))["channel"]
    await client.conversations_setTopic(channel=made["id"], topic="All well")
    assert slack.workspace.channels[made["id"]].topic == "All well"
    await client.conversations_archive(channel=made["id"])
    assert await refused(client.conversations_archive(channel=made["id"])) == "already_archived"
    await client.conversations_unarchive(channel=made["id"])
    assert await refused(client.conversations_unarchive(channel=made["id"])) == "not_archived"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("taken", "name_taken"),
        ("Loud", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("x" * 81, "invalid_name_maxlength"),
    ],
)
async def test_names_that_a_channel_cannot_have(
    client: AsyncWebClient, slack: LocalSlack, name: str, error: str
) -> None:
    slack.workspace.add_channel("taken")
    assert await refused(client.conversations_create(name=name)) == error


async def test_a_dm_is_no_room(client: AsyncWebClient, ada: Person, ben: Person) -> None:
    await client.conversations_open(users=ada.id)
    kind = "method_not_supported_for_channel_type"
    assert await refused(client.conversations_invite(channel=ada.dm.id, users=ben.id)) == kind


async def test_conversations_of_a_person(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    slack.workspace.add_channel("hers", members=[ada.id])
    slack.workspace.add_channel("ours", members=[ada.id, app.bot_user_id])
    theirs = await client.users_conversations(user=ada.id)
    mine = await client.users_conversations()
    assert [each["name"] for each in theirs["channels"]] == ["hers", "ours"]
    assert [each["name"] for each in mine["channels"]] == ["ours"]
    assert await refused(client.users_conversations(types="nonsense")) == "invalid_types"
