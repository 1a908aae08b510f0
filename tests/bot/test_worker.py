"""Jobs are carried out, whatever one of them does, and none is lost, done by halves or done twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import RetryAfter, UpstreamUnavailable
from bot.metrics import Metrics
from bot.worker import claim, runner
from bot.worker import worker as workers
from bot.worker.runner import Handler, Result
from bot.worker.worker import Worker
from models import jobs
from models.clock import ManualClock
from models.jobs import Job, JobState, Urgency, Work
from models.registry import settings
from models.store.base import Priority, Store, Unavailable
from models.store.open import open_store
from models.store.outcome import Outcome
from models.store.units import Unit
from models.tables.workspace import Setting
from tests.models.workflow_steps import job_rows
from tests.rows import edit

pytestmark = pytest.mark.both_engines

LEASES = update(Job).values(lease_until=bindparam("ended"))

Run = Callable[[Work], Awaitable[Result | None]]


@asynccontextmanager
async def at_work(
    store: Store, run: Run, *, patience: float = 5, deliveries: Callable[[], int] = lambda: 0
) -> AsyncIterator[Worker]:
    worker = Worker(store, {"task": Handler(run, patience)}, Metrics(), deliveries=deliveries)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


def finishing(done: list[str]) -> Run:
    async def run(work: Work) -> None:
        done.append(work.key)

    return run


async def enqueue(store: Store, *keys: str, kind: str = "task", **options: Any) -> None:
    def work(out: Outcome) -> None:
        for key in keys:
            out.enqueue(kind, key, **options)

    await store.write(work)


async def test_work_begins_when_it_is_committed_and_not_at_the_next_look(store: Store) -> None:
    begun = asyncio.Event()

    async def run(_work: Work) -> None:
        begun.set()

    async with at_work(store, run) as worker:
        await worker.idle()
        await enqueue(store, "a")
        await asyncio.wait_for(begun.wait(), workers.POLL / 2)


@pytest.mark.parametrize("waiting", [False, True])
async def test_a_worker_that_can_begin_nothing_looks_once_in_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, waiting: bool
) -> None:
    monkeypatch.setattr(workers, "POLL", 0.1)
    ended, commits, write = asyncio.Event(), list[Priority](), store._write

    async def counted(unit: Unit, priority: Priority) -> Any:
        commits.append(priority)
        return await write(unit, priority)

    async def run(_work: Work) -> None:
        await ended.wait()

    async with at_work(store, run):
        if waiting:
            await enqueue(store, "first", "second", lane="one lane")
        await asyncio.sleep(0.3)
        monkeypatch.setattr(store, "_write", counted)
        await asyncio.sleep(0.5)
        ended.set()
    assert 1 <= len(commits) <= 8


async def test_a_job_costs_the_commit_that_leaves_it_and_the_one_that_ends_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "POLL", 3600)
    commits, write, ended = list[Priority](), store._write, asyncio.Event()

    async def counted(unit: Unit, priority: Priority) -> Any:
        commits.append(priority)
        result = await write(unit, priority)
        if len(commits) > 1:
            ended.set()
        return result

    async with at_work(store, finishing([])) as worker:
        await worker.idle()
        await asyncio.sleep(0.3)  # its first looks are over
        monkeypatch.setattr(store, "_write", counted)
        await enqueue(store, "a")
        await asyncio.wait_for(ended.wait(), 5)
        await asyncio.sleep(0.1)
        assert commits == [Priority.CLICK, Priority.JOB]
    assert await job_rows(store) == []


async def test_what_a_commit_leaves_for_later_begins_then_and_not_at_the_next_look(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "POLL", 3600)
    begun, later = asyncio.Event(), timedelta(seconds=0.3)

    async def run(_work: Work) -> None:
        begun.set()

    async with at_work(store, run) as worker:
        await worker.idle()
        await enqueue(store, "a", run_at=clock.now() + later)
        clock.advance(later)
        await asyncio.wait_for(begun.wait(), 5)


async def test_what_waits_for_its_lane_or_for_room_begins_when_that_is_free_and_not_at_the_next_look(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "POLL", 3600)
    done, others_done, all_done = list[str](), asyncio.Event(), asyncio.Event()
    lane, keys = ["first", "second", "third"], [str(number) for number in range(3 * workers.MAX_RUNNING)]

    async def run(work: Work) -> None:
        if work.key in lane:
            await others_done.wait()
        await finishing(done)(work)
        if len(done) == len(keys):
            others_done.set()
        if len(done) == len(keys) + len(lane):
            all_done.set()

    async with at_work(store, run):
        await enqueue(store, *lane, lane="one lane")
        await enqueue(store, *keys)
        await asyncio.wait_for(all_done.wait(), 10)
    assert sorted(done[: len(keys)]) == sorted(keys)
    assert sorted(done[len(keys) :]) == sorted(lane)


async def test_while_many_people_wait_for_answers_access_is_seen_to_and_messages_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "HOLD", 3600)
    in_hand, done = [claim.FEW + 1], list[str]()
    ended = {key: asyncio.Event() for key in ("tell", "give", "take")}

    async def run(work: Work) -> None:
        done.append(work.key)
        ended[work.key].set()

    async with at_work(store, run, deliveries=lambda: in_hand[0]):
        await enqueue(store, "tell", urgency=Urgency.TELL)
        for urgency in (Urgency.GIVE, Urgency.TAKE):
            await enqueue(store, urgency.name.lower(), urgency=urgency)
            await asyncio.wait_for(ended[urgency.name.lower()].wait(), 5)
        assert done == ["give", "take"]
        in_hand[0] = claim.FEW
        await asyncio.wait_for(ended["tell"].wait(), 5)


async def test_no_message_waits_for_ever_while_clicks_never_cease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "HOLD", 0.01)
    monkeypatch.setattr(claim, "PORTION", 2)
    done, keys = list[str](), [str(number) for number in range(7)]

    async with at_work(store, finishing(done), deliveries=lambda: claim.FEW + 1), asyncio.timeout(20):
        await enqueue(store, *keys)
        while len(done) < len(keys):
            await store.write(lambda _out: None)
    assert sorted(done) == keys


async def test_the_result_and_the_end_of_the_job_are_one(store: Store, clock: ManualClock) -> None:
    """Somebody else has taken the job meanwhile: then nothing of this run is written."""

    async def run(work: Work) -> Result:
        await store.write(
            lambda out: jobs.retry_or_park(out.sql, work, out.now, error="", wait=timedelta(hours=1))
        )

        def result(out: Outcome) -> None:
            settings.write_setting(out, "done", 1)

        return result

    async with at_work(store, run) as worker:
        await enqueue(store, "a")
        await worker.idle()
    assert await store.read(lambda case: settings.read_setting(case, "done")) is None
    assert [job.run_at for job in await job_rows(store)] == [clock.now() + timedelta(hours=1)]


async def test_a_poisoned_job_is_parked_with_its_error_and_the_others_go_on(
    store: Store, clock: ManualClock
) -> None:
    done: list[str] = []

    async def run(work: Work) -> None:
        if work.key == "poison":
            raise ValueError("cannot be read")
        await finishing(done)(work)

    async with at_work(store, run) as worker:
        await enqueue(store, *(f"job {number}" for number in range(50)), "poison")
        for _ in range(jobs.ATTEMPTS):
            await worker.idle()
            clock.advance(timedelta(hours=1))
        await worker.idle()
    assert len(done) == 50
    (parked,) = await job_rows(store)
    assert (parked.state, parked.attempts) == (JobState.PARKED, jobs.ATTEMPTS)
    assert parked.error == "ValueError: cannot be read"


async def test_a_kind_that_this_version_does_not_know_fails_like_any_other(store: Store) -> None:
    async with at_work(store, finishing([])) as worker:
        await store.run(Outcome.enqueue, "carousel", "a")
        await worker.idle()
    (job,) = await job_rows(store)
    assert "carousel" in job.error


async def test_a_wait_that_was_asked_for_is_kept_and_counted_as_no_failure(
    store: Store, clock: ManualClock
) -> None:
    runs: list[int] = []

    async def run(work: Work) -> None:
        runs.append(work.attempts)
        raise RetryAfter("Slack asks to wait", timedelta(seconds=3600))

    async with at_work(store, run) as worker:
        await enqueue(store, "a")
        await worker.idle()
        clock.advance(timedelta(seconds=3599))
        await worker.idle()
        assert runs == [1]
        clock.advance(timedelta(seconds=1))
        await worker.idle()
    assert runs == [1, 1]


async def test_what_the_other_side_does_not_answer_is_tried_for_ever(
    store: Store, clock: ManualClock
) -> None:
    runs: list[int] = []

    async def run(work: Work) -> None:
        runs.append(work.attempts)
        raise UpstreamUnavailable("nobody there")

    async with at_work(store, run) as worker:
        await enqueue(store, "a")
        for _ in range(jobs.ATTEMPTS * 2):
            await worker.idle()
            clock.advance(jobs.LONGEST_WAIT * 2)
    # After the last advance it may run once more before the worker is stopped.
    assert runs[: jobs.ATTEMPTS * 2] == list(range(1, jobs.ATTEMPTS * 2 + 1))
    assert [job.state for job in await job_rows(store)] == [JobState.READY]


async def test_a_job_that_hangs_is_cut_off_and_holds_up_no_other(store: Store) -> None:
    done: list[str] = []

    async def run(work: Work) -> None:
        if work.key == "hangs":
            await asyncio.Event().wait()
        await finishing(done)(work)

    async with at_work(store, run, patience=0.2) as worker:
        await enqueue(store, "hangs", "a", "b")
        await worker.idle()
    assert sorted(done) == ["a", "b"]
    (hanging,) = await job_rows(store)
    assert "longer than 0.2 s" in hanging.error


async def test_a_kind_that_hangs_leaves_room_for_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "STOP_GRACE", 0.05)
    done: list[str] = []

    async def hangs(_: Work) -> None:
        await asyncio.Event().wait()

    handlers = {"stuck": Handler(hangs), "task": Handler(finishing(done))}
    worker = Worker(store, handlers, Metrics())
    await enqueue(store, *(f"stuck {number}" for number in range(40)), kind="stuck", urgency=Urgency.TAKE)
    await enqueue(store, *(str(number) for number in range(40)))
    await worker.start()
    async with asyncio.timeout(10):
        while len(done) < 40:  # noqa: ASYNC110 - the worker is never idle here
            await asyncio.sleep(0.01)
    await worker.stop()


async def test_no_more_than_so_many_run_at_once(store: Store) -> None:
    running, most = 0, 0

    async def run(_work: Work) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    async with at_work(store, run) as worker:
        await enqueue(store, *(str(number) for number in range(100)))
        await worker.idle()
    assert 1 < most <= workers.MAX_RUNNING


async def test_stopping_lets_what_is_under_way_end_and_begins_nothing(store: Store) -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), list[str]()

    async def run(work: Work) -> None:
        begun.set()
        await may_end.wait()
        await finishing(done)(work)

    async with at_work(store, run) as worker:
        await enqueue(store, "first")
        await begun.wait()
        stopping = asyncio.create_task(worker.stop())
        await asyncio.sleep(0)
        assert not worker.alive
        await enqueue(store, "second")
        may_end.set()
        await stopping
    assert done == ["first"]
    assert [(job.key, job.state) for job in await job_rows(store)] == [("second", JobState.READY)]


async def test_what_takes_too_long_at_the_end_is_handed_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "STOP_GRACE", 0.05)
    begun = asyncio.Event()

    async def run(_work: Work) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with at_work(store, run):
        await enqueue(store, "a")
        await begun.wait()
    (job,) = await job_rows(store)
    assert (job.state, job.token) == (JobState.READY, None)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_a_killed_process_held_is_taken_up_at_start(store: Store) -> None:
    await enqueue(store, "a")
    await store.write(lambda out: jobs.claim(out.sql, out.now, 1))
    done: list[str] = []
    async with at_work(store, finishing(done)) as worker:
        await worker.idle()
    assert done == ["a"]


async def test_a_job_that_takes_its_process_down_is_parked_in_the_end(
    store: Store, clock: ManualClock
) -> None:
    await enqueue(store, "deadly")
    for _ in range(jobs.ATTEMPTS):
        await store.write(lambda out: jobs.claim(out.sql, out.now, 1))
        await store.write(lambda out: jobs.release_all(out.sql, out.now))
        clock.advance(2 * jobs.LONGEST_WAIT)
    (job,) = await job_rows(store)
    assert job.state is JobState.PARKED
    assert "process ended" in job.error


async def test_work_asked_for_while_it_fails_knows_that_it_was_tried(store: Store) -> None:
    """Or a card whose answer was lost would be posted a second time."""
    await enqueue(store, "a")
    (work,) = await store.write(lambda out: jobs.claim(out.sql, out.now, 1))
    await enqueue(store, "a")
    await store.write(lambda out: jobs.retry_or_park(out.sql, work, out.now, error="no answer"))
    (twin,) = await store.write(lambda out: jobs.claim(out.sql, out.now, 1))
    assert twin.attempts == 2


@pytest.mark.parametrize("engine", ["postgres"])
async def test_processes_share_the_work_and_do_each_job_once(
    store: Store, database_url: str, clock: ManualClock
) -> None:
    other = open_store(database_url, clock)
    mine, theirs, both = list[str](), list[str](), asyncio.Event()

    async def here(work: Work) -> None:
        await both.wait()  # not done before the other process has its share
        await finishing(mine)(work)

    async def there(work: Work) -> None:
        both.set()
        await finishing(theirs)(work)

    try:
        async with at_work(store, here) as worker, at_work(other, there):
            await enqueue(store, *(f"{number:03}" for number in range(200)))
            await worker.idle()
    finally:
        await other.close()
    assert sorted(mine + theirs) == [f"{number:03}" for number in range(200)]


async def test_a_database_that_was_away_is_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    claim, failed = jobs.claim, asyncio.Event()

    def first_fails(*_: object, **__: object) -> list[Work]:
        monkeypatch.setattr(jobs, "claim", claim)
        failed.set()
        raise OSError("gone")

    monkeypatch.setattr(jobs, "claim", first_fails)
    await enqueue(store, "a")
    async with at_work(store, finishing(done)) as worker:
        await failed.wait()
        await worker.idle()
    assert done == ["a"]


async def test_a_run_that_was_overtaken_is_looked_after(store: Store) -> None:
    """Another process took the job meanwhile; what this one sent all the same may be there twice."""
    looked, found = list[str](), asyncio.Event()

    def look(_out: Outcome, work: Work) -> None:
        looked.append(work.key)
        found.set()

    async def slow(work: Work) -> None:
        await store.run(edit, Job, work.id, token="another's")

    handler = Handler(slow, on_lease_lost=look)
    worker = Worker(store, {"task": handler}, Metrics())
    await worker.start()
    try:
        await enqueue(store, "a")
        async with asyncio.timeout(5):
            await found.wait()
    finally:
        await worker.stop()
    assert looked == ["a"]


async def test_what_was_done_while_the_database_took_nothing_is_written_once_it_does_and_not_done_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up while a job is at work; its lease runs out before there is room again."""
    done: list[str] = []
    refused, room = asyncio.Event(), False
    write = type(store)._write

    async def no_room(self: Store, unit: Unit, priority: Priority) -> Any:
        if not room:
            refused.set()
            raise Unavailable("The database refused the write: database or disk is full.")
        return await write(self, unit, priority)

    async def run(work: Work) -> Result:
        done.append(work.key)
        monkeypatch.setattr(type(store), "_write", no_room)
        return lambda out: settings.write_setting(out, "done", work.key)

    monkeypatch.setattr(runner, "RESULT_RETRY", 0.01)
    async with at_work(store, run) as worker:
        await enqueue(store, "a")
        await asyncio.wait_for(refused.wait(), 5)
        room = True
        await store.write(lambda out: out.sql.run(LEASES, [{"ended": datetime.fromtimestamp(0, UTC)}]))
        await worker.idle()
    assert done == ["a"]
    assert await store.read(lambda case: settings.read_setting(case, "done")) == "a"
    assert await job_rows(store) == []


