"""Access at once, as people use it: the box, the second question, the alert, the end, and the review."""

from datetime import timedelta

import pytest

from bot.sandbox.slack import Person
from bot.sandbox.slack.blocks import element_lookup
from bot.sandbox.slack.blocks.visible import BlockElement
from models.tables.requests import Request
from models.tables.reviews import Review
from tests.home_tabs import press_tab
from tests.rows import count_of, row_of
from tests.world import World

HOUR = timedelta(hours=1)
BOX, TICK = "Emergency", "This is an emergency"


async def allowed(world: World, **entry: object) -> None:
    """GitHub may be had at once for four hours."""
    await world.offer(emergency={"max": "4h"}, **entry)


async def ticked(
    world: World, name: str = "Ada", text: str = "github engineering 1h because INC-42"
) -> Person:
    """Somebody has filled in the form and ticked the box."""
    person = world.person(name)
    await person.command("/request-access", text)
    await person.choose(BOX, TICK)
    return person


async def use(world: World, name: str = "Ada", text: str = "github engineering 1h because INC-42") -> None:
    """Somebody uses emergency access, and says twice that they mean it."""
    person = await ticked(world, name, text)
    assert (await person.submit()).action == "push"
    assert (await person.submit()).action == "clear"
    await world.settle()


async def requests(world: World) -> int:
    await world.settle()
    return await count_of(world.bot.store, Request)


async def test_the_form_says_what_an_emergency_comes_to_and_sends_it_only_after_a_second_question(
    world: World,
) -> None:
    await allowed(world, reason="hidden")
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 1h")
    assert ada.view is not None
    assert "Reason" not in ada.view.labels
    await ada.choose(BOX, TICK)
    assert "Reason" in ada.view.labels
    said = ada.view.text
    assert "Immediate access" in said
    assert "for up to 4 hours" in said
    assert "will be notified, with your reason" in said
    assert "Reviewed afterwards by" in said
    assert "Reason" in (await ada.submit()).errors
    await ada.fill("Reason", "INC-42: nobody can deploy")
    assert (await ada.submit()).action == "push"
    assert await requests(world) == 0
    assert (ada.view.title, ada.view.submit) == ("Use emergency access?", "Use emergency access")
    await ada.close()
    assert ada.view.title == "Request access"
    assert await requests(world) == 0


@pytest.mark.both_engines
async def test_access_begins_at_once_and_everybody_concerned_is_told(world: World) -> None:
    await allowed(world)
    await use(world)
    assert world.ids["Ada"] in world.group.members
    for name in ("Grace", "Alan", "Root"):
        card = world.card(name, "Emergency")
        assert "used emergency access to *GitHub · Engineering team*" in card.text
        assert "INC-42" in card.text
        assert {"Revoke", "Comment", "Details"} <= set(card.buttons)
        assert ("Justified" in card.buttons) is (name != "Root")
    own = world.card("Ada", "not approved in advance")
    assert "To be reviewed by" in own.text
    assert not {"Justified", "Misused"} & set(own.buttons)
    assert world.person("Otto").messages() == []


async def test_the_alert_changes_in_place_as_the_access_ends_and_waits_for_its_review(world: World) -> None:
    await allowed(world)
    await use(world)
    await world.pass_time(HOUR)
    assert world.ids["Ada"] not in world.group.members
    card = world.card("Grace", "Emergency")
    assert "Ended" in card.text
    assert "Revoke" not in card.buttons
    assert "Justified" in card.buttons
    grace = world.person("Grace")
    await grace.click(card, "Justified")
    await grace.fill("Comment", "The site was down.")
    assert (await grace.submit()).ok
    await world.settle()
    for name in ("Grace", "Alan", "Root", "Ada"):
        text = "\n".join(message.text for message in world.person(name).messages())
        assert "Justified" in text
        assert "The site was down." in text
    assert "Justified" not in world.card("Alan", "Emergency").buttons
    assert "was reviewed" in world.person("Ada").messages()[-1].text


async def test_misused_takes_the_access_away_and_wants_to_hear_why(world: World) -> None:
    await allowed(world)
    await use(world)
    alan = world.person("Alan")
    await alan.click(world.card("Alan", "Emergency"), "Misused")
    assert alan.view is not None
    assert "revoked now" in alan.view.text
    await alan.fill("Comment", "There was no incident.")
    assert (await alan.submit()).ok
    await world.settle()
    assert world.ids["Ada"] not in world.group.members
    texts = "\n".join(message.text for message in world.person("Ada").messages())
    assert "Misused" in texts
    assert "There was no incident." in texts
    assert "(after a review)" in texts


