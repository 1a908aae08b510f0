"""How old the word of people and of user groups may be where somebody decides."""

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox.slack.client.results import SubmitResult
from bot.sandbox.slack.delivery.delivery import Delivery
from bot.sandbox.slack.state.events import Event
from models.catalogue.spec.references import GroupRef
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from tests.ready_world import approve_request, request_of, submit_request
from tests.rows import all_of, one_of
from tests.world import World

TEN_MINUTES = timedelta(minutes=10)
JUST_OVER = TEN_MINUTES + timedelta(seconds=1)
RISKY = pytest.mark.parametrize("risk", ["high", "critical"])
STANDINGS = pytest.mark.parametrize("standing", ["deleted", "guest", "stranger", "is_bot"])


def becomes(world: World, name: str, standing: str = "deleted") -> None:
    """Somebody is not what they were, and no event tells of it."""
    setattr(world.slack.workspace.user(world.ids[name]), standing, True)


def looked_up(world: World, since: int = 0) -> list[str]:
    """The names of those whom Slack was asked about, from its so many-th call on."""
    calls = world.slack.log.calls()[since:]
    names = {person_id: name for name, person_id in world.ids.items()}
    return sorted(names[call.request["user"]] for call in calls if call.name == "users.info")


async def presses(world: World, name: str, words: str = "requests") -> bool:
    """Press Approve; whether a form to approve is open."""
    person = world.person(name)
    outcome = await person.click(world.card(name, words), "Approve")
    assert outcome.ok, outcome
    await world.settle()
    return person.view is not None and "Approve" in person.view.title


async def decides(world: World, name: str = "Grace") -> SubmitResult:
    """Send the form."""
    return await world.person(name).submit()


def refused(sent: SubmitResult) -> bool:
    return "can't decide" in " ".join(sent.errors.values())


async def test_whoever_was_looked_up_within_ten_minutes_decides_without_a_call(world: World) -> None:
    ref = await submit_request(world)
    world.clock.advance(TEN_MINUTES)
    calls = len(world.slack.log.calls())
    assert await presses(world, "Grace")
    assert (await decides(world)).ok
    assert looked_up(world, calls) == []
    assert (await request_of(world, ref)).state is RequestState.APPROVED


async def test_the_look_at_the_button_counts_for_the_form_behind_it(world: World) -> None:
    await submit_request(world)
    world.clock.advance(JUST_OVER)
    calls = len(world.slack.log.calls())
    assert await presses(world, "Grace")
    assert looked_up(world, calls) == ["Ada", "Grace"]
    world.clock.advance(TEN_MINUTES)
    assert (await decides(world)).ok
    assert looked_up(world, calls) == ["Ada", "Grace"]


@STANDINGS
async def test_who_is_barred_since_is_refused_at_the_button_when_the_word_of_them_is_old(
    world: World, standing: str
) -> None:
    ref = await submit_request(world)
    becomes(world, "Grace", standing)
    world.clock.advance(JUST_OVER)
    assert not await presses(world, "Grace")
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_a_form_that_stood_open_for_more_than_ten_minutes_looks_again(world: World) -> None:
    ref = await submit_request(world)
    assert await presses(world, "Grace")
    becomes(world, "Grace")
    world.clock.advance(JUST_OVER)
    assert refused(await decides(world))
    assert (await request_of(world, ref)).state is RequestState.PENDING


@RISKY
@STANDINGS
async def test_a_high_risk_is_looked_at_in_any_case_where_it_is_decided(
    world: World, risk: str, standing: str
) -> None:
    await world.offer(risk=risk)
    ref = await submit_request(world)
    assert await presses(world, "Grace")
    becomes(world, "Grace", standing)
    assert refused(await decides(world))
    assert (await request_of(world, ref)).state is RequestState.PENDING


@RISKY
async def test_a_high_risk_costs_two_look_ups_more(world: World, risk: str) -> None:
    await world.offer(risk=risk)
    await submit_request(world)
    calls = len(world.slack.log.calls())
    assert await presses(world, "Grace")
    assert (await decides(world)).ok
    assert looked_up(world, calls) == ["Ada", "Grace"]


async def test_the_risk_of_the_access_itself_counts(world: World) -> None:
    accesses = world.github()["access"]
    await world.offer(risk="low", access=[accesses[0] | {"risk": "critical"}])
    ref = await submit_request(world)
    assert await presses(world, "Grace")
    becomes(world, "Grace")
    assert refused(await decides(world))
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_the_risk_is_the_one_at_the_submission(world: World) -> None:
    await world.offer(risk="critical")
    await submit_request(world)
    await world.offer(risk="low")
    assert await presses(world, "Grace")
    becomes(world, "Grace")
    assert refused(await decides(world))


async def test_a_requester_who_was_deactivated_gets_no_high_risk(world: World) -> None:
    await world.offer(risk="high")
    ref = await submit_request(world)
    assert await presses(world, "Grace")
    becomes(world, "Ada")
    await decides(world)
    await world.settle()
    assert (await request_of(world, ref)).state is RequestState.CANCELLED
    assert world.ids["Ada"] not in world.group.members