async def test_what_a_commit_claims_while_the_worker_is_being_stopped_is_given_back(store: Store) -> None:
    done: list[str] = []
    worker = Worker(store, {"task": Handler(finishing(done))}, Metrics())
    await enqueue(store, "a")
    claim = worker._offer()  # before `start`, so that nothing else claims
    assert claim is not None
    await store.write(lambda out: claim.claim(out.sql, out.now))
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    claim.start()
    await stopping
    await asyncio.gather(*worker._returning)
    (job,) = await job_rows(store)
    assert (job.state, job.attempts, done) == (JobState.READY, 0, [])


@pytest.mark.parametrize("engine", ["postgres"])
async def test_who_waits_for_another_process_keeps_no_job_from_being_claimed(
    store: Store, database_url: str
) -> None:
    """A verb waits for a row that another process holds; the jobs of others begin meanwhile."""
    done: list[str] = []
    await store.run(settings.write_setting, "held", 0)
    elsewhere = create_async_engine(database_url)
    async with at_work(store, finishing(done)) as worker, elsewhere.connect() as other:
        await other.execute(text("SELECT value FROM settings WHERE key = 'held' FOR UPDATE"))
        waits = asyncio.create_task(store.write(lambda out: out.case.lock(Setting, "held")))
        await until_somebody_waits(elsewhere)
        await enqueue(store, "a")
        async with asyncio.timeout(10):
            await worker.idle()
        assert done == ["a"]
        assert not waits.done()
        await other.rollback()
        await waits
    await elsewhere.dispose()


async def until_somebody_waits(engine: AsyncEngine) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(5), engine.connect() as connection:
        while not (await connection.execute(waiting)).scalar_one():  # noqa: ASYNC110 - PostgreSQL tells nobody
            await asyncio.sleep(0.01)
