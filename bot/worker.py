"""The worker: claims jobs and carries them out, several at once, until they are done, waiting or parked.

A handler gets a claimed job (`models.jobs.Work`), makes its calls outside of any transaction, and returns the
verb that writes what came of them. The worker writes that together with the end of the job, so that whoever
lost the lease writes nothing, and as soon as the database takes it: what was done is not done again because a
disk was full. A handler that raises runs again: after `Later.wait`, or after a growing wait, until the job is
parked with its error.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, select, text

from bot.hold import Hold
from bot.job_claim import Claim, give_back, look
from bot.later import Away, Later
from bot.log import bound
from bot.metrics import Metrics
from models import jobs
from models.jobs import Job, LeaseLost, Work
from models.lifecycle import parked_jobs
from models.store.base import JOB, Store, Unavailable
from models.store.case import Case
from models.store.outcome import Outcome

log = structlog.stdlib.get_logger(__name__)

AT_ONCE = 16
OF_A_KIND = 12
"""So many of one kind at most, so that a target system or a Slack that hangs leaves room for the others."""
LOOK = 1.0
"""Seconds between looks for jobs that other processes left, or whose time has come."""
AGAIN = 1.0
"""Seconds between tries to write a result while the database takes nothing."""
GRACE = 10.0
"""Seconds that jobs under way may still take when the worker is stopped."""
_DUE = select(Job.id).where(text("jobs.state = 'ready'"), Job.run_at <= bindparam("now")).limit(1)
_RUNNING = select(Job.id).where(text("jobs.state = 'running'")).limit(1)


Result = Callable[[Outcome], object]
"""Writes what came of a job. It may be called more than once, each time for another transaction."""


@dataclass(frozen=True)
class Handler:
    """How a kind of job is carried out."""

    run: Callable[[Work], Awaitable[Result | None]]
    patience: float = 30
    """Seconds that one run may take, without the writing of its result."""
    large: bool = False
    """Whether the results of several go into several transactions: each may change hundreds of rows."""
    overtaken: Callable[[Outcome, Work], None] | None = None
    """What is to be done after a run whose job another process took over meanwhile."""


class Worker:
    """Runs the jobs of one store."""

    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        metrics: Metrics,
        *,
        lease: timedelta = jobs.LEASE,
    ) -> None:
        """`lease` is how long a job of a process that died or froze is left alone by the others."""
        self._store, self._handlers, self._metrics, self._lease = store, handlers, metrics, lease
        self._running: dict[asyncio.Task[None], Hold] = {}
        self._woken, self._ended = asyncio.Event(), asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        self._looked, self._run_so_far, self._claimed_so_far = -LOOK, 0, 0
        self._claiming: Claim | None = None
        self._giving_back: set[asyncio.Task[None]] = set()
        self._following: datetime | None = None
        self._left = True
        """Whether something due may wait for one of the running to end."""
        self._passed_by = False
        """Whether a commit claimed nothing because another's claim was under way."""

    async def start(self) -> None:
        """Begin. What a process before this one left half done is taken up again."""
        if not self._store.shared:
            await self._store.write(lambda out: jobs.release_all(out.sql, out.now))
        loop = asyncio.get_running_loop()
        self._store.on_jobs(lambda: _tell(loop, self._woken))
        self._store.claim_with(self._offer)
        self._loops = [asyncio.create_task(self._claim_for_ever()), asyncio.create_task(self._renew())]

    @property
    def alive(self) -> bool:
        """Whether it is at work: False before `start` and after `stop`."""
        return bool(self._loops) and not self._stopping and not any(loop.done() for loop in self._loops)

    async def stop(self) -> None:
        """Claim nothing more, let what is under way end, and hand back what takes too long."""
        self._stopping = True
        self._woken.set()
        # Not cancelled at once: a claim that is being written would be held by nobody.
        if ending := [*self._loops[:1], *self._running]:
            await asyncio.wait(ending, timeout=GRACE)
        if self._giving_back:
            await asyncio.wait(self._giving_back, timeout=GRACE)
        await _cancel([*self._running, *self._loops])

    async def idle(self) -> None:
        """Return when no job is due (by the store's clock) and none is under way."""
        while await self._store.read(_busy):
            self._woken.set()
            self._ended.clear()
            # Not for ever: another process may be at work on the same database.
            await _wait(self._ended, 0.05)

    async def _claim_for_ever(self) -> None:
        while not self._stopping:
            wait = LOOK
            try:
                wait = await self._claim()
            except Exception as error:  # noqa: BLE001 - the database is away: look again when it may be back
                log.warning("no jobs can be claimed", error=str(error))
            if wait > 0:
                await _wait(self._woken, wait)

    async def _claim(self) -> float:
        """Start what is due; returns the seconds until there may be more, 0 for at once."""
        self._passed_by = False
        run, claimed = self._run_so_far, self._claimed_so_far
        await self._store.run(look, priority=JOB)
        # What has woken it until now is claimed by that commit.
        self._woken.clear()
        if self._passed_by:  # the other claim wakes it when it is over
            return 0 if self._claiming is None else LOOK
        wait = self._seconds_until(self._following) if self._following else LOOK
        # What is due and was not claimed waits for its lane, or for one of its kind to end.
        self._left = wait <= 0 or self._room()[0] <= 0
        if self._left:
            return 0 if self._claimed_so_far > claimed or self._run_so_far > run else LOOK
        return min(wait, LOOK)

    def _offer(self) -> Claim | None:
        """What may be claimed with the next commit; one at a time, so that no two take the same room."""
        free, full = self._room()
        if self._stopping or self._claiming is not None or free <= 0:
            self._left = True
            self._passed_by |= self._claiming is not None
            return None
        began = asyncio.get_running_loop().time()
        self._claiming = Claim(
            free,
            without=full,
            lease=self._lease,
            mine=[hold.work.id for hold in self._running.values()],
            release=self._looks_after(began),
            over=lambda claim: self._begin(claim, began),
        )
        return self._claiming

    def _begin(self, claim: Claim, began: float) -> None:
        """A claim is over, which began then by the loop's clock: leases count from there."""
        self._claiming = None
        if self._passed_by:
            self._woken.set()
        if claim.made:
            self._following = claim.following
            if claim.following is not None and self._seconds_until(claim.following) < LOOK:
                self._woken.set()
        if self._stopping and claim.works:
            task = asyncio.create_task(self._give_back(claim.works))
            self._giving_back.add(task)
            task.add_done_callback(self._giving_back.discard)
            return
        for work in claim.works:
            hold = Hold(work, began + self._lease.total_seconds())
            task = asyncio.create_task(self._carry_out(hold), name=work.key)
            self._running[task] = hold
            task.add_done_callback(self._done)
        self._claimed_so_far += len(claim.works)

    def _seconds_until(self, due: datetime) -> float:
        return (due - self._store.clock.now()).total_seconds()

    async def _give_back(self, works: list[Work]) -> None:
        """Claimed while the worker was being stopped, and not begun: as if it had not been."""
        try:
            await self._store.run(give_back, works, priority=JOB)
        except Exception as error:  # noqa: BLE001 - the leases run out, and then the jobs are taken up again
            log.warning("jobs could not be given back", error=str(error))

    def _looks_after(self, now: float) -> bool:
        """Whether it is time to see what other processes let go of: not at each of many claims a second."""
        if now < self._looked + LOOK:
            return False
        self._looked = now
        return True

    def _room(self) -> tuple[int, set[str]]:
        """How many jobs may be claimed, and the kinds of which enough are under way."""
        under_way = Counter(hold.work.kind for hold in self._running.values())
        full = {kind for kind, number in under_way.items() if number >= OF_A_KIND}
        most = max((number for kind, number in under_way.items() if kind not in full), default=0)
        return min(AT_ONCE - len(self._running), OF_A_KIND - most), full

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._run_so_far += 1
        if self._left:
            self._woken.set()
        self._ended.set()

    async def _carry_out(self, hold: Hold) -> None:
        work = hold.work
        with bound(job=work.key, kind=work.kind):
            try:
                await self._run(hold)
            except LeaseLost:
                await self._overtaken(work)
            except asyncio.CancelledError:
                await self._again(work, "Keyturn was stopped in the middle of it.")
                raise
            except Later as later:
                await self._again(work, str(later), wait=later.wait)
            except Away as away:
                await self._again(work, str(away), park=False)
            except Exception as error:
                first = work.attempts == 1  # the same traceback twelve times tells nobody more
                log.warning("job failed", error=str(error), exc_info=error if first else None)
                await self._again(work, f"{type(error).__name__}: {error}")

    async def _run(self, hold: Hold) -> None:
        work = hold.work
        handler = self._handlers.get(work.kind)
        if handler is None:
            raise LookupError(f"no job of the kind {work.kind} is known to this version")
        try:
            with self._metrics.jobs_run.labels(work.kind).time():
                async with hold.within(handler.patience):
                    result = await handler.run(work)
        except TimeoutError:
            if hold.over:
                raise TimeoutError("it was held no longer, and another process may have it") from None
            raise TimeoutError(f"it took longer than {handler.patience:g} s") from None
        await self._finish(work, result, large=handler.large)

    async def _finish(self, work: Work, result: Result | None, *, large: bool) -> None:
        """Write the end of a job with its result, trying again for as long as the database takes nothing."""

        def end(out: Outcome) -> None:
            out.finish(work)
            if result is not None:
                result(out)

        while True:
            try:
                await self._store.write(end, priority=JOB, large=large)
            except Unavailable as error:
                log.warning("the result waits for the database", error=str(error))
            else:
                return
            await asyncio.sleep(AGAIN)

    async def _again(
        self, work: Work, error: str, *, wait: timedelta | None = None, park: bool = True
    ) -> None:
        self._metrics.job_failures.labels(work.kind).inc()
        try:
            given_up = await self._store.run(
                parked_jobs.return_job, work, error=error, wait=wait, park=park, priority=JOB
            )
        except LeaseLost:
            await self._overtaken(work)
        except Exception as failure:  # noqa: BLE001 - the lease runs out, and then the job is taken up again
            log.warning("a job could not be handed back", error=str(failure))
        else:
            if given_up:
                log.error("job parked", attempts=work.attempts, error=error)

    async def _overtaken(self, work: Work) -> None:
        log.warning("lost the lease; another process has the job")
        handler = self._handlers.get(work.kind)
        if handler is None or (wanted := handler.overtaken) is None:
            return
        try:
            await self._store.run(wanted, work, priority=JOB)
        except Exception as error:  # noqa: BLE001 - what it is for is a rarity; the job itself is in good hands
            log.warning("could not ask for it to be looked after", error=str(error))

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            began, holds = loop.time(), list(self._running.values())
            try:
                held = await self._extend([hold.work for hold in holds])
            except Exception as error:  # noqa: BLE001 - a lease that is lost loses nothing but time
                log.warning("leases could not be renewed", error=str(error))
            else:
                for hold in holds:
                    kept = hold.work.id in held
                    hold.renewed(began + self._lease.total_seconds() if kept else began)

    async def _extend(self, works: list[Work]) -> set[int]:
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


def _tell(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    # The store may outlive the loop by a commit.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(event.set)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
