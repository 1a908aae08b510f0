"""Clocks that are set: no access becomes longer, and nothing happens twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import audit, jobs
from models.clock import ManualClock
from models.lifecycle.grant import reconcile, revoke
from models.lifecycle.grant.reconcile import ConnectorFailure, TargetChange
from models.store.base import Store
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.models.company import ADA, found
from tests.models.workflow_steps import actions, grant, hold, settle, sweep

HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)
EIGHT_HOURS = Term(length=8 * HOUR)


def away(_change: TargetChange) -> reconcile.ConnectorResult:
    return ConnectorFailure("It does not answer.")


@pytest.mark.parametrize("jump", [HOUR, YEAR])
async def test_an_access_that_began_by_a_clock_ahead_lasts_no_longer_when_it_is_set_back(
    store: Store, clock: ManualClock, jump: timedelta
) -> None:
    await store.write(found)
    clock.advance(jump)
    ref = await hold(store, EIGHT_HOURS)
    clock.advance(-jump)
    await sweep(store)
    row = await grant(store, ref)
    assert (row.active_at, row.ends_at) == (clock.now(), clock.now() + 8 * HOUR)
    await sweep(store)
    assert (await actions(store, ref)).count("grant.set_back") == 1
    clock.advance(8 * HOUR)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.REVOKING


@pytest.mark.parametrize("jump", [HOUR, YEAR])
async def test_an_explicit_end_stays_wherever_the_clock_goes(
    store: Store, clock: ManualClock, jump: timedelta
) -> None:
    await store.write(found)
    end = clock.now() + 8 * HOUR
    ref = await hold(store, Term(end=end))
    clock.advance(-jump)
    await sweep(store)
    assert (await grant(store, ref)).ends_at == end
    clock.advance(jump + 8 * HOUR - timedelta(seconds=1))
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.ACTIVE
    clock.advance(timedelta(seconds=1))
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.REVOKING


async def test_what_could_not_be_taken_does_not_wait_for_the_year_that_was_taken_back(
    store: Store, clock: ManualClock
) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    clock.advance(YEAR)
    await store.run(revoke.give_back, ref, ADA)
    await settle(store, away)
    clock.advance(-YEAR)
    await sweep(store)
    assert await store.write(lambda out: [work.kind for work in jobs.claim(out.sql, out.now, 50)]) != []
    assert [change.ref for change in await settle(store)] == [ref]
    assert (await grant(store, ref)).state is GrantState.REVOKED


async def test_a_clock_that_goes_forth_and_back_does_nothing_twice(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    clock.advance(8 * HOUR)
    await sweep(store)
    await settle(store)
    before = await actions(store, ref)
    for jump in (-HOUR, 2 * HOUR, -HOUR):
        clock.advance(jump)
        await sweep(store)
        assert await settle(store) == []
    assert await actions(store, ref) == before
    assert (await store.read(audit.verify)).intact


async def test_clocks_that_differ_by_seconds_change_nothing(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    before = (await grant(store, ref)).ends_at
    clock.advance(-timedelta(seconds=30))
    await sweep(store)
    assert (await grant(store, ref)).ends_at == before


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", "2026-03-29"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),
    ],
)
async def test_eight_hours_are_eight_hours_in_a_night_when_the_clocks_change(
    store: Store, clock: ManualClock, zone: str, night: str
) -> None:
    await store.write(found)
    midnight = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    clock.advance(midnight - clock.now())
    ref = await hold(store, EIGHT_HOURS)
    assert (await grant(store, ref)).ends_at == midnight + 8 * HOUR
