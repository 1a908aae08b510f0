"""The clock of the bot's machine jumps by a year: an admin is asked on a card, and nobody loses anything."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock.guard import MASS
from bot.clock.monotonic import MonotonicClock
from models.clock import ManualClock
from models.lifecycle.grant import give
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.states import GrantState
from tests.ready_world import EIGHT_HOURS
from tests.rows import all_of, every
from tests.world import World

YEAR = timedelta(days=365)


@pytest.fixture
def machine(clock: ManualClock) -> ManualClock:
    """The clock of the bot's machine."""
    return ManualClock(clock.now())


@pytest.fixture
async def world(
    sqlite_template: str, tmp_path: Path, clock: ManualClock, machine: ManualClock
) -> AsyncIterator[World]:
    """A world whose bot has a machine with a clock of its own."""
    shutil.copy(sqlite_template, tmp_path / "keyturn.db")
    world = World(clock, "socket")
    world.bots_clock = MonotonicClock(machine, lambda: 0.0)
    await world.slack.start()
    try:
        await world.start_bot(f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}")
        yield world
    finally:
        await world.stop_bot()
        await world.slack.stop()


async def many_hold(world: World) -> None:
    await world.offer(auto_approve=[{"name": "Everybody may"}], stage=[])
    people = [world.slack.workspace.add_person(f"P{number}").id for number in range(MASS)]
    await world.bot.context.people.refresh(people)

    def work(out: Outcome) -> None:
        for person in people:
            submit.submit(out, Draft(person, person, "github", ("engineering",), EIGHT_HOURS, "INC-42"))

    def given(out: Outcome) -> None:
        for grant in every(out.case, Grant):
            give.mark_active(out, grant)

    await world.bot.store.write(work)
    await world.bot.store.write(given)
    await world.settle()


async def states(world: World) -> set[GrantState]:
    return {one.state for one in await all_of(world.bot.store, Grant)}


async def test_an_admin_is_asked_on_a_card_before_a_mass_is_taken_away(
    world: World, machine: ManualClock
) -> None:
    await many_hold(world)
    machine.advance(YEAR)
    await world.bot.catch_up()
    await world.settle()
    assert await states(world) == {GrantState.ACTIVE}
    root, card = world.person("Root"), world.card("Root", "jumped ahead")
    assert f"{MASS} accesses over according to that clock" in str(card.blocks)
    await root.click(card, "Wait")
    await world.settle()
    assert "chose to wait. It continues by itself once the clock is right" in str(
        world.card("Root", "jumped ahead").blocks
    )
    await root.click(world.card("Root", "jumped ahead"), "Revoke them now")
    await world.settle()
    await world.bot.catch_up()
    await world.settle()
    assert await states(world) == {GrantState.ENDED}
    assert "had them revoked" in str(world.card("Root", "jumped ahead").blocks)


async def test_once_the_clock_is_mended_nobody_has_to_decide(world: World, machine: ManualClock) -> None:
    await many_hold(world)
    machine.advance(YEAR)
    await world.bot.catch_up()
    await world.settle()
    machine.advance(-YEAR)
    await world.bot.catch_up()
    await world.settle()
    assert await states(world) == {GrantState.ACTIVE}
    assert "the jump revoked nothing" in str(world.card("Root", "Settled").blocks)
