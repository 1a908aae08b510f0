"""How many calls of Slack a request costs, from sending it to the access, where one person decides."""

from datetime import timedelta

import pytest

from tests.world import World

MOST = 8
TARGETS_OWN = ["usergroups.users.list", "usergroups.users.update"]
LOOK_UPS = 2
"""More, where the risk is high: whoever decides and whoever it is for."""


async def called(world: World) -> list[str]:
    """What is called from the submission to the access that is active and told."""
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because of a release")
    world.slack.log.clear()
    assert (await ada.submit()).ok
    await world.settle()
    world.clock.advance(timedelta(minutes=9))
    await world.approve("Grace", "Engineering team")
    assert "*Active*" in world.card("Ada", "approved by").text
    assert "You have access" in world.card("Ada", "You have access").text
    return [call.name for call in world.slack.log.calls()]


@pytest.mark.both_engines
async def test_a_request_with_one_approver_costs_few_calls(world: World) -> None:
    await world.offer(stage=[{"name": "Owner", "approvers": [world.ids["Grace"]]}])
    calls = await called(world)
    assert calls.count("chat.update") == 2, calls  # one for each of them: never Granting and then Active
    assert [call for call in calls if call.startswith("usergroups.")] == TARGETS_OWN
    assert len(calls) <= MOST, calls


async def test_a_manager_who_approves_costs_no_more(world: World) -> None:
    boss = world.slack.workspace.user(world.ids["Grace"])
    world.slack.workspace.user(world.ids["Ada"]).manager = boss.id
    await world.offer(stage=[{"name": "Manager", "approvers": ["manager"]}])
    calls = await called(world)
    assert len(calls) <= MOST, calls


@pytest.mark.parametrize("risk", ["high", "critical"])
async def test_a_high_risk_costs_two_look_ups_more(world: World, risk: str) -> None:
    await world.offer(risk=risk, stage=[{"name": "Owner", "approvers": [world.ids["Grace"]]}])
    calls = await called(world)
    assert calls.count("users.info") == LOOK_UPS, calls
    assert len(calls) <= MOST + LOOK_UPS, calls


@pytest.mark.both_engines
async def test_after_a_reconnect_or_a_start_whoever_decides_is_looked_up(world: World) -> None:
    await world.offer(stage=[{"name": "Owner", "approvers": [world.ids["Grace"]]}])
    await world.ask("Ada", "github engineering 8h because of a release")
    world.slack.workspace.user(world.ids["Grace"]).deleted = True  # and the event is lost
    world.clock.advance(timedelta(seconds=1))
    if world.mode == "socket":
        before = world.slack.sockets.connections(world.app)
        world.slack.sockets.abort(world.app)
        await world.slack.until(
            lambda: len(set(world.slack.sockets.connections(world.app)) - set(before)) == len(before)
        )
    else:
        url = world.bot.config.database.url.get_secret_value()
        await world.stop_bot()
        await world.start_bot(url)
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Approve")
    assert grace.view is None or "Approve" not in grace.view.title


async def test_app_home_is_drawn_once_when_an_approved_access_is_given_at_once(world: World) -> None:
    await world.person("Ada").open_home()
    await world.ask("Ada", "github engineering 8h because of a release")
    world.slack.log.clear()
    await world.approve("Grace", "Engineering team")
    drawn = [call for call in world.slack.log.calls() if call.name == "views.publish"]
    assert len(drawn) == 1
    home = world.person("Ada").home
    assert home is not None
    assert "*Active*" in home.text


async def test_who_waits_for_work_by_hand_reads_that_it_is_being_set_up(world: World) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    await world.approve("Grace", "Admin role")
    assert "*Granting*" in world.card("Ada", "approved by").text


async def test_who_waits_for_a_slow_target_reads_after_a_moment_that_it_is_approved(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    world.slack.faults.ratelimit("usergroups.*", retry_after=30, times=1)
    await world.approve("Grace", "Engineering team")
    await world.pass_time(timedelta(seconds=1))
    card = world.card("Ada", "approved by")
    assert "*Granting*" in card.text
    await world.pass_time(timedelta(seconds=30))
    assert "*Active*" in world.card("Ada", "approved by").text
