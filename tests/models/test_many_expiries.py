"""Very many accesses end in the same minute: none early, none lost, none twice, and nobody is kept waiting.

A few hundred by default; KEYTURN_MANY=10000 for what is promised, with -o faulthandler_timeout=3600.
"""

import asyncio
import gc
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.serve import keep_what_is_loaded
from models.audit import AuditEntry
from models.clock import ManualClock
from models.lifecycle.grant import reconcile
from models.lifecycle.grant.reconcile import TargetChange
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState
from tests.models.company import found
from tests.models.workflow_steps import hold, obliging, settle, sweep

pytestmark = pytest.mark.both_engines

MANY = int(os.environ.get("KEYTURN_MANY", "220"))
EIGHT_HOURS = timedelta(hours=8)
LONGEST = 0.05
"""Seconds that the event loop may be kept from others, where the machine is ours."""


def as_values(row: Any, **changes: Any) -> dict[str, Any]:
    return dict(row._asdict() | changes)


def multiplied(out: Outcome) -> None:
    """The one grant that there is, and its request, for very many people; the ends lie in one minute."""
    request, grant = out.case.get_one(Request, 1), out.case.get_one(Grant, 1)
    assert grant.ends_at is not None
    requests, grants = [], []
    for number in range(2, MANY + 1):
        end = grant.ends_at + timedelta(seconds=number % 60)
        person = f"U{number}"
        requests.append(as_values(request, id=number, beneficiary_id=person, grant_id=None))
        changes = {"request_id": number, "person_id": person, "ends_at": end, "due_at": end}
        grants.append(as_values(grant, id=number, notice_at=None, **changes))
    out.sql.run(insert(Request), requests)
    out.sql.run(insert(Grant), grants)


async def longest_wait(ended: asyncio.Event) -> float:
    """The longest time that the event loop served nobody else."""
    longest = 0.0
    while not ended.is_set():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began - 0.001)
    return longest


async def swept(store: Store) -> float:
    ended = asyncio.Event()
    watch = asyncio.create_task(longest_wait(ended))
    await sweep(store)
    ended.set()
    return await watch


async def states(store: Store) -> dict[GrantState, int]:
    by_state = select(Grant.state, func.count()).group_by(Grant.state)
    return dict(await store.read(lambda case: case.read(by_state)))


@pytest.fixture
async def crowd(store: Store) -> AsyncIterator[Store]:
    await store.write(found)
    await hold(store, Term(length=EIGHT_HOURS))
    await store.write(multiplied)
    keep_what_is_loaded()  # as `keyturn run` does
    yield store
    gc.unfreeze()


async def test_all_that_end_in_one_minute_are_taken_once_and_none_early(
    crowd: Store, clock: ManualClock
) -> None:
    clock.advance(EIGHT_HOURS - timedelta(seconds=1))
    await swept(crowd)
    assert await states(crowd) == {GrantState.ACTIVE: MANY}
    clock.advance(timedelta(minutes=1, seconds=1))
    waited = await swept(crowd)
    assert await states(crowd) == {GrantState.REVOKING: MANY}
    calls: Counter[str] = Counter()

    def take(change: TargetChange) -> reconcile.ConnectorResult:
        calls[change.ref] += 1
        return obliging(change)

    while await settle(crowd, take):
        pass
    assert await states(crowd) == {GrantState.ENDED: MANY}
    assert (len(calls), set(calls.values())) == (MANY, {1})
    told = select(AuditEntry.subject, func.count()).where(AuditEntry.action == "grant.ended")
    found_once = await crowd.read(lambda case: case.read(told.group_by(AuditEntry.subject)))
    assert (len(found_once), {count for _, count in found_once}) == (MANY, {1})
    if "KEYTURN_MANY" in os.environ:
        assert waited <= LONGEST


async def test_each_minute_of_the_burst_takes_what_ends_in_it_and_no_more(
    crowd: Store, clock: ManualClock
) -> None:
    clock.advance(EIGHT_HOURS + timedelta(seconds=30))
    await swept(crowd)
    now = clock.now()
    early = select(func.count()).where(Grant.state != GrantState.ACTIVE, Grant.ends_at > now)
    late = select(func.count()).where(Grant.state == GrantState.ACTIVE, Grant.ends_at <= now)
    assert await crowd.read(lambda case: case.read(early) + case.read(late)) == [0, 0]
