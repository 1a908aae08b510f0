"""What a sweep does and what it leaves: each thing once, whole, and not before its time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from models.clock import ManualClock
from models.jobs import Job
from models.lifecycle import due, redraw
from models.lifecycle.grant import fill_rounds
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.models.company import ALAN, GITHUB, GRACE, found
from tests.models.workflow_steps import actions, ask, grant, hold, sweep
from tests.rows import trail_of

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
EIGHT_HOURS = Term(length=8 * HOUR)


async def test_a_sweep_reads_nothing_that_is_not_due_yet(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full batch of it would look as if there were more to do, for ever."""
    monkeypatch.setattr(due, "BATCH", 1)
    await store.write(found)
    await hold(store, EIGHT_HOURS)
    swept = await store.write_many(due.sweep)
    assert (swept.done, swept.more) == (0, False)


async def test_what_a_sweep_has_closed_it_does_nothing_more_about(store: Store, clock: ManualClock) -> None:
    stage = {"name": "Owner", "approvers": [GRACE], "alternates": [ALAN]}
    await store.run(found, GITHUB.model_validate(GITHUB.stored() | {"stage": [stage]}))
    ref = await ask(store, EIGHT_HOURS)
    clock.advance(timedelta(days=30))  # its alternates, its warning and its reminders were due as well
    swept = await sweep(store)
    assert swept.broken == []
    assert await actions(store, ref) == ["request.pending", "stage.opened", "request.expired"]


async def only_held(store: Store, *accesses: str) -> None:
    """Let Ada hold these, with nothing left for the worker to do."""
    await store.write(found)
    for access in accesses:
        await hold(store, EIGHT_HOURS, access)
    await store.write(lambda out: out.bulk(delete(Job)))


async def begins(store: Store) -> list[datetime]:
    """When each round at a target is to begin, the first first."""
    rounds = select(Job.run_at).where(Job.kind == "settle").order_by(Job.run_at)
    return await store.read(lambda case: case.read(rounds))


async def test_a_round_waits_for_what_else_is_due_and_begins_when_the_sweep_is_over(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "BATCH", 1)
    await only_held(store, "engineering", "design")
    clock.advance(8 * HOUR)
    assert (await store.write_many(due.sweep)).more
    assert await begins(store) == [clock.now() + fill_rounds.WAIT]
    await sweep(store)
    assert await begins(store) == [clock.now()] * 2


async def test_a_round_that_is_full_begins_while_the_sweep_goes_on(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "BATCH", 1)
    monkeypatch.setattr(fill_rounds, "ROUND_SIZE", 1)
    await only_held(store, "engineering")
    clock.advance(8 * HOUR)
    assert (await store.write_many(due.sweep)).more
    assert await begins(store) == [clock.now()]


async def test_a_round_begins_by_itself_where_the_sweep_does_not_end(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "BATCH", 1)
    await only_held(store, "engineering")
    clock.advance(8 * HOUR)
    assert (await store.write_many(due.sweep)).more
    clock.advance(fill_rounds.WAIT)
    await sweep(store)
    assert await begins(store) == [clock.now()]


async def test_of_a_row_that_is_broken_nothing_is_half_done(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(found)
    first, second = await hold(store, EIGHT_HOURS), await hold(store, EIGHT_HOURS, "design")
    before, plain = await actions(store, first), redraw.redraw_grant

    def spoiled(out: Outcome, row: Grant) -> None:
        if row.ref == first:
            raise ValueError("a defect")
        plain(out, row)

    monkeypatch.setattr(redraw, "redraw_grant", spoiled)
    clock.advance(8 * HOUR)
    swept = await store.write_many(due.sweep)
    assert f"move {first}" in [what for what, _ in swept.broken]
    assert ((await grant(store, first)).state, await actions(store, first)) == (GrantState.ACTIVE, before)
    assert (await grant(store, second)).state is GrantState.REVOKING


async def test_of_several_notices_that_were_missed_the_last_is_sent(store: Store, clock: ManualClock) -> None:
    notices = GITHUB.stored() | {"expiry_notices": ["2h", "1h", "30m"]}
    await store.run(found, GITHUB.model_validate(notices))
    ref = await hold(store, EIGHT_HOURS)
    clock.advance(7 * HOUR + timedelta(minutes=40))
    await sweep(store)
    (told,) = await trail_of(store, subject=ref, action="grant.notice")
    assert told.data["before_end"] == 30 * 60


@pytest.mark.parametrize(
    ("length", "notices", "expected"),
    [
        (timedelta(hours=1), ["1d", "1h"], timedelta(minutes=10)),
        (timedelta(minutes=12), ["1d", "1h"], timedelta(minutes=5)),
        (timedelta(minutes=9), ["1d", "1h"], None),
        (timedelta(hours=8), ["1d", "1h"], timedelta(hours=1)),
        (timedelta(hours=1), [], None),
    ],
)
async def test_a_short_access_has_a_notice_that_comes_in_time(
    store: Store, clock: ManualClock, length: timedelta, notices: list[str], expected: timedelta | None
) -> None:
    await store.run(found, GITHUB.model_validate(GITHUB.stored() | {"expiry_notices": notices}))
    ref = await hold(store, Term(length=length), "engineering")
    held = await grant(store, ref)
    if expected is None:
        assert held.notice_at is None
        return
    assert held.ends_at is not None
    assert held.notice_at == held.ends_at - expected
    clock.advance(length - expected)
    await sweep(store)
    (entry,) = await trail_of(store, subject=ref, action="grant.notice")
    assert entry.data["before_end"] == expected.total_seconds()
    assert (await grant(store, ref)).notice_at is None
