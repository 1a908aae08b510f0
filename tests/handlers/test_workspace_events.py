from datetime import timedelta

import pytest

from bot.sandbox.slack.state.events import Event
from models import audit
from models.tables.grants import Cause, Grant
from models.tables.people import Person, UserGroup
from models.tables.requests import Asked
from models.tables.states import GrantState, RequestState
from tests.ready_world import request_of, submit_request
from tests.rows import all_of, count_of, row_of
from tests.world import World


async def row(world: World, name: str) -> Person:
    """What Keyturn knows of somebody."""
    return await row_of(world.bot.store, Person, world.ids[name])


async def asked(world: World, ref: str) -> set[str]:
    """The names of those who were asked about a request."""
    ids = {one.person_id for one in await all_of(world.bot.store, Asked, request_id=int(ref[3:]))}
    return {name for name, person_id in world.ids.items() if person_id in ids}


async def happens(world: World, kind: str, **body: object) -> None:
    """Slack tells the bot of something."""
    world.slack.events_api.publish(Event(kind, {"type": kind, **body}))
    await world.settle()


async def test_whoever_is_deactivated_loses_what_they_hold_and_asked_for(world: World) -> None:
    first = await submit_request(world)
    await world.approve("Grace", "requests")
    second = await submit_request(world, access="admin")
    world.slack.workspace.deactivate(world.ids["Ada"])
    await world.settle()
    grant_id = (await request_of(world, first)).grant_id
    grant = await row_of(world.bot.store, Grant, grant_id)
    assert (grant.state, grant.cause) == (GrantState.REVOKED, Cause.OFFBOARDING)
    assert world.ids["Ada"] not in world.group.members
    assert (await request_of(world, second)).state is RequestState.CANCELLED
    assert not (await row(world, "Ada")).active


async def test_an_event_that_is_not_true_takes_nothing(world: World) -> None:
    ref = await submit_request(world)
    ada = world.slack.workspace.user(world.ids["Ada"]).as_json(with_email=True)
    await happens(world, "user_change", user=ada | {"deleted": True})
    assert (await request_of(world, ref)).state is RequestState.PENDING
    assert (await row(world, "Ada")).active


async def test_when_slack_does_not_answer_the_leaver_is_looked_up_later(world: World) -> None:
    ref = await submit_request(world)
    world.slack.faults.fail("users.info", times=1)
    world.slack.workspace.deactivate(world.ids["Ada"])
    await world.settle()
    assert (await request_of(world, ref)).state is RequestState.PENDING
    await world.pass_time(timedelta(minutes=1))
    assert (await request_of(world, ref)).state is RequestState.CANCELLED


async def test_an_approver_who_becomes_a_guest_is_replaced(world: World) -> None:
    await world.offer(stage=[{"name": "Owner", "approvers": [world.ids["Grace"]]}])
    ref = await submit_request(world)
    assert await asked(world, ref) == {"Grace"}
    world.slack.workspace.update_person(world.ids["Grace"], guest=True)
    await world.settle()
    assert await asked(world, ref) == {"Alan"}
    assert "requests" in world.card("Alan", "requests").text


async def test_a_new_name_is_known_at_once(world: World) -> None:
    world.slack.workspace.update_person(world.ids["Ada"], real_name="Ada Lovelace")
    await world.settle()
    assert (await row(world, "Ada")).name == "Ada Lovelace"


async def test_a_newcomer_is_known(world: World) -> None:
    joined = world.slack.workspace.add_person("Zoe", email="zoe@example.com")
    await world.settle()
    found = await world.bot.store.read(lambda case: case.get(Person, joined.id))
    assert found is not None
    assert found.email == "zoe@example.com"


async def test_a_new_member_of_an_approving_group_is_asked(world: World) -> None:
    group = world.slack.workspace.add_usergroup("On call", handle="oncall", members=[world.ids["Grace"]])
    await world.offer(stage=[{"name": "On call", "approvers": ["@oncall"]}])
    await world.ask("Ada", "github engineering 8h because INC-42")
    assert await asked(world, "AR-1") == {"Grace"}
    world.slack.workspace.set_members(group, [world.ids["Grace"], world.ids["Otto"]])
    await world.settle()
    assert await asked(world, "AR-1") == {"Grace", "Otto"}
    world.slack.workspace.enable_group(group, False)
    await world.settle()
    assert await asked(world, "AR-1") == {"Grace", "Alan"}


async def test_a_group_that_nobody_named_is_not_kept(world: World) -> None:
    world.slack.workspace.set_members(world.group, [world.ids["Mia"]])
    await world.settle()
    assert await world.bot.store.read(lambda case: case.get(UserGroup, world.group.id)) is None


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_that_slack_has_cut_us_off_stands_in_the_trail(world: World, kind: str) -> None:
    await happens(world, kind, tokens={"bot": ["UBOT"]})
    entries = await world.bot.store.read(lambda case: audit.entries_about(case, ["slack"]))
    assert [entry.action for entry in entries] == [f"slack.{kind}"]


@pytest.mark.parametrize("user", [None, "UADA", {}, {"id": ""}])
async def test_an_event_without_a_person_changes_nothing(world: World, user: object) -> None:
    before = await count_of(world.bot.store, Person)
    await happens(world, "user_change", user=user)
    assert await count_of(world.bot.store, Person) == before
