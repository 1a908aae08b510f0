"""What is due is done: at start what was missed, then every tick, and a tick that fails is only one tick."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import timedelta

import pytest

from bot import schedule
from bot.metrics import Metrics
from bot.schedule import Scheduler
from models.audit import AuditEntry
from models.clock import ManualClock
from models.jobs import Job, Urgency
from models.lifecycle import due
from models.lifecycle.grant import give
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import directory
from models.store.base import Store, Unavailable
from models.store.tx import Tx
from models.tables import deliveries
from models.tables.deliveries import Delivery
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, GITHUB, found

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
    def work(tx: Tx) -> None:
        found(tx)
        submit.submit(
            tx, Draft(ADA, ADA, "github", ("engineering",), Term(length=timedelta(hours=8)), "INC-42")
        )

    await store.write(work)


async def hold(store: Store, count: int) -> None:
    """So many grants for eight hours, active from now on."""

    def work(tx: Tx) -> None:
        found(tx, AUTOMATIC)
        for number in range(count):
            person = f"UADA{number}"
            directory.remember(tx, [Person(id=person, name=person, email="", active=True)])
            draft = Draft(
                person, person, "github", ("engineering",), Term(length=timedelta(hours=8)), "INC-42"
            )
            submit.submit(tx, draft)
        for grant in tx.session.query(Grant):
            give.given(tx, grant)

    await store.write(work)


async def states(store: Store) -> set[RequestState]:
    return {one.state for one in await store.read(lambda session: session.query(Request).all())}


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
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    ticks: list[str] = []

    def sweep(_: Tx, _passed_over: object) -> bool:
        ticks.append("tick")
        if len(ticks) == 2:
            raise failure
        return False

    async def went_on() -> bool:
        return len(ticks) >= 4

    monkeypatch.setattr(due, "sweep", sweep)
    await scheduler.start()
    await until(went_on)


async def test_more_than_one_batch_is_done_at_once(
    store: Store, scheduler: Scheduler, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "BATCH", 3)
    await hold(store, 10)
    clock.advance(timedelta(hours=8))
    await scheduler.catch_up()
    grants = await store.read(lambda session: session.query(Grant).all())
    assert {grant.state for grant in grants} == {GrantState.REVOKING}


async def test_what_is_broken_holds_up_nothing_else(
    store: Store, scheduler: Scheduler, clock: ManualClock
) -> None:
    """Neither the notices of others nor anybody's end."""
    await hold(store, 5)

    def spoil(tx: Tx) -> None:
        tx.session.get_one(Grant, 2).policy = {"key": "of another version"}

    await store.write(spoil)
    clock.advance(timedelta(hours=7))
    await scheduler.catch_up()
    told = await store.read(lambda s: s.query(AuditEntry).filter_by(action="grant.notice").all())
    assert {entry.subject for entry in told} == {"GR-1", "GR-3", "GR-4", "GR-5"}
    clock.advance(timedelta(hours=1))
    await scheduler.catch_up()
    grants = await store.read(lambda session: session.query(Grant).all())
    assert {grant.state for grant in grants} == {GrantState.REVOKING}


async def test_deliveries_that_cannot_come_again_are_forgotten(
    store: Store, scheduler: Scheduler, clock: ManualClock
) -> None:
    await store.write(lambda _: None, delivery="trigger:1")
    clock.advance(deliveries.KEPT + timedelta(seconds=1))
    await scheduler.start()

    async def forgotten() -> bool:
        return not await store.read(lambda session: session.query(Delivery).count())

    await until(forgotten)


async def test_the_numbers_say_what_waits_and_what_is_overdue(
    store: Store, scheduler: Scheduler, clock: ManualClock, metrics: Metrics
) -> None:
    await hold(store, 2)
    await store.write(lambda tx: tx.session.query(Job).delete())
    await store.write(lambda tx: tx.enqueue("card", "card:1", urgency=Urgency.TELL))
    clock.advance(timedelta(hours=8, minutes=2))
    await scheduler.count()
    shown = metrics.render().decode()
    assert 'keyturn_jobs{state="ready"} 1.0' in shown
    assert 'keyturn_jobs{state="parked"} 0.0' in shown
    assert 'keyturn_oldest_due_job_seconds{urgency="tell"} 28920.0' in shown
    assert "keyturn_overdue_revokes 2.0" in shown


async def test_it_can_be_stopped_before_it_was_started(scheduler: Scheduler) -> None:
    scheduler.stop()
    await scheduler.start()
    scheduler.stop()


async def test_stopped_in_the_middle_of_a_tick_it_is_quiet(
    store: Store, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await scheduler.start()
    begun, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(_tx: Tx, _passed_over: Collection[str]) -> bool:
        loop.call_soon_threadsafe(begun.set)
        release.wait(10)
        return False

    monkeypatch.setattr(due, "sweep", slow)
    await asyncio.wait_for(begun.wait(), 10)
    scheduler.stop()
    release.set()
    await store.write(lambda _: None)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
