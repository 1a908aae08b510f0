"""Of two processes one dies or freezes in the middle of work: the other has done it within one lease."""

import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from models.store.base import Store
from tests.crash.process_world import BotLauncher, ProcessWorld, process_world
from tests.crash.test_crash import STEP
from tests.crash.test_many_processes import STEADY, TEAM, heavy

LEASE = 5.0 if STEP else 2.0
"""Seconds of the real clock: nobody can move the one of a database's server. Otherwise it is a minute."""
POLL = 3.0
"""Seconds for the look after it and for the work itself, on a busy machine."""
BOTH = pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
async def world(
    bot_launcher: BotLauncher, tmp_path: Path, database_url: str, store: Store
) -> AsyncIterator[ProcessWorld]:
    async with process_world(bot_launcher, tmp_path, database_url, store, "http", lease=LEASE) as ready:
        yield ready


def has_it(world: ProcessWorld) -> bool:
    return world.ids["Ada"] in world.group.members


async def approved(world: ProcessWorld) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    assert await world.try_to_decide("Grace", world.card("Grace", TEAM), "Approve")


async def done_within_a_lease(
    world: ProcessWorld, condition: Callable[[], bool], began: float | None = None
) -> None:
    """Wait until this is so. Since now, or since it `began`, it must not take longer."""
    left = LEASE + POLL - (time.monotonic() - began if began else 0)
    await world.slack.until(condition, left)
    await world.settle()


@heavy
@BOTH
async def test_what_one_was_about_to_give_the_other_gives(
    world: ProcessWorld, number: signal.Signals
) -> None:
    one = await world.begin()
    with world.slack.faults.hang("usergroups.users.update", times=1) as hanging:
        await approved(world)
        await world.slack.until(lambda: hanging.used, 30)
        await world.begin(lease=STEADY)
        one.signal(number)
        await done_within_a_lease(world, lambda: has_it(world))


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=heavy)])
async def test_what_one_was_about_to_take_the_other_takes(
    world: ProcessWorld, number: signal.Signals
) -> None:
    one = await world.begin()
    await approved(world)
    await world.settle()
    assert has_it(world)
    with world.slack.faults.hang("usergroups.users.update", times=1) as hanging:
        world.clock.advance_all(timedelta(hours=9))
        await world.slack.until(lambda: hanging.used, 30)
        await world.begin(lease=STEADY)
        one.signal(number)
        await done_within_a_lease(world, lambda: not has_it(world))


@heavy
@pytest.mark.parametrize(
    "point", ["before commit of claim settle #1", "before commit of end of settle grant.active #1"]
)
async def test_who_freezes_with_everything_locked_stops_the_other_for_no_longer(
    world: ProcessWorld, point: str
) -> None:
    await world.begin(point, signal.SIGSTOP)
    await world.ask("Ada", "github engineering 8h because of a release")
    # The claim rides on the commit of the decision: where that freezes, the approver gets no answer.
    decided = await world.try_to_decide("Grace", world.card("Grace", TEAM), "Approve")

    async def frozen() -> bool:
        return point in world.points

    await world.until(frozen)
    began = time.monotonic()
    await world.begin(lease=STEADY)
    while not decided:
        decided = await world.try_to_decide("Grace", world.card("Grace", TEAM), "Approve")
    await done_within_a_lease(world, lambda: world.sees("Ada", "You have access"), began)
    assert has_it(world)
