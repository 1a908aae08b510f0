"""The worker: claims due jobs, runs several at once, and renews their leases until they have ended."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, select, text

from bot.metrics import Metrics
from bot.worker.claim import Claim, JobLease, Throttle, commit_to_claim, return_unstarted
from bot.worker.runner import Handler, JobRunner
from models import jobs
from models.jobs import Job, Urgency, Work
from models.store.base import JOB, Store
from models.store.case import Case

log = structlog.stdlib.get_logger(__name__)

MAX_RUNNING = 16
MAX_OF_A_KIND = 12
"""So many of one kind at most, so that a target system or a Slack that hangs leaves room for the others."""
POLL = 1.0
"""Seconds between looks for jobs that other processes left, or whose time has come."""
LOOK_AGAIN = 0.01
"""Seconds between looks whether jobs are still to be held back."""
STOP_GRACE = 10.0
"""Seconds that jobs under way may still take when the worker is stopped."""
_DUE = select(Job.id).where(text("jobs.state = 'ready'"), Job.run_at <= bindparam("now")).limit(1)
_RUNNING = select(Job.id).where(text("jobs.state = 'running'")).limit(1)


class Worker:
    """Runs the jobs of one store."""

    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        metrics: Metrics,
        *,
        lease: timedelta = jobs.LEASE,
        deliveries: Callable[[], int] = lambda: 0,
    ) -> None:
        """`lease` is how long a job of a process that died or froze is left alone by the others.

        `deliveries` says how many deliveries of Slack's are in hand: what only tells people waits for many.
        """
        self._store, self._lease = store, lease
        self._runner, self._throttle = JobRunner(store, handlers, metrics), Throttle(deliveries)
        self._held_back: asyncio.TimerHandle | None = None
        """Looks again whether jobs that were held back may be claimed."""
        self._running: dict[asyncio.Task[None], JobLease] = {}
        self._wake, self._job_ended = asyncio.Event(), asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        self._released_at, self._ended_count, self._claimed_count = -POLL, 0, 0
        self._claim: Claim | None = None
        self._returning: set[asyncio.Task[None]] = set()
        self._next_due: datetime | None = None
        self._backlog = True
        """Whether something due may wait for one of the running to end."""
        self._claim_missed = self._unclaimed = False
        """Whether a commit claimed nothing because another's claim was under way."""

    async def start(self) -> None:
        """Begin. What a process before this one left half done is taken up again."""
        if not self._store.shared:
            await self._store.write(lambda out: jobs.release_all(out.sql, out.now))
        loop = asyncio.get_running_loop()
        self._store.on_jobs(lambda: _call_threadsafe(loop, self._on_unclaimed_jobs))
        self._store.claim_with(self._offer)
        self._loops = [asyncio.create_task(self._claim_forever()), asyncio.create_task(self._renew())]

    @property
    def alive(self) -> bool:
        """Whether it is at work: False before `start` and after `stop`."""
        return bool(self._loops) and not self._stopping and not any(loop.done() for loop in self._loops)

    async def stop(self) -> None:
        """Claim nothing more, let what is under way end, and hand back what takes too long."""
        self._stopping = True
        self._wake.set()
        if self._held_back is not None:
            self._held_back.cancel()
        # Not cancelled at once: a claim that is being written would be held by nobody.
        if ending := [*self._loops[:1], *self._running]:
            await asyncio.wait(ending, timeout=STOP_GRACE)
        if self._returning:
            await asyncio.wait(self._returning, timeout=STOP_GRACE)
        await _cancel([*self._running, *self._loops])

    async def idle(self) -> None:
        """Return when no job is due (by the store's clock) and none is under way."""
        while await self._store.read(_busy):
            self._wake.set()
            self._job_ended.clear()
            # Not for ever: another process may be at work on the same database.
            await _wait(self._job_ended, 0.05)

    async def _claim_forever(self) -> None:
        while not self._stopping:
            wait = POLL
            try:
                wait = await self._claim_due()
            except Exception as error:  # noqa: BLE001 - the database is away: look again when it may be back
                log.warning("no jobs can be claimed", error=str(error))
            if wait > 0:
                await _wait(self._wake, wait)

    async def _claim_due(self) -> float:
        """Start what is due; returns the seconds until there may be more, 0 for at once."""
        self._claim_missed = self._unclaimed = False
        ended, claimed = self._ended_count, self._claimed_count
        await self._store.run(commit_to_claim, priority=JOB)
        # What woke it until now is claimed by that commit, but for jobs of others meanwhile (PostgreSQL).
        self._wake.clear()
        if self._unclaimed:
            return 0
        if self._claim_missed:  # the other claim wakes it when it is over
            return 0 if self._claim is None else POLL
        wait = self._seconds_until(self._next_due) if self._next_due else POLL
        # What is due and was not claimed waits for its lane, or for one of its kind to end.
        self._backlog = wait <= 0 or self._room()[0] <= 0
        if self._backlog:
            return 0 if self._claimed_count > claimed or self._ended_count > ended else POLL
        return min(wait, POLL)

    def _on_unclaimed_jobs(self) -> None:
        """A commit left jobs that it could not claim: look for them."""
        self._unclaimed = True
        self._wake.set()

    def _offer(self) -> Claim | None:
        """What the next commit may claim; one claim at a time, so that no two take the same room."""
        free, full = self._room()
        if self._stopping or self._claim is not None or free <= 0:
            self._backlog = True
            self._claim_missed |= self._claim is not None
            return None
        began = asyncio.get_running_loop().time()
        limit, least = self._throttle.limits(began, free)
        self._claim = Claim(
            limit,
            full_kinds=full,
            least=least,
            lease=self._lease,
            running=[lease.work.id for lease in self._running.values()],
            release=self._release_is_due(began),
            on_end=lambda claim: self._on_claim_end(claim, began),
        )
        return self._claim

    def _on_claim_end(self, claim: Claim, began: float) -> None:
        """Start what a claim got that began then by the loop's clock: leases count from there."""
        self._claim = None
        if self._claim_missed:
            self._wake.set()
        if claim.works and claim.least is Urgency.LATER:
            self._throttle.spend(asyncio.get_running_loop().time())
        if claim.committed:
            self._next_due = claim.next_due
            if claim.next_due is not None and self._seconds_until(claim.next_due) < POLL:
                self._claim_rest(claim)
        if self._stopping and claim.works:
            task = asyncio.create_task(self._return_unstarted(claim.works))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)
            return
        for work in claim.works:
            lease = JobLease(work, began + self._lease.total_seconds())
            task = asyncio.create_task(self._runner.run(lease), name=work.key)
            self._running[task] = lease
            task.add_done_callback(self._on_job_end)
        self._claimed_count += len(claim.works)

    def _claim_rest(self, claim: Claim) -> None:
        """See that what a claim left is claimed: at once, or when it is held back no more."""
        if claim.least is Urgency.LATER:
            self._wake.set()
        else:
            self._hold_back()

    def _hold_back(self) -> None:
        if self._held_back is None:
            self._held_back = asyncio.get_running_loop().call_later(LOOK_AGAIN, self._look_again)

    def _look_again(self) -> None:
        self._held_back = None
        if self._throttle.holds(asyncio.get_running_loop().time()):
            self._hold_back()
        else:
            self._wake.set()

    def _seconds_until(self, due: datetime) -> float:
        return (due - self._store.clock.now()).total_seconds()

    async def _return_unstarted(self, works: list[Work]) -> None:
        """Put back what was claimed while the worker was being stopped."""
        try:
            await self._store.run(return_unstarted, works, priority=JOB)
        except Exception as error:  # noqa: BLE001 - the leases run out, and then the jobs are taken up again
            log.warning("jobs could not be given back", error=str(error))

    def _release_is_due(self, now: float) -> bool:
        """Whether to put back jobs whose lease ran out: every `POLL` seconds, not at each of many claims."""
        if now < self._released_at + POLL:
            return False
        self._released_at = now
        return True

    def _room(self) -> tuple[int, set[str]]:
        """How many jobs may be claimed, and the kinds of which enough are under way."""
        under_way = Counter(lease.work.kind for lease in self._running.values())
        full = {kind for kind, number in under_way.items() if number >= MAX_OF_A_KIND}
        most = max((number for kind, number in under_way.items() if kind not in full), default=0)
        return min(MAX_RUNNING - len(self._running), MAX_OF_A_KIND - most), full

    def _on_job_end(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._ended_count += 1
        if self._backlog:
            self._wake.set()
        self._job_ended.set()

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            began, leases = loop.time(), list(self._running.values())
            try:
                extended = await self._extend_leases([lease.work for lease in leases])
            except Exception as error:  # noqa: BLE001 - a lease that is lost loses nothing but time
                log.warning("leases could not be renewed", error=str(error))
            else:
                for lease in leases:
                    kept = lease.work.id in extended
                    lease.renew(began + self._lease.total_seconds() if kept else began)

    async def _extend_leases(self, works: list[Work]) -> set[int]:
        # As urgent as a click: behind many jobs it might come too late.
        return await self._store.write(lambda out: jobs.extend_leases(out.sql, works, self._lease))


def _busy(case: Case) -> bool:
    return bool(case.read(_DUE, now=case.now) or case.read(_RUNNING))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than so many seconds."""
    # Not by `wait_for`, which can lose a cancellation before Python 3.12 (bpo-37658).
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _call_threadsafe(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    # The store may outlive the loop by a commit.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
