from datetime import timedelta

import pytest

from tests.world import World

pytestmark = pytest.mark.both_engines


async def two_stages(world: World, first: str | int, second: str | int = "any") -> None:
    ids = world.ids
    await world.offer(stage=[
        {"name": "Owner", "approvers": ["owners"], "rule": first},
        {"name": "Security", "approvers": [ids["Root"], ids["Mia"]], "rule": second},
    ])  # fmt: skip


async def test_stages_are_asked_one_after_the_other(world: World) -> None:
    await two_stages(world, "any")
    await world.ask("Ada", "github engineering 8h because of a release")
    assert world.person("Mia").messages() == []
    await world.approve("Grace", "Engineering team")
    assert "Approve" in world.card("Mia", "Engineering team").buttons
    assert world.ids["Ada"] not in world.group.members
    await world.approve("Mia", "Engineering team")
    assert world.ids["Ada"] in world.group.members


async def test_all_means_all_and_the_card_says_who_is_missing(world: World) -> None:
    await two_stages(world, "all")
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Grace", "Engineering team")
    card = world.card("Ada", "Engineering team").text
    assert "1 of 2" in card
    assert world.ids["Alan"] in card
    assert world.person("Mia").messages() == []
    await world.approve("Alan", "Engineering team")
    assert world.person("Mia").messages() != []


async def test_one_rejection_rejects_where_all_must_approve(world: World) -> None:
    await two_stages(world, "all")
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Grace", "Engineering team")
    alan = world.person("Alan")
    await alan.click(world.card("Alan", "Engineering team"), "Reject")
    assert (await alan.submit()).ok
    await world.settle()
    assert "Rejected" in world.card("Ada", "Engineering team").text
    assert "Approve" not in world.card("Alan", "Engineering team").buttons


@pytest.mark.both_engines
async def test_the_second_of_two_quick_approvers_is_told_who_was_first(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    grace, alan = world.person("Grace"), world.person("Alan")
    await grace.click(world.card("Grace", "Engineering team"), "Approve")
    await alan.click(world.card("Alan", "Engineering team"), "Approve")
    assert (await grace.submit()).ok
    late = await alan.submit()
    shown = " ".join([*late.errors.values(), *([alan.view.title, *alan.view.texts] if alan.view else [])])
    assert "already approved by Grace" in shown


async def test_an_owner_who_asks_does_not_decide_on_it(world: World) -> None:
    await world.ask("Grace", "github engineering 8h because of a release")
    assert "Approve" not in world.card("Grace", "Engineering team").buttons
    assert "Approve" in world.card("Alan", "Engineering team").buttons


async def test_a_deactivated_approver_is_refused_at_the_click(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    card, alan = world.card("Alan", "Engineering team"), world.person("Alan")
    await alan.click(card, "Approve")
    world.slack.workspace.users[world.ids["Alan"]].deleted = True  # and no event tells of it
    world.clock.advance(timedelta(minutes=11))
    late = await alan.submit()
    assert "can't decide" in " ".join(late.errors.values())
    await world.settle()
    assert world.ids["Ada"] not in world.group.members


async def test_somebody_who_left_the_group_of_approvers_is_refused_and_learns_who_can(world: World) -> None:
    ids = world.ids
    world.slack.workspace.add_usergroup("On call", handle="oncall", members=[ids["Otto"], ids["Mia"]])
    await world.offer(stage=[{"name": "On call", "approvers": ["@oncall"], "rule": "any"}])
    await world.ask("Ada", "github engineering 8h because of a release")
    card, otto = world.card("Otto", "Engineering team"), world.person("Otto")
    group = next(g for g in world.slack.workspace.usergroups.values() if g.handle == "oncall")
    group.members.remove(ids["Otto"])  # and no event tells of it
    world.clock.advance(timedelta(minutes=2))
    await otto.click(card, "Approve")
    await world.settle()
    assert "Mia can" in " ".join(otto.ephemeral)
    assert world.ids["Ada"] not in world.group.members


async def test_a_changed_duration_is_given_and_the_requester_sees_old_and_new(world: World) -> None:
    await world.ask("Ada", "github engineering 7d because of a release")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Modify duration")
    await grace.choose("How long", "1 hour")
    await grace.fill("Comment", "An hour is enough")
    assert (await grace.submit()).ok
    await world.settle()
    asked = world.person("Ada").messages()[0].text
    assert "7 days" in asked
    assert "1 hour" in asked
    await world.pass_time(timedelta(hours=1))
    assert world.ids["Ada"] not in world.group.members


async def test_comments_by_button_and_by_reply_reach_everyone_involved(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Comment")
    await grace.fill("Comment", "Which <release>?")
    assert (await grace.submit()).ok
    await world.settle()
    await world.person("Ada").reply(world.card("Ada", "You requested"), "The one of <!channel> Friday")
    await world.settle()
    shown = {"Ada": "You requested", "Alan": "requests", "Grace": "requests"}
    for name, words in shown.items():
        card = world.card(name, words)
        assert "Which &lt;release&gt;?" in card.text
        assert "The one of" in card.text
        assert "<!channel>" not in card.text
    assert any("Which" in reply.text for reply in world.card("Ada", "You requested").replies)
    assert any("Friday" in reply.text for reply in world.card("Alan", "requests").replies)
    assert "Withdraw" in world.card("Ada", "You requested").buttons


async def test_a_withdrawn_request_leaves_no_button_that_works_on_nothing(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    stale = world.card("Grace", "Engineering team")
    await world.person("Ada").click(world.card("Ada", "Engineering team"), "Withdraw")
    await world.settle()
    assert "Withdrawn" in world.card("Ada", "Engineering team").text
    assert "Approve" not in world.card("Grace", "Engineering team").buttons
    assert stale.ts == world.card("Grace", "Engineering team").ts


async def test_details_tell_the_whole_story(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42")
    await world.approve("Grace", "Engineering team")
    alan = world.person("Alan")
    await alan.click(world.card("Alan", "Engineering team"), "Details")
    assert alan.view is not None
    told = " ".join(alan.view.texts)
    assert "INC-42" in told
    assert world.ids["Grace"] in told
