"""What becomes of a machine's clock that jumped: Slack's is asked, and for a mass of accesses an admin."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest

from bot.clock import guard
from bot.clock.guard import ABSENCE, ASK_INTERVAL, MASS, ClockGuard
from bot.clock.monotonic import MonotonicClock
from models.clock import ManualClock
from models.errors import Closed, NotAllowed
from models.lifecycle import due, mass_revocation
from models.store.base import Store
from models.store.open import open_store
from models.tables.grants import Grant
from models.tables.pauses import Pause, PauseState
from models.tables.states import GrantState
from tests.bot.test_schedule import hold
from tests.models.company import ADA, ROOT
from tests.rows import all_of

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
YEAR = timedelta(days=365)
EIGHT = 8 * HOUR


class Machine:
    """A machine with a bot on it, and a Slack that says what time it is, or nothing."""

    def __init__(self, url: str, clock: ManualClock) -> None:
        self.clock, self.seconds = clock, 0.0
        self.slack: Callable[[], datetime | None] = lambda: None
        self.steady = MonotonicClock(clock, lambda: self.seconds)
        self.store = open_store(url, self.steady)
        self.keeper = self.restarted()

    def restarted(self) -> ClockGuard:
        """The process begins anew: only the machine's clock and the database are left."""
        self.steady = MonotonicClock(self.clock, lambda: self.seconds)
        self.store.clock = self.steady
        self.keeper = ClockGuard(self.store, self.steady, self._asked)
        return self.keeper

    async def _asked(self) -> datetime | None:
        return self.slack()

    def passes(self, step: timedelta) -> None:
        self.clock.advance(step)
        self.seconds += step.total_seconds()

    async def tick(self) -> None:
        await self.keeper.check()
        while (await self.store.write_many(due.sweep)).more:
            pass

    async def active(self) -> int:
        return len([one for one in await grants(self.store) if one.state is GrantState.ACTIVE])

    async def pauses(self) -> list[Pause]:
        return await all_of(self.store, Pause)


async def grants(store: Store) -> list[Grant]:
    return await all_of(store, Grant)


@pytest.fixture
async def machine(database_url: str, clock: ManualClock) -> AsyncIterator[Machine]:
    made = Machine(database_url, clock)
    yield made
    await made.store.close()


async def begun(machine: Machine, count: int) -> None:
    await hold(machine.store, count)
    await machine.tick()


@pytest.mark.parametrize("jump", [EIGHT, YEAR])
async def test_a_mass_that_a_jump_would_end_waits_for_an_admin(machine: Machine, jump: timedelta) -> None:
    await begun(machine, MASS)
    true = machine.clock.now()
    machine.slack = lambda: true
    machine.clock.advance(jump)
    await machine.tick()
    assert await machine.active() == MASS
    (pause,) = await machine.pauses()
    assert (pause.state, pause.count, pause.since, pause.until) == (PauseState.OPEN, MASS, true, true + jump)
    await machine.store.run(mass_revocation.keep_pause, pause.ref, ROOT)
    machine.passes(2 * ASK_INTERVAL)
    await machine.tick()
    assert await machine.active() == MASS
    await machine.store.run(mass_revocation.lift_pause, pause.ref, ROOT)
    await machine.tick()
    assert await machine.active() == 0


async def test_what_really_ends_meanwhile_ends_in_time(machine: Machine) -> None:
    await begun(machine, MASS)
    true = machine.clock.now()
    machine.slack = lambda: true
    machine.clock.advance(YEAR)
    await machine.tick()
    machine.passes(EIGHT - timedelta(seconds=1))
    await machine.tick()
    assert await machine.active() == MASS
    machine.passes(timedelta(seconds=1))
    await machine.tick()
    assert await machine.active() == 0


