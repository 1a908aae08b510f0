"""What a person can rely on where Slack tells and does only what it must."""

import copy
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO

import pytest

from bot.config import Mode
from bot.sandbox.slack.blocks import element_lookup
from models.clock import ManualClock
from tests.e2e.lean_slack import LeanWorld, lean


@pytest.fixture
async def world(pairing: tuple[str, Mode], database_url: str, clock: ManualClock) -> AsyncIterator[LeanWorld]:
    """A running world behind a Slack of few words."""
    async with lean(database_url, clock, pairing[1]) as ready:
        yield ready


async def fill_in(world: LeanWorld) -> None:
    """Fill the empty form in by its labels."""
    ada = world.person("Ada")
    await ada.command("/request-access")
    assert await ada.options("Application", "gith") == ["GitHub"]
    await ada.choose("Application", "GitHub")
    await ada.choose("Access", "Engineering team")
    await ada.choose("How long", "8 hours")
    await ada.fill("Reason", "INC-42")


async def test_the_main_loop_needs_no_more(world: LeanWorld, log: StringIO) -> None:
    ada = world.ids["Ada"]
    await fill_in(world)
    assert (await world.person("Ada").submit()).ok
    await world.settle()
    await world.approve("Grace", "Engineering team")
    assert ada in world.group.members
    assert "Sign in with SSO." in world.card("Ada", "You have access").text
    assert "Approve" not in world.card("Alan", "Engineering team").buttons
    await world.pass_time(timedelta(hours=7, minutes=1))
    assert "Extend" in world.card("Ada", "ends").buttons
    await world.pass_time(timedelta(hours=1))
    assert ada not in world.group.members
    assert "listener failed" not in log.getvalue()


async def test_the_form_opens_filled_in_and_is_sent_as_it_is(world: LeanWorld) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42")
    assert "INC-42" in world.card("Grace", "Engineering team").text


async def test_a_form_that_cannot_be_redrawn_grows_when_it_is_sent(world: LeanWorld) -> None:
    world.refused["views.update"] = "unknown_method"
    ada = world.person("Ada")
    await ada.command("/request-access")
    await ada.choose("Application", "GitHub")
    await ada.fill("Reason", "INC-42")
    assert (await ada.submit()).action == "update"
    await ada.choose("Access", "Engineering team")
    await ada.choose("How long", "8 hours")
    assert (await ada.submit()).ok
    await world.settle()
    assert "INC-42" in world.card("Grace", "Engineering team").text


async def test_somebody_whose_conversation_has_to_be_opened_first_is_reached(world: LeanWorld) -> None:
    world.open_first = True
    del world.refused["conversations.open"]
    await world.ask("Ada", "github engineering 8h because INC-42")
    await world.approve("Grace", "Engineering team")
    assert world.ids["Ada"] in world.group.members
    assert world.card("Ada", "You have access").text


async def test_a_card_whose_post_failed_comes_where_nobody_may_look_for_it(world: LeanWorld) -> None:
    world.slack.faults.fail("chat.postMessage", times=2)
    await world.ask("Ada", "github engineering 8h because INC-42")
    await world.pass_time(timedelta(minutes=5))
    assert world.card("Grace", "Engineering team").text
    assert world.card("Ada", "Engineering team").text


async def test_the_members_of_a_group_are_asked_though_groups_cannot_be_listed(world: LeanWorld) -> None:
    await world.offer(stage=[{"name": "Team", "approvers": [world.group.id]}])
    await world.ask("Ada", "github admin 8h because INC-42")
    assert "Admin role" in world.card("Otto", "Admin role").text


async def test_each_reply_in_a_cards_thread_counts(world: LeanWorld) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42")
    for words in ("The first word", "The second word"):
        await world.person("Ada").reply(world.card("Ada", "Engineering team"), words)
        await world.settle()
    replies = [reply.text for reply in world.card("Grace", "requests").replies]
    assert len(replies) == 2


async def test_a_message_to_the_bot_is_answered_where_a_whisper_is_not_possible(world: LeanWorld) -> None:
    await world.person("Ada").say(None, "Hello")
    await world.settle()
    assert "/request-access" in world.person("Ada").messages()[-1].text


async def test_home_opens_without_being_told_which_tab(world: LeanWorld) -> None:
    await world.person("Ada").open_home()
    await world.settle()
    assert world.slack.log.calls("views.publish")


async def test_a_refusal_is_shown_in_a_window_where_a_whisper_is_not_possible(world: LeanWorld) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42")
    alan, card = world.person("Alan"), world.card("Alan", "Engineering team")
    approve = copy.deepcopy(element_lookup.button(card.blocks, "Approve", None))
    await world.approve("Grace", "Engineering team")
    assert (await alan.client.act(alan.client.surface(card), approve)).ok
    assert alan.view is not None
    assert "already approved" in alan.view.text
