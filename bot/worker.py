"""The worker: claims jobs and carries them out, several at once, until they are done, waiting or parked.

A handler gets a claimed job (`models.jobs.Work`), does its call outside of any transaction, and then writes
the result together with `jobs.finish` in one, so that whoever lost the lease writes nothing. A handler that
raises runs again: after `Later.wait`, or after a growing wait, until the job is parked with its error.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hold import Hold
from bot.later import Away, Later
from bot.log import bound
from bot.metrics import Metrics
from models import jobs
from models.jobs import Job, JobState, LeaseLost, Work
from models.lifecycle import parked_jobs
from models.store.base import Store
from models.store.tx import Tx

log = structlog.stdlib.get_logger(__name__)

AT_ONCE = 16
OF_A_KIND = 12
"""So many of one kind at most, so that a target system or a Slack that hangs leaves room for the others."""
LOOK = 1.0
"""Seconds between looks for jobs that other processes left, or whose time has come."""
GRACE = 10.0
"""Seconds that jobs under way may still take when the worker is stopped."""


@dataclass(frozen=True)
class Handler:
    """How a kind of job is carried out."""

    run: Callable[[Work], Awaitable[None]]
    patience: float = 30
    """Seconds that one run may take."""
    overtaken: Callable[[Tx, Work], None] | None = None
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
        self._looked, self._run_so_far = -LOOK, 0
        self._left = True
        """Whether something due may wait for one of the running to end."""

    async def start(self) -> None:
        """Begin. What a process before this one left half done is taken up again."""
        if not self._store.shared:
            await self._store.write(lambda tx: jobs.release_all(tx.session, tx.now))
        loop = asyncio.get_running_loop()
        self._store.on_jobs(lambda: _tell(loop, self._woken))
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
        await _cancel([*self._running, *self._loops])

    async def idle(self) -> None:
        """Return when no job is due (by the store's clock) and none is under way."""
        while await self._store.read(self._busy):
            self._woken.set()
            self._ended.clear()
            # Not for ever: another process may be at work on the same database.
            await _wait(self._ended, 0.05)

    def _busy(self, session: Session) -> bool:
        due = (Job.state == JobState.READY) & (Job.run_at <= self._store.clock.now())
        return (
            session.scalars(select(Job.id).where(due | (Job.state == JobState.RUNNING))).first() is not None
        )

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
        self._woken.clear()
        free, full = self._room()
        if not free:
            self._left = True
            return LOOK
        began, run = asyncio.get_running_loop().time(), self._run_so_far
        look = self._looks_after(began)
        works, following = await self._store.write(lambda tx: _claimed(tx, free, full, self._lease, look))
        if self._stopping:
            await self._store.write(lambda tx: _returned(tx, works))
            return LOOK
        for work in works:
            hold = Hold(work, began + self._lease.total_seconds())
            task = asyncio.create_task(self._carry_out(hold), name=work.key)
            self._running[task] = hold
            task.add_done_callback(self._done)
        wait = (following - self._store.clock.now()).total_seconds() if following else LOOK
        # What is due and was not claimed waits for its lane, or for one of its kind to end.
        self._left = wait <= 0
        if self._left:
            return 0 if works or self._run_so_far > run else LOOK
        return min(wait, LOOK)

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
                    await handler.run(work)
        except TimeoutError:
            if hold.over:
                raise TimeoutError("it was held no longer, and another process may have it") from None
            raise TimeoutError(f"it took longer than {handler.patience:g} s") from None

    async def _again(
        self, work: Work, error: str, *, wait: timedelta | None = None, park: bool = True
    ) -> None:
        self._metrics.job_failures.labels(work.kind).inc()
        try:
            given_up = await self._store.write(
                lambda tx: parked_jobs.hand_back(tx, work, error=error, wait=wait, park=park)
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
            await self._store.write(lambda tx: wanted(tx, work))
        except Exception as error:  # noqa: BLE001 - what it is for is a rarity; the job itself is in good hands
            log.warning("could not ask for it to be looked after", error=str(error))

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            began, holds = loop.time(), list(self._running.values())
            works = [hold.work for hold in holds]
            try:
                held = await self._store.write(partial(_renewed, works=works, lease=self._lease))
            except Exception as error:  # noqa: BLE001 - a lease that is lost loses nothing but time
                log.warning("leases could not be renewed", error=str(error))
            else:
                for hold in holds:
                    kept = hold.work.id in held
                    hold.renewed(began + self._lease.total_seconds() if kept else began)


def _claimed(
    tx: Tx, free: int, full: set[str], lease: timedelta, look: bool
) -> tuple[list[Work], datetime | None]:
    works = jobs.claim(tx.session, tx.now, free, without=full, lease=lease, release=look)
    return works, jobs.next_run(tx.session)


def _renewed(tx: Tx, works: list[Work], lease: timedelta) -> set[int]:
    return jobs.extend_leases(tx.session, works, lease)


def _returned(tx: Tx, works: list[Work]) -> None:
    """Claimed, but not begun: as if it had not been."""
    for work in works:
        jobs.again(tx.session, work, tx.now, error="", wait=timedelta(0))


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
