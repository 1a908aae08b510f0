from datetime import timedelta

import pytest

from bot.sandbox.slack.blocks import element_lookup
from models.tables.grants import Grant
from models.tables.states import GrantState, RequestState
from tests.ready_world import approve_request, request_of, submit_request
from tests.rows import one_of
from tests.world import World


async def grant(world: World) -> Grant:
    return await one_of(world.bot.store, Grant)


async def test_more_time_is_asked_for_from_the_notice_and_decided_like_a_request(world: World) -> None:
    await approve_request(world, await submit_request(world))
    ends = (await grant(world)).ends_at
    assert ends is not None
    await world.pass_time(timedelta(hours=7))
    ada, notice = world.person("Ada"), world.card("Ada", "ends *<!date")
    assert notice.buttons == ["Extend", "I'm done"]
    await ada.click(notice, "Extend")
    await ada.choose("How long", "Another length")
    await ada.fill("Length", "2")
    assert "Reason" in (await ada.submit()).errors
    await ada.fill("Reason", "Still down")
    assert (await ada.submit()).ok
    await world.settle()
    assert "Extension requested (AR-2, pending)" in notice.text
    assert notice.buttons == ["I'm done"]
    asked = world.card("Grace", "wants to extend")
    assert "by *2 hours*" in asked.text
    await world.person("Grace").click(asked, "Approve")
    assert (await world.person("Grace").submit()).ok
    await world.settle()
    assert (await request_of(world, "AR-2")).state is RequestState.APPROVED
    assert (await grant(world)).ends_at == ends + timedelta(hours=2)
    assert notice.buttons == ["Extend", "I'm done"]


async def test_more_time_beyond_the_maximum_is_refused_at_the_length_where_the_app_refuses(
    world: World,
) -> None:
    await world.offer(over_max="refuse")
    await approve_request(world, await submit_request(world))
    ada = world.person("Ada")
    await ada.click(world.card("Ada", "You have access"), "Extend")
    await ada.choose("How long", "Another length")
    await ada.fill("Length", "60 days")
    await ada.fill("Reason", "Long")
    assert "30 days" in (await ada.submit()).errors["How long"]


@pytest.mark.parametrize(
    ("words", "button"), [("You have access", "Give back"), ("ends *<!date", "I'm done")]
)
async def test_an_access_is_given_back_before_its_time(world: World, words: str, button: str) -> None:
    await approve_request(world, await submit_request(world))
    await world.pass_time(timedelta(hours=7))
    ada, card = world.person("Ada"), world.card("Ada", words)
    await ada.click(card, button)
    await world.settle()
    assert (await grant(world)).state is GrantState.REVOKED
    assert world.ids["Ada"] not in world.group.members
    assert "*Revoked*" in card.text
    assert card.buttons == []
    answers = ["Yes", "Less would do", "Didn't need it"]
    assert ada.messages()[-1].buttons == [*answers, "Request again", "Details"]
    assert "you gave it back" in ada.messages()[-1].text


async def test_somebody_elses_access_stays_theirs(world: World) -> None:
    await approve_request(world, await submit_request(world))
    otto, card = world.person("Otto"), world.card("Ada", "You have access")
    for label in ("Extend", "Give back"):
        await otto.client.act(otto.client.surface(card), element_lookup.button(card.blocks, label, None))
        assert otto.view is None
    assert (await grant(world)).state is GrantState.ACTIVE


async def test_work_by_hand_is_marked_done_and_then_it_is_true(world: World) -> None:
    await approve_request(world, await submit_request(world, access="admin"))
    assert (await grant(world)).state is GrantState.GRANTING
    task = world.card("Alan", "Assign")
    assert "INC-42: &lt;!channel&gt; &amp; co" in task.text
    await world.person("Alan").click(task, "Mark done")
    assert (await world.person("Alan").submit()).ok
    await world.settle()
    assert (await grant(world)).state is GrantState.ACTIVE
    assert "Sign in with SSO." in world.card("Ada", "You have access").text
    for name in ("Alan", "Grace"):
        by = "you" if name == "Alan" else f"<@{world.ids['Alan']}>"
        assert f"*Done* by {by}" in world.card(name, "Assign").text
        assert world.card(name, "Assign").buttons == ["Details"]


async def test_what_cannot_be_done_stands_before_the_admins_with_retry(world: World) -> None:
    await approve_request(world, await submit_request(world, access="admin"))
    alan, root = world.person("Alan"), world.person("Root")
    await alan.click(world.card("Alan", "Assign"), "I can't")
    await alan.fill("What's in the way?", "No licence left")
    assert (await alan.submit()).ok
    await world.settle()
    failed = world.card("Root", "couldn't be set up")
    assert "“No licence left”" in failed.text
    assert "“No licence left”" in world.card("Ada", "Failed").text
    await root.click(failed, "Retry")
    await world.settle()
    assert (await grant(world)).state is GrantState.GRANTING
    assert failed.buttons == ["Details"]
    assert world.card("Grace", "Assign").buttons == ["Mark done", "I can't", "Comment", "Details"]


async def test_an_admin_cancels_what_could_not_be_given(world: World) -> None:
    await approve_request(world, await submit_request(world, access="admin"))
    alan = world.person("Alan")
    await alan.click(world.card("Alan", "Assign"), "I can't")
    await alan.fill("What's in the way?", "No licence left")
    await alan.submit()
    await world.settle()
    await world.person("Root").click(world.card("Root", "couldn't be set up"), "Cancel")
    await world.settle()
    assert (await grant(world)).state in (GrantState.REVOKING, GrantState.REVOKED)


async def test_details_open_from_an_access_and_from_a_task(world: World) -> None:
    await approve_request(world, await submit_request(world, access="admin"))
    alan = world.person("Alan")
    await alan.click(world.card("Alan", "Assign"), "Details")
    assert alan.view is not None
    await alan.close()
    await alan.click(world.card("Alan", "Assign"), "Mark done")
    assert (await alan.submit()).ok
    await world.settle()
    ada = world.person("Ada")
    await ada.click(world.card("Ada", "You have access"), "Details")
    assert ada.view is not None
    assert "assigned it by hand" in str(ada.view.blocks)


async def test_a_long_story_is_turned_page_by_page(world: World) -> None:
    ref = await submit_request(world)
    for number in range(40):
        await world.person("Grace").reply(world.card("Grace", "requests"), f"word {number}.")
    await world.settle()
    ada = world.person("Ada")
    await ada.click(world.card("Ada", "You requested"), "Details")
    assert ada.view is not None
    assert "word 39." not in str(ada.view.blocks)
    await ada.press("Later")
    assert "word 39." in str(ada.view.blocks)
    assert "Page 2 of 2" in str(ada.view.blocks)
    assert (await request_of(world, ref)).state is RequestState.PENDING
