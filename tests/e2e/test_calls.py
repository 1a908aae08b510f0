"""How many calls of Slack a request costs, from sending it to the access, where one person decides."""

from datetime import timedelta

from tests.world import World

MOST = 10


async def test_a_request_with_one_approver_costs_few_calls(world: World) -> None:
    await world.offer(stage=[{"name": "Owner", "approvers": [world.ids["Grace"]]}])
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because of a release")
    world.slack.log.clear()
    assert (await ada.submit()).ok
    await world.settle()
    await world.approve("Grace", "Engineering team")
    assert "*Active*" in world.card("Ada", "You asked for").text
    called = [call.name for call in world.slack.log.calls()]
    assert called.count("chat.update") == 2, called  # one for each of them: never Granting and then Active
    assert len(called) <= MOST, called


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
    assert "*Granting*" in world.card("Ada", "You asked for").text


async def test_who_waits_for_a_slow_target_reads_after_a_moment_that_it_is_approved(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    world.slack.faults.ratelimit("usergroups.*", retry_after=30, times=1)
    await world.approve("Grace", "Engineering team")
    await world.pass_time(timedelta(seconds=1))
    card = world.card("Ada", "You asked for")
    assert "*Approved* by" in card.text
    assert "*Granting*" in card.text
    await world.pass_time(timedelta(seconds=30))
    assert "*Active*" in world.card("Ada", "You asked for").text
