"""An approver of whom Slack did not tell in time is asked all the same, and decides once it has told."""

from datetime import timedelta

import pytest

from bot.sandbox.slack.delivery.faults import Fault
from handlers.people import refresh, timeout
from handlers.request import form_view
from models.registry.directory import is_known
from models.tables.requests import Asked, Decision
from tests.rows import all_of, count_of
from tests.world import World

MINUTES = timedelta(minutes=20)
"""Until a look-up that got no answer is made again."""


LOOK_UPS = (
    (timeout, "LOOKUP_TIMEOUT"),
    (form_view, "LOOKUP_TIMEOUT"),
    (refresh, "DECISION_TIMEOUT"),
    (refresh, "FORM_TIMEOUT"),
)
"""How long the bot waits for Slack to say who somebody is."""


@pytest.fixture
def world(world: World) -> World:
    """One whose bot does not wait long for what does not come. Its limits are reset when it stops."""
    for module, name in LOOK_UPS:
        setattr(module, name, 0.2)
    return world


async def asked(world: World) -> set[str]:
    """The names of those who are asked."""
    by_id = {person_id: name for name, person_id in world.ids.items()}
    return {by_id[one.person_id] for one in await all_of(world.bot.store, Asked)}


async def decisions(world: World) -> int:
    return await count_of(world.bot.store, Decision)


async def meet(world: World, *names: str) -> None:
    """Let the bot know these; nobody else is known to it."""
    ids = {world.ids[name] for name in names}
    for _ in range(20):  # on a busy machine the first look-up may take too long
        await world.bot.context.people.refresh(ids)
        if await world.bot.store.read(lambda case: all(is_known(case, one) for one in ids)):
            return
    raise AssertionError("the local Slack says nothing")


def silent(world: World, how: str) -> Fault:
    """Slack tells of nobody."""
    if how == "hangs":
        return world.slack.faults.hang("users.info")
    return world.slack.faults.fail("users.info", status=503)


async def asked_while_silent(world: World, **stage: object) -> None:
    """The stage names Grace and Alan."""
    approvers = [world.ids["Grace"], world.ids["Alan"]]
    await world.offer(owners=[world.ids["Otto"]], stage=[{"name": "Owner", "approvers": approvers} | stage])
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because of a release")
    await world.slack.until(lambda: "Owner" in " ".join(ada.view.texts if ada.view else ()), 10)
    assert (await ada.submit()).ok


@pytest.mark.parametrize("how", ["hangs", "fails"])
async def test_an_approver_who_could_not_be_looked_up_is_asked_and_nobody_in_their_place(
    world: World, how: str
) -> None:
    await meet(world, "Ada")
    with silent(world, how):
        await asked_while_silent(world)
        await world.slack.until(lambda: len(world.person("Grace").messages()) > 0, 20)
        assert await asked(world) == {"Grace", "Alan"}
        assert world.person("Otto").messages() == world.person("Root").messages() == []
        grace, card = world.person("Grace"), world.card("Grace", "Engineering team")
        await grace.click(card, "Approve")
        said = " ".join([*grace.ephemeral, *(grace.view.texts if grace.view else ())])
        assert "Slack isn't saying who you are right now, so nothing was changed." in said
        assert await decisions(world) == 0
        if grace.view is not None:
            await grace.close()
    await world.settle()
    assert "Waiting for" in world.card("Ada", "Engineering team").text
    await world.approve("Grace", "Engineering team")
    assert world.ids["Ada"] in world.group.members


async def test_who_turns_out_to_be_a_guest_does_not_decide_and_others_are_asked(world: World) -> None:
    await meet(world, "Ada")
    with silent(world, "fails"):
        await asked_while_silent(world, approvers=[world.ids["Gus"]])
        await world.slack.until(lambda: len(world.person("Gus").messages()) > 0, 20)
        assert await asked(world) == {"Gus"}
        await world.settle()  # the look-up of Gus has failed, and is tried again by the clock of now
    await world.pass_time(MINUTES)
    assert await asked(world) == {"Otto"}
    assert "Approve" not in world.card("Gus", "Engineering team").buttons
    assert "Approve" in world.card("Otto", "Engineering team").buttons


async def test_all_of_two_means_both_though_only_one_could_be_looked_up(world: World) -> None:
    await meet(world, "Ada", "Alan")
    with silent(world, "fails"):
        await asked_while_silent(world, rule="all")
        await world.slack.until(lambda: len(world.person("Alan").messages()) > 0, 20)
    await world.approve("Alan", "Engineering team")
    assert world.ids["Ada"] not in world.group.members
    await world.approve("Grace", "Engineering team")
    assert world.ids["Ada"] in world.group.members


async def test_an_id_that_slack_does_not_know_is_nobody_and_others_are_asked(world: World) -> None:
    await world.offer(owners=[world.ids["Otto"]], stage=[{"name": "Owner", "approvers": ["U0NOBODY"]}])
    await world.ask("Ada", "github engineering 8h because of a release")
    assert await asked(world) == {"Otto"}
    assert "U0NOBODY is not known" in world.card("Otto", "Engineering team").text


@pytest.mark.parametrize(
    ("named", "method"), [("grace@example.com", "users.lookupByEmail"), ("@oncall", "usergroups.*")]
)
async def test_while_slack_does_not_tell_who_is_behind_an_address_or_a_group_nobody_else_is_asked(
    world: World, named: str, method: str
) -> None:
    world.slack.workspace.add_usergroup("On call", handle="oncall", members=[world.ids["Grace"]])
    await meet(world, "Ada")
    await world.offer(owners=[world.ids["Otto"]], stage=[{"name": "Owner", "approvers": [named]}])
    ada = world.person("Ada")
    with world.slack.faults.fail(method, status=503):
        await ada.command("/request-access", "github engineering 8h because of a release")
        sent = await ada.submit()
        assert f"Slack isn't saying who {named} is right now" in str(sent.errors)
    assert await asked(world) == set()
    assert (await ada.submit()).ok
    await world.settle()
    assert await asked(world) == {"Grace"}


async def test_an_address_that_slack_does_not_know_is_nobody_and_others_are_asked(world: World) -> None:
    await world.offer(owners=[world.ids["Otto"]], stage=[{"name": "Owner", "approvers": ["x@example.com"]}])
    await world.ask("Ada", "github engineering 8h because of a release")
    assert await asked(world) == {"Otto"}
