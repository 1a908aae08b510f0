from datetime import timedelta

import pytest

from models import jobs
from models.clock import ManualClock
from models.jobs import JobState, Urgency
from models.store.base import Store
from models.store.outcome import Outcome
from tests.models.workflow_steps import claim, job_rows

pytestmark = pytest.mark.both_engines

GONE = timedelta(seconds=-1)
"""A lease that is over as soon as it begins."""


async def enqueue(store: Store, key: str, **options: object) -> None:
    await store.run(Outcome.enqueue, "card", key, **options)  # type: ignore[arg-type]


async def test_asking_twice_for_the_same_work_makes_one_job(store: Store) -> None:
    await enqueue(store, "card:1")
    await enqueue(store, "card:1")
    assert [work.key for work in await claim(store)] == ["card:1"]


async def test_work_that_is_asked_for_while_it_runs_is_done_once_more(store: Store) -> None:
    await enqueue(store, "card:1")
    (running,) = await claim(store)
    await enqueue(store, "card:1")
    assert await claim(store) == []  # its lane is busy
    await store.run(Outcome.finish, running)
    assert [work.key for work in await claim(store)] == ["card:1"]


async def test_taking_access_away_goes_before_telling_people(store: Store) -> None:
    await enqueue(store, "card:1")
    await enqueue(store, "settle:x", urgency=Urgency.TAKE)
    assert [work.key for work in await claim(store, 1)] == ["settle:x"]


async def test_who_wants_to_take_raises_what_waits_to_give(store: Store) -> None:
    """Both are one job of their target; it goes as soon as the more urgent of the two."""
    await enqueue(store, "settle:a", urgency=Urgency.GIVE)
    await enqueue(store, "settle:x", urgency=Urgency.GIVE)
    await enqueue(store, "settle:x", urgency=Urgency.TAKE)
    await enqueue(store, "settle:x", urgency=Urgency.LATER)
    assert [work.key for work in await claim(store, 1)] == ["settle:x"]


async def test_work_of_one_lane_never_runs_side_by_side(store: Store) -> None:
    await enqueue(store, "a", lane="group")
    await enqueue(store, "b", lane="group")
    assert [work.key for work in await claim(store)] == ["a"]
    assert await claim(store) == []


async def test_an_earlier_time_wins(store: Store, clock: ManualClock) -> None:
    await enqueue(store, "settle:x", run_at=clock.now() + timedelta(hours=1))
    assert await claim(store) == []
    await enqueue(store, "settle:x")
    assert len(await claim(store)) == 1


async def test_a_wait_that_was_asked_for_is_kept_and_is_no_failure(store: Store, clock: ManualClock) -> None:
    await enqueue(store, "card:1")
    (work,) = await claim(store)
    wait = timedelta(seconds=30)
    await store.write(lambda out: jobs.retry_or_park(out.sql, work, out.now, error="ratelimited", wait=wait))
    clock.advance(timedelta(seconds=29))
    assert await claim(store) == []
    clock.advance(timedelta(seconds=1))
    (second,) = await claim(store)
    assert second.attempts == 1


async def test_work_that_always_fails_is_parked_with_its_error(store: Store, clock: ManualClock) -> None:
    await enqueue(store, "card:1")
    for _ in range(jobs.ATTEMPTS):
        clock.advance(jobs.LONGEST_WAIT * 2)
        (work,) = await claim(store)
        await store.write(lambda out, w=work: jobs.retry_or_park(out.sql, w, out.now, error="no luck"))  # type: ignore[misc]
    (parked,) = await job_rows(store)
    assert (parked.state, parked.error) == (JobState.PARKED, "no luck")
    await store.write(lambda out: jobs.unpark(out.sql, "card:1", out.now))
    assert len(await claim(store)) == 1


async def test_a_process_that_slept_past_its_lease_cannot_finish_the_work(store: Store) -> None:
    await enqueue(store, "card:1")
    (slept,) = await claim(store, lease=GONE)
    (awake,) = await claim(store)
    with pytest.raises(jobs.LeaseLost):
        await store.run(Outcome.finish, slept)
    with pytest.raises(jobs.LeaseLost):
        await store.write(lambda out: jobs.retry_or_park(out.sql, slept, out.now, error="late"))
    await store.run(Outcome.finish, awake)
    assert await job_rows(store) == []


async def test_what_a_crash_left_running_is_put_back_at_the_start(store: Store) -> None:
    await enqueue(store, "card:1")
    await claim(store)

    def restart(out: Outcome) -> None:
        jobs.release_all(out.sql, out.now)

    await store.write(restart)
    assert [work.attempts for work in await claim(store)] == [2]


@pytest.mark.parametrize("seconds", [1, 30, 3600])
async def test_who_wants_the_job_again_waits_as_long_as_the_other_side_asked(
    store: Store, clock: ManualClock, seconds: int
) -> None:
    await enqueue(store, "card:1")
    (work,) = await claim(store)
    wait = timedelta(seconds=seconds)
    await store.write(lambda out: jobs.retry_or_park(out.sql, work, out.now, error="ratelimited", wait=wait))
    await enqueue(store, "card:1")
    clock.advance(wait - timedelta(milliseconds=1))
    await enqueue(store, "card:1")
    assert await claim(store) == []
    clock.advance(timedelta(milliseconds=1))
    assert len(await claim(store)) == 1


async def test_who_wanted_it_while_it_ran_waits_as_long_too_also_when_asked_once_more(
    store: Store, clock: ManualClock
) -> None:
    await enqueue(store, "card:1")
    (work,) = await claim(store)
    await enqueue(store, "card:1")
    wait = timedelta(seconds=30)
    await store.write(lambda out: jobs.retry_or_park(out.sql, work, out.now, error="ratelimited", wait=wait))
    await enqueue(store, "card:1")
    assert await claim(store) == []
    clock.advance(wait)
    assert len(await claim(store)) == 1


async def test_a_wait_that_was_asked_for_holds_for_work_that_is_wanted_anew(
    store: Store, clock: ManualClock
) -> None:
    """As a target system's: the round is over, and the next one was planned."""
    wait = timedelta(seconds=30)
    await enqueue(store, "settle:x")
    await enqueue(store, "settle:x", not_before=clock.now() + wait)
    await enqueue(store, "settle:x")
    assert await claim(store) == []
    clock.advance(wait)
    assert len(await claim(store)) == 1


async def test_a_wait_that_has_passed_is_forgotten(store: Store, clock: ManualClock) -> None:
    await enqueue(store, "card:1", not_before=clock.now() + timedelta(seconds=30))
    clock.advance(timedelta(seconds=30))
    (work,) = await claim(store)
    clock.advance(-timedelta(days=1))  # a clock that is set back makes no wait of it
    await store.write(lambda out: jobs.retry_or_park(out.sql, work, out.now, error="", wait=timedelta()))
    assert len(await claim(store)) == 1


async def test_what_this_process_still_has_is_not_put_back(store: Store) -> None:
    """Its lease ran out because it could not be renewed, as with a full disk; the work goes on."""
    await enqueue(store, "card:1")
    (mine,) = await claim(store, lease=GONE)
    assert await store.write(lambda out: jobs.claim(out.sql, out.now, 10, mine=[mine.id])) == []
    await store.run(Outcome.finish, mine)
    assert await job_rows(store) == []


def test_the_wait_begins_with_two_seconds_and_doubles_up_to_a_quarter_of_an_hour() -> None:
    for failures, seconds in ((1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (99, 900)):
        wait = timedelta(seconds=seconds)
        assert wait <= jobs.backoff(failures) < wait * 1.25