async def test_the_pause_is_over_when_the_clock_is_right_again(machine: Machine) -> None:
    await begun(machine, MASS)
    true = machine.clock.now()
    machine.slack = lambda: true
    machine.clock.advance(YEAR)
    await machine.tick()
    machine.clock.advance(-YEAR)
    await machine.tick()
    (pause,) = await machine.pauses()
    assert pause.state is PauseState.OVER
    assert await machine.active() == MASS
    with pytest.raises(Closed):
        await machine.store.run(mass_revocation.lift_pause, pause.ref, ROOT)


async def test_a_jump_that_slack_agrees_with_was_a_machine_asleep(machine: Machine) -> None:
    """A week in which it stood still, seconds and all: what was due is done, once, and nobody is asked."""
    await begun(machine, MASS)
    machine.slack = machine.clock.now
    machine.clock.advance(timedelta(days=7))
    await machine.tick()
    assert await machine.active() == 0
    assert await machine.pauses() == []


async def test_with_slack_away_few_end_and_a_mass_waits_until_it_is_back(machine: Machine) -> None:
    await begun(machine, MASS)
    machine.clock.advance(EIGHT)
    await machine.tick()
    assert await machine.active() == MASS
    assert await machine.pauses() == []  # nobody could read it
    machine.slack = machine.clock.now
    machine.passes(ASK_INTERVAL)
    await machine.tick()
    assert await machine.active() == 0


async def test_few_end_as_usual_where_nobody_says_otherwise(machine: Machine) -> None:
    await begun(machine, MASS - 1)
    machine.clock.advance(EIGHT)
    await machine.tick()
    assert await machine.active() == 0


@pytest.mark.parametrize("back", [HOUR, YEAR])
@pytest.mark.parametrize("restart", [False, True])
async def test_a_clock_wrongly_set_back_lengthens_nothing(
    machine: Machine, back: timedelta, restart: bool
) -> None:
    await begun(machine, 1)
    true = machine.clock.now()
    machine.slack = lambda: true
    machine.clock.advance(-back)
    if restart:
        await machine.restarted().start()
    machine.passes(EIGHT - timedelta(seconds=1))
    await machine.tick()
    assert await machine.active() == 1
    machine.passes(timedelta(seconds=1))
    await machine.tick()
    assert await machine.active() == 0


async def test_a_clock_that_was_ahead_and_is_set_right_is_believed(machine: Machine) -> None:
    """Two were given by a clock an hour ahead; they last eight hours from when it was mended."""
    machine.clock.advance(HOUR)
    machine.restarted()
    await begun(machine, 2)
    machine.clock.advance(-HOUR)
    machine.slack = machine.clock.now
    await machine.tick()
    await machine.tick()
    assert {one.ends_at for one in await grants(machine.store)} == {machine.clock.now() + EIGHT}


@pytest.mark.parametrize("running", [HOUR / 2, 3 * HOUR])
async def test_what_ran_by_a_clock_that_was_ahead_lasts_no_longer_when_it_is_set_right(
    machine: Machine, running: timedelta
) -> None:
    """Whether it seems to have begun in the future by the clock that is right, or not."""
    machine.clock.advance(HOUR)
    await machine.restarted().start()
    machine.passes(MINUTE)
    await begun(machine, 1)
    machine.passes(running)
    machine.clock.advance(-HOUR)
    machine.slack = machine.clock.now
    await machine.tick()
    assert machine.steady.now() == machine.clock.now()
    machine.passes(EIGHT - running - timedelta(seconds=1))
    await machine.tick()
    assert await machine.active() == 1
    machine.passes(timedelta(seconds=1))
    await machine.tick()
    assert await machine.active() == 0


async def test_what_began_by_a_right_clock_is_not_shortened_when_a_wrong_one_is_set_right(
    machine: Machine,
) -> None:
    await begun(machine, 1)
    (before,) = await grants(machine.store)
    machine.passes(HOUR)
    machine.clock.advance(HOUR)
    await machine.tick()  # Slack is away, and few are concerned: it is believed
    assert machine.steady.now() == machine.clock.now()
    machine.passes(2 * HOUR)
    machine.clock.advance(-HOUR)
    machine.slack = machine.clock.now
    await machine.tick()
    (after,) = await grants(machine.store)
    assert (after.active_at, after.ends_at) == (before.active_at, before.ends_at)