async def test_an_admin_takes_it_away_from_the_alert(world: World) -> None:
    await allowed(world)
    await use(world)
    root = world.person("Root")
    await root.click(world.card("Root", "Emergency"), "Revoke")
    await world.settle()
    assert world.ids["Ada"] not in world.group.members
    assert "Revoked" in world.card("Grace", "Emergency").text
    assert "Justified" in world.card("Grace", "Emergency").buttons


@pytest.mark.both_engines
async def test_nobody_reviews_their_own_emergency_not_even_by_a_forged_click(world: World) -> None:
    await allowed(world)
    await use(world, "Grace")
    grace = world.person("Grace")
    own = world.card("Grace", "not approved in advance")
    assert not {"Justified", "Misused"} & set(own.buttons)
    real = element_lookup.button(own.blocks, "Details", None)
    for action in ("card.justified", "card.misused"):
        forged = BlockElement(real.block, real.element | {"action_id": action, "value": "RV-1"})
        await grace.client.act(grace.client.surface(own), forged)
    assert "You can't review your own emergency. This one waits for Alan." in grace.ephemeral[-1]
    for form in ("review.justified", "review.misused"):
        view: dict[str, object] = {
            "id": f"V{form}", "type": "modal", "callback_id": form, "hash": "1", "blocks": [],
            "private_metadata": '{"ref":"RV-1"}',
            "state": {"values": {"comment": {"text": {"value": "fine"}}}},
        }  # fmt: skip
        await grace.client._interactive("view_submission", grace.client.payload("view_submission", view=view))
    await world.settle()
    review = await row_of(world.bot.store, Review, 1)
    assert (review.state, review.asked) == ("open", [world.ids["Alan"]])


async def test_it_is_reminded_until_it_is_closed_and_stands_under_to_do(world: World) -> None:
    await allowed(world)
    await use(world)
    await world.pass_time(timedelta(hours=24))
    nudge = world.person("Alan").messages()[-1]
    assert "still needs a review" in nudge.text
    alan = world.person("Alan")
    await alan.open_home()
    await world.settle()
    await press_tab(alan, "To do")
    await world.settle()
    assert alan.home is not None
    assert "To review" in alan.home.text
    await alan.press_home("Justified")
    assert (await alan.submit()).ok
    await world.settle()
    assert "To review" not in alan.home.text
    assert "Justified" not in world.person("Alan").messages()[-1].buttons
    before = len(alan.messages())
    await world.pass_time(timedelta(days=8))
    assert len(alan.messages()) == before


async def test_the_next_one_says_that_the_one_before_is_not_reviewed(world: World) -> None:
    await allowed(world)
    await use(world)
    await world.pass_time(HOUR)
    ada = await ticked(world)
    assert ada.view is not None
    assert "1 earlier emergency for this isn't reviewed yet" in ada.view.text
    assert (await ada.submit()).action == "push"
    assert (await ada.submit()).action == "clear"
    await world.settle()
    assert "2nd emergency" in world.card("Root", "Emergency").text


async def test_the_command_ticks_the_box_and_still_asks_twice(world: World) -> None:
    await allowed(world)
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 1h emergency because INC-42")
    assert ada.value(BOX) == [TICK]
    assert (await ada.submit()).action == "push"
    assert await requests(world) == 0
    assert (await ada.submit()).action == "clear"
    assert await requests(world) == 1
    assert world.ids["Ada"] in world.group.members


async def test_an_app_without_emergencies_has_no_box_and_too_long_is_refused(world: World) -> None:
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 1h because INC-42")
    assert ada.view is not None
    assert BOX not in ada.view.labels
    await ada.close()
    await allowed(world)
    await ticked(world, text="github engineering 7d because INC-42")
    assert "Emergency access to GitHub is for up to 4 hours. Choose less." in ada.view.text
    sent = await ada.submit()
    assert "up to 4 hours" in sent.errors["How long"]
    assert await requests(world) == 0


async def test_what_the_second_question_carries_is_looked_at_again(world: World) -> None:
    await allowed(world)
    ada = await ticked(world)
    assert (await ada.submit()).action == "push"
    await world.offer(emergency=None)
    assert "doesn't allow emergency access" in str((await ada.submit()).errors)
    assert await requests(world) == 0


async def test_details_tell_the_whole_story(world: World) -> None:
    await allowed(world)
    await use(world)
    root = world.person("Root")
    await root.click(world.card("Root", "Emergency"), "Details")
    assert root.view is not None
    for words in (
        "requested it in an emergency (1 hour)",
        "used emergency access",
        "Notified:",
        "Review assigned",
    ):
        assert words in root.view.text
