"""Asked otherwise than by a card in a DM: quietly on App Home, and in a channel."""

from datetime import timedelta

from bot.sandbox.slack.state.conversations import Channel, Message
from tests.home_tabs import press_tab
from tests.world import World

ASKED = "Engineering team"


async def in_channel(world: World, *, joined: bool = True, over: int = 0) -> Channel:
    """GitHub is decided by its owners, in a channel that Otto is in too; Ada asks."""
    ids = world.ids
    members = [ids["Grace"], ids["Alan"], ids["Otto"], *([world.app.bot_user_id] if joined else [])]
    channel = world.slack.workspace.add_channel("approvals", members=members)
    stage = {"name": "Owner", "approvers": ["owners"], "channel": channel.id, "channel_over": over}
    await world.offer(stage=[stage])
    await world.ask("Ada", "github engineering 8h because of a release")
    return channel


def posted(channel: Channel) -> Message:
    (card,) = [message for message in channel.messages if ASKED in message.text]
    return card


async def test_a_quiet_approver_has_no_message_and_decides_from_app_home(world: World) -> None:
    ids = world.ids
    stage = {"name": "Lead", "approvers": [ids["Mia"]], "quiet": [ids["Otto"]], "rule": "any"}
    await world.offer(stage=[stage])
    await world.ask("Ada", "github engineering 8h because of a release")
    otto = world.person("Otto")
    assert otto.messages() == []
    assert ids["Otto"] not in world.card("Ada", ASKED).text
    await world.pass_time(timedelta(hours=25))  # reminders
    assert otto.messages() == []
    await otto.open_home()
    await world.settle()
    await press_tab(otto, "To do")
    await world.settle()
    assert otto.home is not None
    assert "you can decide too, others are asked" in otto.home.text
    await otto.home_menu("Details")
    assert otto.view is not None
    assert f"Can decide too: <@{ids['Otto']}>" in otto.view.text
    await otto.press("Approve")
    assert (await otto.submit()).ok
    await world.settle()
    assert ids["Ada"] in world.group.members
    assert "Approve" not in world.card("Mia", ASKED).buttons


async def test_a_stage_is_asked_once_in_its_channel_and_any_of_its_people_decides_there(world: World) -> None:
    channel = await in_channel(world)
    ids = world.ids
    assert world.person("Grace").messages() == []
    assert f"Waiting for 1 of 2 approvers in <#{channel.id}>" in world.card("Ada", ASKED).text
    otto = world.person("Otto")
    await otto.click(posted(channel), "Approve")
    assert otto.view is None
    assert otto.ephemeral == ["You can't decide on AR-1. Grace or Alan can."]
    grace = world.person("Grace")
    await grace.click(posted(channel), "Approve")
    assert (await grace.submit()).ok
    await world.settle()
    assert ids["Ada"] in world.group.members
    card = posted(channel)
    assert f"*Approved* by <@{ids['Grace']}>" in card.text
    assert "Approve" not in card.buttons


async def test_few_people_are_asked_in_messages_of_their_own(world: World) -> None:
    channel = await in_channel(world, over=2)
    assert channel.messages == []
    assert "Approve" in world.card("Grace", ASKED).buttons


async def test_where_keyturn_is_not_in_the_channel_everybody_is_asked_in_a_message(world: World) -> None:
    channel = await in_channel(world, joined=False)
    assert channel.messages == []
    await world.settle()
    assert "Approve" in world.card("Alan", ASKED).buttons
    await world.person("Grace").click(world.card("Grace", ASKED), "Details")
    view = world.person("Grace").view
    assert view is not None
    assert f"<#{channel.id}> couldn't be used, so approvers were asked in direct messages" in view.text


async def test_a_reminder_goes_to_the_channel_and_who_it_is_passed_on_to_has_a_card(world: World) -> None:
    channel = await in_channel(world)
    await world.pass_time(timedelta(hours=25))
    assert "still waiting" in channel.messages[-1].text
    grace = world.person("Grace")
    await grace.menu(posted_first(channel), "Reassign")
    await grace.choose("New approver", "Root")
    assert (await grace.submit()).ok
    await world.settle()
    assert "Approve" in world.card("Root", ASKED).buttons


def posted_first(channel: Channel) -> Message:
    return next(message for message in channel.messages if ASKED in message.text)