@pytest.mark.parametrize("restart", [False, True])
async def test_a_small_step_back_lengthens_by_one_percent_at_most(machine: Machine, restart: bool) -> None:
    await begun(machine, 1)
    machine.passes(EIGHT - MINUTE)
    await machine.tick()
    machine.clock.advance(-2 * MINUTE)
    if restart:
        await machine.restarted().start()
    machine.passes(0.99 * MINUTE)
    await machine.tick()
    assert await machine.active() == 1
    machine.passes(0.03 * MINUTE)
    await machine.tick()
    assert await machine.active() == 0


async def test_no_sweep_waits_for_a_slack_that_does_not_answer(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "ANSWER_WAIT", 0.01)
    answer = asyncio.Event()
    asked: list[datetime] = []

    async def witness() -> datetime | None:
        asked.append(machine.clock.now())
        await answer.wait()
        return machine.clock.now()

    await begun(machine, MASS)
    machine.keeper._witness = witness
    machine.clock.advance(EIGHT)
    for _ in range(3):
        await asyncio.wait_for(machine.tick(), 10)
        machine.passes(ASK_INTERVAL)
    assert (await machine.active(), len(asked)) == (MASS, 1)
    answer.set()
    await asyncio.sleep(0)
    await machine.tick()
    assert await machine.active() == 0
    machine.keeper.stop()


async def test_an_answer_that_nobody_needs_any_more_is_not_waited_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "ANSWER_WAIT", 0.01)
    ended: list[str] = []

    async def witness() -> datetime | None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")
        return None

    machine.keeper._witness = witness
    machine.clock.advance(YEAR)
    await machine.keeper.check()
    machine.keeper.stop()
    await asyncio.sleep(0)
    assert ended == ["ended"]


@pytest.mark.parametrize("away", [timedelta(days=30), timedelta(days=1) - HOUR])
async def test_after_a_long_absence_what_was_due_is_done_and_nobody_is_asked(
    machine: Machine, away: timedelta
) -> None:
    await begun(machine, MASS)
    if away > ABSENCE:  # for less, a Slack that is away is no reason to wait
        machine.slack = machine.clock.now
    machine.clock.advance(away)
    await machine.restarted().start()
    await machine.tick()
    assert await machine.active() == 0


async def test_a_start_by_a_clock_that_slack_contradicts_asks_as_well(machine: Machine) -> None:
    await begun(machine, MASS)
    true = machine.clock.now()
    machine.slack = lambda: true
    machine.clock.advance(YEAR)
    for _ in range(2):  # restarted once more, it goes on asking
        await machine.restarted().start()
        await machine.tick()
        assert await machine.active() == MASS
        assert [pause.state for pause in await machine.pauses()] == [PauseState.OPEN]
    machine.clock.advance(-YEAR)
    await machine.restarted().start()
    await machine.tick()
    assert [pause.state for pause in await machine.pauses()] == [PauseState.OVER]


async def test_only_an_admin_decides_and_only_once(machine: Machine) -> None:
    await begun(machine, MASS)
    true = machine.clock.now()
    machine.slack = lambda: true
    machine.clock.advance(YEAR)
    await machine.tick()
    for verb in (mass_revocation.keep_pause, mass_revocation.lift_pause):
        with pytest.raises(NotAllowed):
            await machine.store.run(verb, "PS-1", ADA)
    await machine.store.run(mass_revocation.lift_pause, "PS-1", ROOT)
    with pytest.raises(Closed):
        await machine.store.run(mass_revocation.keep_pause, "PS-1", ROOT)


async def test_the_database_is_told_the_time_once_a_minute(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[datetime] = []
    monkeypatch.setattr(mass_revocation, "save_time", lambda out: told.append(out.now))
    for _ in range(121):
        await machine.keeper.check()
        machine.passes(timedelta(seconds=1))
    assert len(told) == 3
