"""What goes by the calendar is planned anew where the machine's clock was set: not late, not many times."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers.cron import CronTrigger

from bot.worker.cron import TOLERANCE, Cron
from models.clock import ManualClock
from tests.bot.test_ticker import nothing
from tests.conftest import START

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Machine:
    """A machine on which an APScheduler runs."""

    def __init__(self) -> None:
        self.clock, self.seconds = ManualClock(START), 0.0
        self.cron = Cron(self.clock, lambda: self.seconds)
        self.runs: list[datetime] = []

    async def run(self) -> None:
        self.runs.append(self.clock.now())

    async def passes(self, step: timedelta) -> None:
        """Time passes, a minute at a time; each minute somebody looks, and APScheduler's timer is over."""
        for _ in range(int(step / MINUTE)):
            self.clock.advance(MINUTE)
            self.seconds += 60
            await self.look()

    async def look(self) -> None:
        await self.cron.reschedule()
        self.cron._scheduler._process_jobs()
        for task in list(self.cron._scheduler._executors["default"]._pending_futures):
            await task

    @property
    def planned(self) -> timedelta:
        """In how long the job is to run."""
        (job,) = self.cron.jobs
        planned: datetime = job.next_run_time
        return planned - self.clock.now()


@pytest.fixture
async def machine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Machine]:
    made = Machine()

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return made.clock.now().astimezone(tz or UTC)

    monkeypatch.setattr(base, "datetime", Now)
    monkeypatch.setattr("apscheduler.triggers.interval.datetime", Now)
    yield made
    made.cron.stop()


@pytest.mark.parametrize("jump", [-3 * HOUR, -2 * MINUTE, HOUR / 4, HOUR, timedelta(days=365)])
async def test_at_an_interval_it_runs_when_it_would_have(machine: Machine, jump: timedelta) -> None:
    machine.cron.every(HOUR, machine.run)
    machine.cron.start()
    await machine.passes(HOUR / 2)
    machine.clock.advance(jump)
    await machine.look()
    assert (machine.runs, machine.planned) == ([], HOUR / 2)
    await machine.passes(HOUR / 2)
    assert machine.runs == [machine.clock.now()]
    await machine.passes(2 * HOUR)
    assert len(machine.runs) == 3


async def test_what_ran_between_the_jump_and_the_look_is_not_put_off(machine: Machine) -> None:
    machine.cron.every(HOUR, machine.run)
    machine.cron.start()
    machine.clock.advance(5 * HOUR)
    machine.cron._scheduler._process_jobs()
    await machine.look()
    assert len(machine.runs) == 1
    assert timedelta() < machine.planned <= HOUR


async def test_by_the_calendar_it_runs_at_its_next_moment(machine: Machine) -> None:
    hour = (machine.clock.now() + HOUR).replace(minute=0, second=0, microsecond=0)
    machine.cron.add(CronTrigger(hour=hour.hour, timezone=UTC), machine.run)
    machine.cron.start()
    machine.clock.advance(-timedelta(days=2))
    await machine.look()
    assert machine.clock.now() + machine.planned == hour - timedelta(days=2)


async def test_by_the_calendar_what_the_clock_was_set_past_runs_once_and_at_once(machine: Machine) -> None:
    hour = (machine.clock.now() + HOUR).replace(minute=0, second=0, microsecond=0)
    machine.cron.add(CronTrigger(hour=hour.hour, timezone=UTC), machine.run)
    machine.cron.start()
    machine.clock.advance(timedelta(days=30))
    await machine.look()
    assert len(machine.runs) == 1
    assert timedelta() < machine.planned <= timedelta(days=1)


async def test_a_clock_that_is_slowed_down_plans_nothing_anew(machine: Machine) -> None:
    machine.cron.every(HOUR, machine.run)
    machine.cron.start()
    machine.clock.advance(-TOLERANCE / 2)
    await machine.look()
    assert machine.planned == HOUR + TOLERANCE / 2


async def test_it_can_be_stopped_before_it_was_started(machine: Machine) -> None:
    machine.cron.every(HOUR, nothing)
    machine.cron.stop()
