"""At the end of an access its holder says whether they used it."""

from datetime import timedelta

import pytest

from models.clock import ManualClock
from models.errors import Closed, NotAllowed
from models.jobs import JobState
from models.lifecycle.grant import return_slip, revoke
from models.lifecycle.people import update_people
from models.store.base import Store
from models.tables.grants import Cause, Grant
from models.tables.requests import Term
from models.tables.states import GrantState, Usage
from tests.models.company import ADA, GRACE, ROOT, found
from tests.models.workflow_steps import ask, grant, hold, job_rows, settle, sweep
from tests.rows import trail_of

pytestmark = pytest.mark.both_engines

HOURS = Term(length=timedelta(hours=8))


@pytest.fixture(autouse=True)
async def company(store: Store) -> None:
    await store.run(found)


async def ended(store: Store, clock: ManualClock) -> str:
    """Ada had the engineering team for eight hours."""
    ref = await hold(store, HOURS)
    clock.advance(timedelta(hours=8))
    await sweep(store)
    await settle(store)
    assert (await grant(store, ref)).state is GrantState.ENDED
    return ref


async def test_the_holder_answers_and_it_is_kept_and_on_record(store: Store, clock: ManualClock) -> None:
    ref = await ended(store, clock)
    await store.run(return_slip.answer, ref, ADA, Usage.LESS)
    kept = await grant(store, ref)
    assert (kept.usage, kept.usage_at) == (Usage.LESS, clock.now())
    (entry,) = await trail_of(store, action="grant.usage")
    assert (entry.actor, entry.subject) == (ADA, ref)
    assert (entry.data["before"], entry.data["after"]) == (None, "less")


async def test_the_same_answer_twice_is_one(store: Store, clock: ManualClock) -> None:
    ref = await ended(store, clock)
    for _ in range(2):
        await store.run(return_slip.answer, ref, ADA, Usage.YES)
    assert len(await trail_of(store, action="grant.usage")) == 1


async def test_an_answer_can_be_changed_for_a_day(store: Store, clock: ManualClock) -> None:
    ref = await ended(store, clock)
    await store.run(return_slip.answer, ref, ADA, Usage.NO)
    clock.advance(timedelta(hours=23))
    await store.run(return_slip.answer, ref, ADA, Usage.YES)
    clock.advance(timedelta(hours=1))
    with pytest.raises(Closed, match="more than a day ago"):
        await store.run(return_slip.answer, ref, ADA, Usage.LESS)
    assert (await grant(store, ref)).usage is Usage.YES


async def test_the_cards_are_redrawn_once_when_the_answer_stands(store: Store, clock: ManualClock) -> None:
    ref = await ended(store, clock)
    await store.run(return_slip.answer, ref, ADA, Usage.NO)
    await store.run(return_slip.answer, ref, ADA, Usage.YES)
    later = [job for job in await job_rows(store) if job.key.startswith("answer:")]
    assert {(job.run_at, job.state) for job in later} == {(clock.now() + timedelta(days=1), JobState.READY)}
    assert len(later) == 2  # "you have access" and "ended"


@pytest.mark.parametrize("by", [GRACE, ROOT])
async def test_nobody_else_answers_for_the_holder(store: Store, clock: ManualClock, by: str) -> None:
    ref = await ended(store, clock)
    with pytest.raises(NotAllowed, match="Only the person who had this access"):
        await store.run(return_slip.answer, ref, by, Usage.NO)


async def test_what_is_not_over_takes_no_answer(store: Store) -> None:
    ref = await hold(store, HOURS)
    with pytest.raises(Closed, match="hasn't ended yet"):
        await store.run(return_slip.answer, ref, ADA, Usage.NO)


async def test_whoever_gave_it_back_is_asked_too(store: Store) -> None:
    ref = await hold(store, HOURS)
    await store.run(revoke.give_back, ref, ADA)
    await settle(store)
    assert (await store.run(return_slip.answer, ref, ADA, Usage.NO)).usage is Usage.NO


async def test_what_others_ended_asks_its_holder_nothing(store: Store, clock: ManualClock) -> None:
    revoked = await hold(store, HOURS)
    await store.run(revoke.revoke, revoked, ROOT)
    await settle(store)
    never = await hold(
        store, Term(start=clock.now() + timedelta(days=1), end=clock.now() + timedelta(days=2))
    )
    await store.run(revoke.give_back, never, ADA)
    left = await hold(store, HOURS, "design")
    await store.write(lambda out: update_people.offboard(out, ADA))
    await settle(store)
    for ref, cause in ((revoked, Cause.ADMIN), (never, Cause.REQUESTER), (left, Cause.OFFBOARDING)):
        row: Grant = await grant(store, ref)
        assert (row.state, row.cause, row.asks_usage) == (GrantState.REVOKED, cause, False)
        with pytest.raises(Closed, match="nothing to answer"):
            await store.run(return_slip.answer, ref, ADA, Usage.NO)


async def test_a_reference_that_is_none_is_refused(store: Store) -> None:
    ref = await ask(store, HOURS)
    with pytest.raises(Exception, match="no longer exists"):
        await store.run(return_slip.answer, ref, ADA, Usage.NO)
