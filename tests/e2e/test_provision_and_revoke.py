from datetime import timedelta

import pytest

from tests.world import World, modal_text

pytestmark = pytest.mark.both_engines


async def hold(world: World, name: str = "Ada", access: str = "engineering") -> None:
    """Somebody asks, Alan approves, and it is given."""
    await world.ask(name, f"github {access} 8h because of a release")
    await world.approve("Alan", "Engineering team" if access == "engineering" else "Admin role")


async def test_manual_work_is_done_by_an_owner_before_anybody_says_granted(world: World) -> None:
    await hold(world, access="admin")
    assert "Granting" in world.card("Ada", "Admin role").text
    assert all("You have access" not in m.text for m in world.person("Ada").messages())
    await world.person("Grace").click(world.card("Grace", "Admin role"), "Mark done")
    assert (await world.person("Grace").submit()).ok
    await world.settle()
    assert "Mark done" not in world.card("Grace", "Admin role").buttons
    assert "Sign in with SSO." in world.card("Ada", "You have access").text


async def test_what_is_written_when_work_by_hand_is_done_reaches_everyone_involved(world: World) -> None:
    await world.offer(owners=[world.ids["Alan"]], stage=[{"name": "Lead", "approvers": [world.ids["Grace"]]}])
    await world.ask("Ada", "github admin 8h because of a release")
    await world.approve("Grace", "Admin role")
    ada, alan, task = world.person("Ada"), world.person("Alan"), world.card("Alan", "Assign")
    assert task.buttons == ["Mark done", "I can't", "Comment", "Details"]
    await alan.click(task, "Mark done")
    await alan.fill("Comment", "Log in with <SSO>")
    assert (await alan.submit()).ok
    await world.settle()
    for name in ("Ada", "Grace"):
        (message,) = [m for m in world.person(name).messages() if "Log in with &lt;SSO&gt;" in m.text]
        assert f"<@{world.ids['Alan']}> on *GitHub · Admin role* (AR-1)" in message.text
    assert "“Log in with &lt;SSO&gt;”" in world.card("Alan", "*Done* by you").text
    await ada.click(world.card("Ada", "You have access"), "Details")
    assert "assigned it by hand: “Log in with &lt;SSO&gt;”" in modal_text(ada)


async def test_work_by_hand_that_is_done_without_a_comment_sends_none(world: World) -> None:
    await hold(world, access="admin")
    await world.person("Grace").click(world.card("Grace", "Admin role"), "Mark done")
    assert (await world.person("Grace").submit()).ok
    await world.settle()
    assert "You have access" in world.person("Ada").messages()[-1].text
    assert world.card("Ada", "approved by").replies == []


async def test_what_an_owner_cannot_do_stands_as_failed_in_front_of_the_admin(world: World) -> None:
    await hold(world, access="admin")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Admin role"), "I can't")
    assert grace.view is not None
    await grace.fill(grace.view.labels[0], "The console is down")
    assert (await grace.submit()).ok
    await world.settle()
    failure = world.card("Root", "Admin role")
    assert "The console is down" in failure.text
    assert "Failed" in world.card("Ada", "Admin role").text
    await world.person("Root").click(failure, "Retry")
    await world.settle()
    assert "Mark done" in world.card("Grace", "Admin role").buttons
    assert "Retry" not in world.card("Root", "Admin role").buttons


async def test_an_access_that_is_given_back_is_taken_at_once(world: World) -> None:
    await hold(world)
    await world.person("Ada").click(world.card("Ada", "You have access"), "Give back")
    await world.settle()
    assert world.ids["Ada"] not in world.group.members
    assert "Revoked" in world.person("Ada").messages()[-1].text


async def test_many_changes_of_one_group_are_few_calls(world: World) -> None:
    names = ("Ada", "Mia", "Otto", "Root")
    for name in names:
        await world.ask(name, "github engineering 8h because of a release")
    world.slack.faults.ratelimit("usergroups.*", retry_after=30, times=1)
    for name in names:
        card = next(
            m for m in world.person("Alan").messages() if "Approve" in m.buttons and world.ids[name] in m.text
        )
        alan = world.person("Alan")
        await alan.click(card, "Approve")
        assert (await alan.submit()).ok
    await world.settle()
    before = len(world.slack.log.calls("usergroups.users.update"))
    await world.pass_time(timedelta(seconds=31))
    assert set(world.group.members) >= {world.ids[name] for name in names}
    assert len(world.slack.log.calls("usergroups.users.update")) - before == 1


