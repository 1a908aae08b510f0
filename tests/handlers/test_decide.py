from datetime import timedelta

import pytest

from bot.sandbox.slack.blocks import element_lookup
from models.catalogue.spec.references import GroupRef
from models.tables.requests import Term
from models.tables.states import RequestState
from tests.ready_world import request_of, submit_request
from tests.world import World


async def press(world: World, name: str, button: str, words: str = "requests") -> None:
    """Press a button of the latest card with these words."""
    outcome = await world.person(name).click(world.card(name, words), button)
    assert outcome.ok, outcome


async def test_approving_asks_once_more_and_changes_every_copy(world: World) -> None:
    ref = await submit_request(world)
    await press(world, "Grace", "Approve")
    grace = world.person("Grace")
    await grace.fill("Comment", "Fine by me")
    assert (await grace.submit()).ok
    await world.settle()
    assert (await request_of(world, ref)).state is RequestState.APPROVED
    for name, status in (("Grace", "*Approved* by you"), ("Alan", "*Approved* by"), ("Ada", "*Active*")):
        card = world.card(name, "Fine by me")
        assert status in card.text
        assert "Approve" not in card.buttons
    assert f"<@{world.ids['Otto']}>" not in world.card("Ada", "You have access").text
    assert world.ids["Ada"] in world.group.members


async def test_rejecting_tells_the_requester_by_whom_and_why(world: World) -> None:
    ref = await submit_request(world)
    await press(world, "Grace", "Reject")
    await world.person("Grace").fill("Comment", "Not during the freeze")
    assert (await world.person("Grace").submit()).ok
    await world.settle()
    assert (await request_of(world, ref)).state is RequestState.REJECTED
    said = world.card("Ada", "Rejected").text
    assert f"*Rejected* by <@{world.ids['Grace']}>" in said
    assert "Not during the freeze" in said


async def test_who_has_to_say_something_is_asked_for_it_at_the_comment(world: World) -> None:
    await world.offer(decision_comment="on_reject")
    ref = await submit_request(world)
    await press(world, "Grace", "Reject")
    grace = world.person("Grace")
    assert list((await grace.submit()).errors) == ["Comment"]
    await grace.fill("Comment", "\u200b")  # Slack's client lets it pass
    assert "Say why you reject it" in (await grace.submit()).errors["Comment"]
    assert (await request_of(world, ref)).state is RequestState.PENDING
    await grace.fill("Comment", "Not during the freeze")
    assert (await grace.submit()).ok
    await world.settle()
    assert "“Not during the freeze”" in world.card("Ada", "Rejected").text


async def test_a_form_that_was_open_while_somebody_else_decided_says_who_it_was(world: World) -> None:
    await submit_request(world)
    await press(world, "Alan", "Approve")
    await press(world, "Grace", "Reject")
    assert (await world.person("Grace").submit()).ok
    late = await world.person("Alan").submit()
    assert any("already rejected by Grace" in sentence for sentence in late.errors.values())


async def test_who_is_deactivated_between_the_click_and_the_decision_is_refused(world: World) -> None:
    ref = await submit_request(world)
    await press(world, "Grace", "Approve")
    world.slack.workspace.deactivate(world.ids["Grace"])
    await world.settle()
    refused = await world.person("Grace").submit()
    assert not refused.ok
    assert any("can't decide" in sentence for sentence in refused.errors.values()), refused
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_who_left_the_group_between_the_click_and_the_decision_is_refused(world: World) -> None:
    await world.offer(stage=[{"name": "Crew", "approvers": [world.group.id]}])
    await world.bot.context.people.refresh_groups([GroupRef(id=world.group.id)])
    ref = await submit_request(world)
    await press(world, "Otto", "Approve")
    world.group.members.clear()  # and no event tells of it
    world.clock.advance(timedelta(minutes=1, seconds=1))
    refused = await world.person("Otto").submit()
    assert any("can't decide" in sentence for sentence in refused.errors.values()), refused
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_a_decision_is_taken_while_slack_does_not_answer_look_ups(world: World) -> None:
    ref = await submit_request(world)
    await press(world, "Grace", "Approve")
    world.wait_like_slack()
    with world.slack.faults.hang("users.info"):
        assert (await world.person("Grace").submit()).ok
    assert (await request_of(world, ref)).state is RequestState.APPROVED


async def test_a_duration_is_modified_with_a_length_of_ones_own(world: World) -> None:
    ref = await submit_request(world)
    await press(world, "Grace", "Modify duration")
    grace = world.person("Grace")
    await grace.choose("How long", "Another length")
    await grace.fill("Length", "a while")
    assert "Length" in (await grace.submit()).errors
    await grace.fill("Length", "90 minutes")
    await grace.fill("Comment", "That is enough")
    assert (await grace.submit()).ok
    await world.settle()
    request = await request_of(world, ref)
    assert request.state is RequestState.APPROVED
    assert Term.from_json(request.term) == Term(length=timedelta(minutes=90))
    said = world.card("Ada", "*Active*").text
    assert f"8 hours → *1 hour 30 minutes* · approved by <@{world.ids['Grace']}>" in said