async def test_when_events_may_have_been_lost_everybody_is_looked_up_again(world: World) -> None:
    ref = await submit_request(world)
    becomes(world, "Grace")
    world.clock.advance(timedelta(seconds=1))
    world.bot.context.people.invalidate()
    assert not await presses(world, "Grace")
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_a_start_means_that_events_may_have_been_lost(world: World) -> None:
    ref = await submit_request(world)
    becomes(world, "Grace")
    world.clock.advance(timedelta(seconds=1))
    url = world.bot.config.database.url.get_secret_value()
    await world.stop_bot()
    await world.start_bot(url)
    assert not await presses(world, "Grace")
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_an_event_that_could_not_be_written_down_counts_as_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await submit_request(world)
    world.clock.advance(timedelta(seconds=1))
    with monkeypatch.context() as patch:
        patch.setattr("models.lifecycle.people.update_people.is_new", lambda *_: 1 / 0)
        world.slack.workspace.deactivate(world.ids["Grace"])
        await world.settle()
    assert not await presses(world, "Grace")


async def test_what_a_clock_that_ran_ahead_wrote_is_not_believed(world: World) -> None:
    ref = await submit_request(world)
    world.clock.advance(timedelta(hours=-3))
    becomes(world, "Grace")
    assert not await presses(world, "Grace")
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_a_group_is_read_again_at_the_click_when_it_is_older_than_a_minute(world: World) -> None:
    await world.offer(stage=[{"name": "Crew", "approvers": [world.group.id]}])
    await world.bot.context.people.refresh_groups([GroupRef(id=world.group.id)])
    ref = await submit_request(world)
    world.group.members.clear()  # and no event tells of it
    world.clock.advance(timedelta(minutes=1, seconds=1))
    assert not await presses(world, "Otto")
    assert (await request_of(world, ref)).state is RequestState.PENDING


async def test_a_group_is_not_read_twice_in_a_minute(world: World) -> None:
    await world.offer(stage=[{"name": "Crew", "approvers": [world.group.id]}])
    await world.bot.context.people.refresh_groups([GroupRef(id=world.group.id)])
    await submit_request(world)
    calls = len(world.slack.log.calls())
    assert await presses(world, "Otto")
    assert [call.name for call in world.slack.log.calls()[calls:]] == ["views.open"]


@RISKY
@pytest.mark.parametrize("way", ["rule", "emergency"])
async def test_who_gets_a_high_risk_without_anybody_deciding_is_looked_up_in_any_case(
    world: World, risk: str, way: str
) -> None:
    by_rule = {"auto_approve": [{"name": "Everybody", "when": {"kind": ["group"]}}]}
    await world.offer(risk=risk, **(by_rule if way == "rule" else {"emergency": {"max": "8h"}}))
    ada = world.person("Ada")
    urgent = "emergency " if way == "emergency" else ""
    assert (await ada.command("/request-access", f"github engineering 4h {urgent}because INC-42")).ok
    if way == "emergency":
        assert (await ada.submit()).ok  # it asks once more
    becomes(world, "Ada")
    assert not (await ada.submit()).ok
    await world.settle()
    assert await all_of(world.bot.store, Request) == []


async def test_a_form_opens_in_time_while_slack_does_not_answer_look_ups(world: World) -> None:
    await submit_request(world)
    world.clock.advance(JUST_OVER)
    world.wait_like_slack()
    with world.slack.faults.hang("users.info"):
        assert await presses(world, "Grace")


async def test_whoever_does_something_about_a_high_risk_is_looked_up_in_any_case(world: World) -> None:
    await world.offer(risk="high")
    await approve_request(world, await submit_request(world, access="admin"))
    alan = world.person("Alan")
    assert (await alan.click(world.card("Alan", "Assign"), "Mark done")).ok
    becomes(world, "Alan")
    assert not (await alan.submit()).ok
    await world.settle()
    assert (await one_of(world.bot.store, Grant)).state is GrantState.GRANTING


async def test_many_who_wait_for_the_same_look_up_share_it(world: World) -> None:
    world.clock.advance(JUST_OVER)
    calls = len(world.slack.log.calls())
    with world.slack.faults.slow("users.info", delay=0.2):
        await asyncio.gather(*(world.bot.context.people.refresh([world.ids["Ada"]]) for _ in range(20)))
    assert looked_up(world, calls) == ["Ada"]


async def test_an_event_that_slack_sends_again_shows_that_others_may_be_lost(world: World) -> None:
    await submit_request(world)
    becomes(world, "Grace")
    world.clock.advance(timedelta(seconds=1))
    event = Event("app_home_opened", {"type": "app_home_opened", "user": world.ids["Ada"], "tab": "messages"})
    envelope = world.slack.events_api._envelope(world.app, event)
    again = Delivery("event", "events_api", envelope, retry_num=1, retry_reason="connection_failed")
    assert (await world.slack.deliveries.send(world.app, again)).ok
    assert not await presses(world, "Grace")


@pytest.mark.parametrize("trouble", ["cut", "lose_answer", "fail", "ratelimit"])
async def test_a_decision_goes_on_by_what_is_known(world: World, trouble: str) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42")
    with getattr(world.slack.faults, trouble)("users.info"):
        await world.approve("Grace", "Engineering team")
    await world.settle()
    assert world.ids["Ada"] in world.group.members
