"""Asking for somebody else, in a real bot that is connected to the local Slack."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.clock import ManualClock
from models.tables.grants import Grant
from tests.ready_world import approve_request, ready_world
from tests.rows import row_of
from tests.world import World


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    async with ready_world(sqlite_template, tmp_path, clock, on_behalf="managers") as ready:
        ready.slack.workspace.users[ready.ids["Ada"]].manager = ready.ids["Mia"]
        yield ready


async def fill(world: World, asker: str, whom: str) -> None:
    """The form, ready to be sent."""
    person = world.person(asker)
    await person.command("/request-access", "github engineering 8h because she starts on Monday")
    await person.choose("Request for", whom)


async def test_a_manager_asks_for_somebody_and_they_get_the_access(world: World) -> None:
    await fill(world, "Mia", "Ada")
    mia = world.person("Mia")
    assert mia.view is not None
    assert "Who will approve it" in mia.view.text
    assert (await mia.submit()).action == "close"
    await world.settle()
    assert (
        f"*You requested GitHub · Engineering team* for <@{world.ids['Ada']}>"
        in world.card("Mia", "You requested").text
    )
    assert (
        f"<@{world.ids['Mia']}> requested GitHub · Engineering team* for you"
        in world.card("Ada", "for you").text
    )
    card = world.card("Grace", "requests")
    assert f"<@{world.ids['Ada']}>" in card.text
    await approve_request(world, "AR-1")
    grant = await row_of(world.bot.store, Grant, 1)
    assert grant.person_id == world.ids["Ada"]
    assert "You have" in world.card("Ada", "You have").text


async def test_who_may_not_reads_it_at_the_field_and_nothing_is_sent(world: World) -> None:
    await fill(world, "Otto", "Ada")
    otto = world.person("Otto")
    outcome = await otto.submit()
    assert outcome.action == "errors"
    assert outcome.errors == {
        "Request for": "For Ada, only the manager of Ada, an owner of GitHub or a workspace "
        "admin can request this. Ada can request it too."
    }


async def test_what_they_have_already_is_said_in_the_menu_and_in_the_preview(world: World) -> None:
    await fill(world, "Mia", "Ada")
    mia = world.person("Mia")
    await mia.submit()
    await approve_request(world, "AR-1")
    await world.pass_time(timedelta(hours=1))  # the same a moment later would be taken for the same request
    await fill(world, "Mia", "Ada")
    assert mia.view is not None
    assert "Ada already has Engineering team." in mia.view.text


async def test_where_the_app_lets_nobody_there_is_no_such_field(world: World) -> None:
    await world.offer(on_behalf="nobody")
    mia = world.person("Mia")
    await mia.command("/request-access", "github engineering 8h")
    assert mia.view is not None
    assert "Request for" not in mia.view.labels


@pytest.mark.parametrize(("name", "there"), [("Root", True), ("Grace", True), ("Mia", False)])
async def test_where_only_owners_and_admins_may_only_they_see_it(
    world: World, name: str, there: bool
) -> None:
    await world.offer(on_behalf="admins")
    person = world.person(name)
    await person.command("/request-access", "github engineering 8h")
    assert person.view is not None
    assert ("Request for" in person.view.labels) is there
