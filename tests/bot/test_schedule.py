"""What is due is done: at start what was missed, then every tick, and a tick that fails is only one tick."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.metrics import Metrics
from bot.worker import schedule
from bot.worker.schedule import Scheduler
from models.clock import ManualClock
from models.jobs import Job
from models.lifecycle import due
from models.lifecycle.grant import give
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import directory
from models.store import units
from models.store.base import Store, Unavailable
from models.store.outcome import Outcome
from models.tables.catalogue import Policy
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState
from models.tables.workspace import Delivery
from tests.models.company import ADA, GITHUB, found
from tests.rows import all_of, clear, count_of, every, new_row, trail_of

NOTHING_DUE = SimpleNamespace(more=False, broken=[])
AUTOMATIC = GITHUB.model_validate(GITHUB.stored() | {"auto_approve": [{"name": "Everybody may"}]})


@pytest.fixture
async def scheduler(
    store: Store, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Scheduler]:
    """Not started yet; it ticks fast."""
    monkeypatch.setattr(schedule, "TICK", 0.02)
    monkeypatch.setattr(schedule, "TIDY", 0.02)
    made = Scheduler(store, metrics)
    yield made
    made.stop()


async def ask(store: Store) -> None:
    def work(out: Outcome) -> None:
        found(out)
        submit.submit(
            out, Draft(ADA, ADA, "github", ("engineering",), Term(length=timedelta(hours=8)), "INC-42")
        )

    await store.write(work)


async def hold(store: Store, count: int) -> None:
    """So many grants for eight hours, active from now on."""

    def work(out: Outcome) -> None:
        found(out, AUTOMATIC)
        for number in range(count):
            person = f"UADA{number}"
            directory.remember_people(out, [new_row(Person, id=person, name=person, email="", active=True)])
            draft = Draft(
                person, person, "github", ("engineering",), Term(length=timedelta(hours=8)), "INC-42"
            )
            submit.submit(out, draft)

    def given(out: Outcome) -> None:
        for grant in every(out.case, Grant):
            give.mark_active(out, grant)

    await store.write(work)
    await store.write(given)


async def states(store: Store) -> set[RequestState]:
    return {one.state for one in await all_of(store, Request)}


async def until(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(10):
        while not await true():  # noqa: ASYNC110 - what is waited for shows in the database only
            await asyncio.sleep(0.01)


async def test_what_was_missed_is_done_when_it_starts(
    store: Store, scheduler: Scheduler, clock: ManualClock
) -> None:
    await ask(store)
    clock.advance(timedelta(days=30))
    await scheduler.start()
    assert await states(store) == {RequestState.EXPIRED}


async def test_what_becomes_due_is_done_at_the_next_tick(
    store: Store, scheduler: Scheduler, clock: ManualClock
) -> None:
    await ask(store)
    await scheduler.start()
    clock.advance(timedelta(days=30))

    async def expired() -> bool:
        return await states(store) == {RequestState.EXPIRED}

    await until(expired)


@pytest.mark.parametrize("failure", [Unavailable("The database is away."), ValueError("a defect")])
async def test_a_tick_that_fails_is_only_one_tick(
    store: Store, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    ticks: list[str] = []

    async def sweep(_work: object, **_urgency: object) -> SimpleNamespace:
        ticks.append("tick")
        if len(ticks) == 2:
            raise failure
        return NOTHING_DUE

    async def went_on() -> bool:
        return len(ticks) >= 4

    monkeypatch.setattr(store, "write_many", sweep)
    await scheduler.start()
    await until(went_on)


async def test_more_than_one_batch_is_done_at_once(
    store: Store, scheduler: Scheduler, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "BATCH", 3)
    await hold(store, 10)
    clock.advance(timedelta(hours=8))
    await scheduler.catch_up()
    grants = await all_of(store, Grant)
    assert {grant.state for grant in grants} == {GrantState.REVOKING}


async def test_what_is_broken_holds_up_nothing_else(
    store: Store, scheduler: Scheduler, clock: ManualClock
) -> None:
    """Neither the notices of others nor anybody's end."""
    await hold(store, 5)

    def spoil(out: Outcome) -> None:
        out.put(Policy, digest="f" * 64, text='{"key": "of another version"}')
        out.change(out.case.get_one(Grant, 2), policy="f" * 64)

    await store.write(spoil)
    clock.advance(timedelta(hours=7))
    await scheduler.catch_up()
    told = await trail_of(store, action="grant.notice")
    assert {entry.subject for entry in told} == {"GR-1", "GR-3", "GR-4", "GR-5"}
    clock.advance(timedelta(hours=1))
    await scheduler.catch_up()
    grants = await all_of(store, Grant)
    assert {grant.state for grant in grants} == {GrantState.REVOKING}


