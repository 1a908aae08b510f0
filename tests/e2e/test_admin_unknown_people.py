"""Whoever is written into an admin's form by address, id or handle has to be in Slack."""

from handlers.admin import unknown_people
from tests import time_limits
from tests.e2e.test_admin import app_of, opened
from tests.world import World

OWNERS = "More owners, by e-mail address"


async def test_an_address_that_nobody_in_slack_has_is_refused_at_its_field(world: World) -> None:
    root = await opened(world)
    await root.press("Edit basics")
    await root.fill(OWNERS, "otto@example.com, bob@example.com")
    assert (await root.submit()).errors == {
        OWNERS: "No active Slack user is bob@example.com. Correct or remove it."
    }
    assert "otto@example.com" not in (await app_of(world)).owners
    await root.fill(OWNERS, "otto@example.com")
    assert (await root.submit()).ok
    assert "otto@example.com" in (await app_of(world)).owners


async def test_who_has_left_and_groups_that_are_not_there_are_refused(world: World) -> None:
    world.slack.workspace.deactivate(world.ids["Otto"])
    others = "More people, by e-mail address"
    root = await opened(world)
    await root.press("Add a stage")
    await root.fill("Name", "Audit")
    await root.choose("People", ["Mia"])
    await root.fill(others, world.ids["Otto"])
    assert "No active Slack user" in (await root.submit()).errors[others]
    await root.fill(others, "@nowhere")
    said = (await root.submit()).errors[others]
    assert said == "Slack has no user group @nowhere. Correct it, or choose one from the menu."


async def test_where_slack_does_not_answer_the_form_is_saved(world: World) -> None:
    root = await opened(world)
    await root.press("Edit basics")
    await root.fill(OWNERS, "bob@example.com")
    with world.slack.faults.hang("users.lookupByEmail"), time_limits.as_in_product(unknown_people):
        assert (await root.submit()).ok
    assert "bob@example.com" in (await app_of(world)).owners
    await root.press("Edit basics")
    await root.fill("Name", "Git")
    assert (await root.submit()).ok, "who is there already may stay"