async def test_a_start_and_an_end_are_read_and_what_is_typed_survives_the_choice(world: World) -> None:
    ref = await submit_request(world)
    await press(world, "Grace", "Modify duration")
    grace, start = world.person("Grace"), world.clock.now() + timedelta(hours=1)
    await grace.fill("Comment", "Tomorrow")
    await grace.choose("How long", "Start and end…")
    await grace.fill("Start", start)
    await grace.fill("End", start + timedelta(hours=2))
    assert (await grace.submit()).ok
    request = await request_of(world, ref)
    assert Term.from_json(request.term) == Term(start=start, end=start + timedelta(hours=2))


async def test_more_than_the_maximum_is_refused_at_the_length(world: World) -> None:
    await submit_request(world)
    await press(world, "Grace", "Modify duration")
    grace = world.person("Grace")
    await grace.choose("How long", "Another length")
    await grace.fill("Length", "60 days")
    assert "30 days" in (await grace.submit()).errors["How long"]


@pytest.mark.parametrize("label", ["Approve", "Reject", "Modify duration", "Details"])
async def test_a_button_of_somebody_elses_card_does_nothing(world: World, label: str) -> None:
    ref = await submit_request(world)
    otto, card = world.person("Otto"), world.card("Grace", "requests")
    pressed = await otto.client.act(
        otto.client.surface(card), element_lookup.button(card.blocks, label, None)
    )
    assert pressed.ok
    assert otto.view is None
    assert (await request_of(world, ref)).state is RequestState.PENDING
    await world.settle()
    (told,) = otto.messages()  # since Slack takes no line under a card that he does not see
    assert ref in told.text


async def test_a_refusal_that_slack_shows_nowhere_reaches_the_person_once_slack_is_back(world: World) -> None:
    ref = await submit_request(world)
    otto, card = world.person("Otto"), world.card("Grace", "requests")
    otto_presses = element_lookup.button(card.blocks, "Reject", None)
    with world.slack.faults.fail("chat.*"), world.slack.faults.fail("views.*"):
        await otto.client.act(otto.client.surface(card), otto_presses)
        await world.bot.idle()
    assert otto.messages() == []
    await world.pass_time(timedelta(minutes=1))
    (told,) = otto.messages()
    assert told.text.startswith(f"You can't decide on {ref}.")
    assert "Grace" in told.text


async def test_comments_reach_the_others_from_the_form_and_from_the_thread(world: World) -> None:
    await submit_request(world)
    await press(world, "Grace", "Comment")
    await world.person("Grace").fill("Comment", "What for?")
    assert (await world.person("Grace").submit()).ok
    ada = world.person("Ada")
    await ada.reply(world.card("Ada", "You requested"), "For the outage & its review")
    await world.settle()
    for name in ("Grace", "Alan"):
        assert "For the outage &amp; its review" in world.card(name, "requests").text
    assert "What for?" in world.card("Ada", "You requested").text
    assert any("What for?" in reply.text for reply in world.card("Ada", "You requested").replies)


async def test_a_reply_that_cannot_be_a_comment_is_answered_in_its_thread(world: World) -> None:
    await submit_request(world)
    ada = world.person("Ada")
    await ada.reply(world.card("Ada", "You requested"), "x" * 2001)
    await world.settle()
    assert any("2001 characters" in text for text in ada.ephemeral)
    assert ada.ephemerals[-1].thread_ts == world.card("Ada", "You requested").ts


async def test_who_writes_to_the_bot_reads_what_one_can_do_here(world: World) -> None:
    ada = world.person("Ada")
    await ada.say(None, "hello")
    await world.settle()
    assert any("/request-access" in text for text in ada.ephemeral)


async def test_a_request_is_withdrawn_after_a_question(world: World) -> None:
    ref = await submit_request(world)
    ada = world.person("Ada")
    card = world.card("Ada", "You requested")
    await ada.click(card, "Withdraw", confirm=False)
    assert (await request_of(world, ref)).state is RequestState.PENDING
    await ada.click(card, "Withdraw")
    await world.settle()
    assert (await request_of(world, ref)).state is RequestState.WITHDRAWN
    assert world.card("Grace", "Withdrawn").buttons == ["Details"]


async def test_details_show_the_whole_timeline(world: World) -> None:
    await submit_request(world)
    await press(world, "Grace", "Details")
    view = world.person("Grace").view
    assert view is not None
    assert "Stage “Owner” opened" in str(view.blocks)