async def test_deliveries_that_cannot_come_again_are_forgotten(
    store: Store, scheduler: Scheduler, clock: ManualClock
) -> None:
    await store.write(lambda _: None, delivery="trigger:1")
    clock.advance(units.KEPT + timedelta(seconds=1))
    await scheduler.start()

    async def forgotten() -> bool:
        return not await count_of(store, Delivery)

    await until(forgotten)


async def test_the_numbers_say_what_waits_and_what_is_overdue(
    store: Store, scheduler: Scheduler, clock: ManualClock, metrics: Metrics
) -> None:
    await hold(store, 2)
    await store.run(clear, Job)
    await store.run(Outcome.enqueue, "card", "card:1")
    clock.advance(timedelta(hours=8, minutes=2))
    await scheduler.count()
    shown = metrics.render().decode()
    assert 'keyturn_jobs{state="ready"} 1.0' in shown
    assert 'keyturn_jobs{state="parked"} 0.0' in shown
    assert 'keyturn_oldest_due_job_seconds{urgency="tell"} 28920.0' in shown
    assert "keyturn_overdue_revokes 2.0" in shown


class Seconds:
    """Seconds that pass only where a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_sweep_that_ends_no_more_shows(
    store: Store, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = Seconds()
    scheduler = Scheduler(store, metrics, monotonic=seconds)
    await scheduler.catch_up()
    seconds.now += schedule.MAX_SWEEP_GAP
    seen = [scheduler.sweeping]
    seconds.now += 0.5
    seen.append(scheduler.sweeping)
    assert "keyturn_last_sweep_seconds_ago 30.5" in metrics.render().decode()

    async def fail(_work: object, **_urgency: object) -> None:
        raise Unavailable("The database is away.")

    with monkeypatch.context() as patched:
        patched.setattr(store, "write_many", fail)
        with pytest.raises(Unavailable):
            await scheduler.catch_up()
    seen.append(scheduler.sweeping)
    await scheduler.catch_up()
    assert [*seen, scheduler.sweeping] == [True, False, False, True]


async def test_one_that_takes_long_and_gets_on_is_no_standstill(
    store: Store, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = Seconds()
    scheduler = Scheduler(store, metrics, monotonic=seconds)
    alive: list[bool] = []

    async def batch(_work: object, **_urgency: object) -> SimpleNamespace:
        seconds.now += schedule.MAX_SWEEP_GAP - 1
        alive.append(scheduler.sweeping)
        return SimpleNamespace(more=len(alive) < 5, broken=[])

    monkeypatch.setattr(store, "write_many", batch)
    await scheduler.catch_up()
    assert alive == [True] * 5


async def test_a_look_at_the_clock_that_fails_stops_no_sweep(
    store: Store, metrics: Metrics, clock: ManualClock
) -> None:
    async def look() -> None:
        raise ValueError("a defect")

    await ask(store)
    clock.advance(timedelta(days=30))
    await Scheduler(store, metrics, look).catch_up()
    assert await states(store) == {RequestState.EXPIRED}


async def test_it_can_be_stopped_before_it_was_started(scheduler: Scheduler) -> None:
    scheduler.stop()
    await scheduler.start()
    scheduler.stop()


async def test_stopped_in_the_middle_of_a_tick_it_is_quiet(
    store: Store, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await scheduler.start()
    begun, release = asyncio.Event(), asyncio.Event()

    async def slow(_work: object, **_urgency: object) -> SimpleNamespace:
        begun.set()
        await asyncio.wait_for(release.wait(), 10)
        return NOTHING_DUE

    monkeypatch.setattr(store, "write_many", slow)
    await asyncio.wait_for(begun.wait(), 10)
    scheduler.stop()
    release.set()
    await store.write(lambda _: None)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