async def test_the_last_member_cannot_be_taken_out_so_the_group_is_switched_off(world: World) -> None:
    world.group.members.clear()
    await hold(world)
    await world.pass_time(timedelta(hours=8))
    assert world.group.disabled_at
    assert "Ended" in world.person("Ada").messages()[-1].text
    await hold(world, "Mia")
    assert not world.group.disabled_at
    assert world.group.members == [world.ids["Mia"]]


async def test_more_time_is_asked_for_on_the_notice_and_moves_the_end(world: World) -> None:
    await hold(world)
    await world.pass_time(timedelta(hours=7))
    ada = world.person("Ada")
    await ada.click(world.card("Ada", "ends"), "Extend")
    await ada.choose("How long", "8 hours")
    await ada.fill("Reason", "Not done yet")
    assert (await ada.submit()).ok
    await world.settle()
    await world.approve("Grace", "Not done yet")
    await world.pass_time(timedelta(hours=2))
    assert world.ids["Ada"] in world.group.members
    await world.pass_time(timedelta(hours=8))
    assert world.ids["Ada"] not in world.group.members


async def test_i_am_done_gives_it_back(world: World) -> None:
    await hold(world)
    await world.pass_time(timedelta(hours=7))
    await world.person("Ada").click(world.card("Ada", "ends"), "I'm done")
    await world.settle()
    assert world.ids["Ada"] not in world.group.members


async def test_approvers_are_reminded_and_in_the_end_the_request_expires(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    before = len(world.person("Grace").messages())
    await world.pass_time(timedelta(hours=25))
    assert len(world.person("Grace").messages()) == before + 1
    assert "Approve" in world.person("Grace").messages()[-1].buttons
    await world.pass_time(timedelta(hours=24))
    assert "Expired" in world.card("Ada", "Engineering team").text
    assert all("Approve" not in m.buttons for m in world.person("Grace").messages())


@pytest.mark.both_engines
async def test_what_was_due_while_the_bot_was_down_is_done_once_when_it_starts(
    world: World, database_url: str
) -> None:
    await hold(world)
    await world.stop_bot()
    world.clock.advance(timedelta(days=3))
    await world.start_bot(database_url)
    await world.bot.catch_up()
    await world.settle()
    assert world.ids["Ada"] not in world.group.members
    texts = [m.text for m in world.person("Ada").messages()]
    assert sum("Ended" in text for text in texts) >= 1
    assert not any("I'm done" in m.buttons for m in world.person("Ada").messages())


@pytest.mark.parametrize("fault", ["fail", "cut", "lose_answer"])
async def test_a_target_that_fails_for_a_while_gets_there_in_the_end(world: World, fault: str) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    getattr(world.slack.faults, fault)("usergroups.users.update", times=2)
    await world.approve("Grace", "Engineering team")
    for _ in range(4):
        await world.pass_time(timedelta(minutes=1))
    assert world.ids["Ada"] in world.group.members
    assert sum("You have access" in m.text for m in world.person("Ada").messages()) == 1


async def test_a_revoke_that_fails_for_hours_is_shown_and_is_done_when_the_target_is_back(
    world: World,
) -> None:
    await hold(world)
    down = world.slack.faults.fail("usergroups.*")
    await world.pass_time(timedelta(hours=8))
    for _ in range(12):
        await world.pass_time(timedelta(minutes=30))
    assert world.ids["Ada"] in world.group.members
    failure = world.card("Root", "Engineering team")
    assert "Retry" in failure.buttons
    down.remove()
    await world.pass_time(timedelta(hours=1))
    await world.pass_time(timedelta(minutes=30))
    assert world.ids["Ada"] not in world.group.members
    assert "Retry" not in world.card("Root", "Engineering team").buttons


async def test_somebody_who_is_deactivated_loses_everything(world: World) -> None:
    await hold(world)
    world.slack.workspace.deactivate(world.ids["Ada"])
    await world.settle()
    assert world.ids["Ada"] not in world.group.members
