"""Several workers at one table of jobs, on PostgreSQL with a store each: every job once, no lane by two."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from models import jobs
from models.clock import ManualClock
from models.jobs import Job, JobState, LeaseLost, Work
from models.store.base import Store
from models.store.open import open_store
from models.store.outcome import Outcome
from tests.models.workflow_steps import claim, job_rows
from tests.postgres import connect
from tests.rows import every

pytestmark = pytest.mark.both_engines

GATE = 4711
"""An advisory lock of PostgreSQL's by which a test holds a transaction open."""
GONE = timedelta(seconds=-1)
"""A lease that is over as soon as it begins."""


@pytest.fixture
async def stores(store: Store, database_url: str, clock: ManualClock) -> AsyncIterator[list[Store]]:
    """What two processes hold; SQLite has one."""
    others = [open_store(database_url, clock)] if store.shared else []
    yield [store, *others]
    for other in others:
        await other.close()


async def want(store: Store, *keys: str, lane: str | None = None) -> None:
    def write(out: Outcome) -> None:
        for key in keys:
            out.enqueue("card", key, lane=lane)

    await store.write(write)


async def finish(store: Store, work: Work) -> None:
    await store.run(Outcome.finish, work)


async def hand_back(store: Store, work: Work, wait: timedelta | None = None) -> None:
    await store.write(lambda out: jobs.retry_or_park(out.sql, work, out.now, error="no luck", wait=wait))


async def drain(store: Store, done: Counter[str], busy: set[str]) -> None:
    """Work as a worker does, until nothing is left; `busy` is what all workers have under way."""
    while await job_rows(store):
        for work in await claim(store, 5):
            lane = work.key.partition(":")[0]
            assert lane not in busy
            busy.add(lane)
            await asyncio.sleep(0)
            busy.remove(lane)
            await finish(store, work)
            done[work.key] += 1


async def test_every_job_is_done_once_and_no_lane_by_two(stores: list[Store]) -> None:
    lanes = {f"lane{number}": [f"lane{number}:{job}" for job in range(4)] for number in range(8)}
    for lane, keys in lanes.items():
        await want(stores[0], *keys, lane=lane)
    done, busy = Counter[str](), set[str]()
    await asyncio.gather(*(drain(store, done, busy) for store in stores * 3))
    assert done == dict.fromkeys([key for keys in lanes.values() for key in keys], 1)


async def test_what_is_asked_for_while_it_is_handed_back_is_ready_once(stores: list[Store]) -> None:
    keys = [f"card:{number}" for number in range(12)]
    await want(stores[0], *keys)
    works = await claim(stores[0], len(keys))
    await asyncio.gather(
        *(hand_back(stores[0], work) for work in works), *(want(stores[-1], key) for key in keys)
    )
    found = await job_rows(stores[0])
    assert Counter((row.key, row.state) for row in found) == {(key, JobState.READY): 1 for key in keys}


async def test_who_slept_past_the_lease_hands_nothing_back_that_another_has(
    stores: list[Store],
) -> None:
    keys = [f"card:{number}" for number in range(12)]
    await want(stores[0], *keys)
    slept = await claim(stores[0], len(keys), GONE)
    outcomes = await asyncio.gather(
        claim(stores[-1], len(keys)), *(hand_back(stores[0], work) for work in slept), return_exceptions=True
    )
    taken = outcomes[0]
    assert isinstance(taken, list)
    lost = [work.key for work, one in zip(slept, outcomes[1:], strict=True) if isinstance(one, LeaseLost)]
    assert not [one for one in outcomes[1:] if not isinstance(one, LeaseLost | None)]
    assert {work.key for work in taken} <= set(lost)
    for work in taken:
        await finish(stores[-1], work)


async def test_a_wait_that_was_asked_for_counts_for_who_asked_meanwhile_too(
    stores: list[Store], clock: ManualClock
) -> None:
    await want(stores[0], "card:1")
    (work,) = await claim(stores[0])
    await want(stores[0], "card:1")
    await hand_back(stores[0], work, timedelta(seconds=30))
    assert await claim(stores[0]) == []
    clock.advance(timedelta(seconds=30))
    assert len(await claim(stores[0])) == 1


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_job_is_not_run_before_the_facts_that_it_was_wanted_for_again(
    stores: list[Store], database_url: str
) -> None:
    here, there = stores
    await want(here, "card:1")

    wanted = asyncio.Event()

    def want_again(out: Outcome) -> None:
        out.enqueue("card", "card:1")
        out.sql.write(jobs.enqueue(out.sql, out.jobs.values(), out.now))
        wanted.set()
        out.sql.all(text(f"SELECT pg_advisory_xact_lock({GATE})"))

    gate = await connect(database_url)
    await gate.execute(f"SELECT pg_advisory_lock({GATE})")
    writing = asyncio.create_task(here.write(want_again))
    await wanted.wait()
    assert await claim(there) == []
    await gate.close()
    await writing
    assert [work.key for work in await claim(there)] == ["card:1"]


async def test_a_job_that_ends_its_process_each_time_is_given_up_and_the_others_are_done(
    store: Store, clock: ManualClock
) -> None:
    """What ran beside it when the process ended is tried again apart from it."""
    await want(store, "killer", *(f"card:{number}" for number in range(40)))

    def live(out: Outcome) -> timedelta | None:
        works = jobs.claim(out.sql, out.now, 16, lease=GONE)
        if "killer" not in {work.key for work in works}:
            out.sql.write(jobs.finish(out.sql, works))
        if all(job.state is JobState.PARKED for job in every(out.case, Job)):
            return None
        return max((jobs.next_run(out.sql) or out.now) - out.now, timedelta())

    while (wait := await store.write(live)) is not None:
        clock.advance(wait)
    assert [(row.key, row.state) for row in await job_rows(store)] == [("killer", JobState.PARKED)]
