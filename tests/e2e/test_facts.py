"""What stands out about a request, through Slack; and the answer at the end that it is made of."""

from datetime import timedelta

import pytest

from models.catalogue.spec.people import PERSON, PersonSpec
from models.lifecycle.grant import revoke
from models.registry import catalogue_entries
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.states import Usage
from tests.rows import all_of
from tests.world import World, modal_text

SIGN = ":large_orange_diamond:"
ENGINEERS = ("Ada", "Mia", "Otto", "Alan")
EIGHT_HOURS = timedelta(hours=8)


async def departments(world: World, name: str, *people: str) -> None:
    """The directory table says where these people are."""

    def list_people(out: Outcome) -> None:
        for person in people:
            spec = PersonSpec(person=world.ids[person], department=name)
            catalogue_entries.save_entry(out, PERSON, spec, world.ids["Root"])

    await world.acquaint()
    await world.bot.store.write(list_people)


async def hold_and_end(world: World, name: str, answer: str = "") -> None:
    """Somebody has the access for eight hours, and answers at its end."""
    await world.ask(name, "github engineering 8h because of INC-42")
    await world.approve("Grace", "requests *GitHub")
    await world.pass_time(EIGHT_HOURS)
    if answer:
        await world.person(name).click(world.card(name, "Did you use it?"), answer)
        await world.settle()


@pytest.mark.both_engines
async def test_the_unusual_is_on_the_card_and_the_usual_in_details(world: World) -> None:
    await departments(world, "Engineering", *ENGINEERS)
    await world.ask("Ada", "github engineering 8h because of INC-42")
    card = world.card("Grace", "requests *GitHub")
    assert f"{SIGN} *Nobody in Engineering has it*" in card.text
    grace = world.person("Grace")
    await grace.click(card, "Details")
    assert "First request for GitHub" in modal_text(grace)
    assert "Of 3 other active people in Engineering" in modal_text(grace)
    await grace.close()
    await world.approve("Grace", "requests *GitHub")

    await world.ask("Mia", "github engineering 8h because of INC-43")
    card = world.card("Grace", "INC-43")
    assert SIGN not in card.text
    await grace.click(card, "Details")
    assert "1 of 3 in Engineering has it" in modal_text(grace)


async def test_one_click_at_the_end_says_whether_it_was_used_and_can_be_changed_for_a_day(
    world: World,
) -> None:
    await hold_and_end(world, "Ada")
    before = len(world.person("Ada").messages())
    card = world.card("Ada", "Did you use it?")
    assert [one for one in card.buttons if one in ("Yes", "Less would do", "Didn't need it")] == [
        "Yes", "Less would do", "Didn't need it",
    ]  # fmt: skip
    ada = world.person("Ada")
    await ada.click(card, "Less would do")
    await world.settle()
    card = world.card("Ada", "You said: *less would do*")
    assert {"Used it", "Didn't need it", "Request again"} <= set(card.buttons)
    await ada.click(card, "Didn't need it")
    await world.settle()
    assert len(ada.messages()) == before
    await world.pass_time(timedelta(days=1))
    card = world.card("Ada", "You said: *didn't need it*")
    assert "Changed your mind" not in card.text
    assert not {"Used it", "Yes", "Less would do"} & set(card.buttons)
    (grant,) = await all_of(world.bot.store, Grant)
    assert grant.usage is Usage.NO


async def test_whoever_gives_it_back_is_asked_at_once(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of INC-42")
    await world.approve("Grace", "requests *GitHub")
    await world.person("Ada").click(world.card("Ada", "Sign in with SSO."), "Give back")
    await world.settle()
    assert "Yes" in world.card("Ada", "Did you use it?").buttons


async def test_whoever_lost_it_by_an_admin_is_not_asked(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of INC-42")
    await world.approve("Grace", "requests *GitHub")
    await world.bot.store.run(revoke.revoke, "GR-1", world.ids["Root"])
    await world.settle()
    assert "Did you use it?" not in world.person("Ada").messages()[-1].text


async def test_a_click_that_comes_too_late_gets_a_sentence(world: World) -> None:
    await hold_and_end(world, "Ada")
    ada, stale = world.person("Ada"), world.card("Ada", "Did you use it?")
    await ada.click(stale, "Yes")
    await world.settle()
    changeable = world.card("Ada", "You said: *used it*")
    world.clock.advance(timedelta(days=2))
    await ada.click(changeable, "Didn't need it")
    await world.settle()
    assert any("your answer stays as it is" in text for text in ada.ephemeral)
    (grant,) = await all_of(world.bot.store, Grant)
    assert grant.usage is Usage.YES


async def test_what_was_not_needed_before_is_said_to_the_next_approver(world: World) -> None:
    for _ in range(2):
        await hold_and_end(world, "Ada", "Didn't need it")
    await world.ask("Ada", "github engineering 8h because of INC-42")
    assert f"{SIGN} *Had it twice before: not needed twice*" in world.card("Grace", "requests *GitHub").text


async def test_the_app_opens_from_the_card_of_its_holder(world: World) -> None:
    await world.offer(link="https://github.com/example")
    await world.ask("Ada", "github engineering 8h because of INC-42")
    await world.approve("Grace", "requests *GitHub")
    outcome = await world.person("Ada").click(world.card("Ada", "Sign in with SSO."), "Open GitHub ↗")
    assert outcome.trouble is None
