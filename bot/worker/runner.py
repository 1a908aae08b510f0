"""Running one claimed job to its end: done, tried again later, or parked.

A handler gets a claimed job (`models.jobs.Work`), makes its calls outside of any transaction, and returns the
verb that writes what came of them. The runner writes that together with the end of the job, so that whoever
lost the lease writes nothing, and as soon as the database takes it: what was done is not done again because a
disk was full. A handler that raises runs again: after `RetryAfter.wait`, or after a growing wait, until the
job is parked with its error.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import RetryAfter, UpstreamUnavailable
from bot.log import bound
from bot.metrics import Metrics
from bot.worker.claim import JobLease
from models.jobs import LeaseLost, Work
from models.lifecycle import parked_jobs
from models.store.base import JOB, Store, Unavailable
from models.store.outcome import Outcome

log = structlog.stdlib.get_logger(__name__)

RESULT_RETRY = 1.0
"""Seconds between tries to write a result while the database takes nothing."""

Result = Callable[[Outcome], object]
"""Writes what came of a job. It may be called more than once, each time for another transaction."""


@dataclass(frozen=True)
class Handler:
    """How a kind of job is carried out."""

    run: Callable[[Work], Awaitable[Result | None]]
    timeout: float = 30
    """Seconds that one run may take, without the writing of its result."""
    large: bool = False
    """Whether the results of several go into several transactions: each may change hundreds of rows."""
    on_lease_lost: Callable[[Outcome, Work], None] | None = None
    """What is to be done after a run whose job another process took over meanwhile."""


class JobRunner:
    """Runs claimed jobs of one store."""

    def __init__(self, store: Store, handlers: Mapping[str, Handler], metrics: Metrics) -> None:
        self._store, self._handlers, self._metrics = store, handlers, metrics

    async def run(self, lease: JobLease) -> None:
        """Run a job and write how it ended. Nothing else is raised.

        Raises:
            CancelledError: The bot stops; the job is handed back.
        """
        work = lease.work
        with bound(job=work.key, kind=work.kind):
            try:
                await self._run(lease)
            except LeaseLost:
                await self._on_lease_lost(work)
            except asyncio.CancelledError:
                await self._retry_or_park(work, "Keyturn was stopped in the middle of it.")
                raise
            except RetryAfter as error:
                await self._retry_or_park(work, str(error), wait=error.wait)
            except UpstreamUnavailable as error:
                await self._retry_or_park(work, str(error), park=False)
            except Exception as error:
                first = work.attempts == 1  # the same traceback twelve times tells nobody more
                log.warning("job failed", error=str(error), exc_info=error if first else None)
                await self._retry_or_park(work, f"{type(error).__name__}: {error}")

    async def _run(self, lease: JobLease) -> None:
        work = lease.work
        handler = self._handlers.get(work.kind)
        if handler is None:
            raise LookupError(f"no job of the kind {work.kind} is known to this version")
        try:
            with self._metrics.jobs_run.labels(work.kind).time():
                async with lease.time_limit(handler.timeout):
                    result = await handler.run(work)
        except TimeoutError:
            if lease.expired:
                raise TimeoutError("it was held no longer, and another process may have it") from None
            raise TimeoutError(f"it took longer than {handler.timeout:g} s") from None
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
            await asyncio.sleep(RESULT_RETRY)

    async def _retry_or_park(
        self, work: Work, error: str, *, wait: timedelta | None = None, park: bool = True
    ) -> None:
        self._metrics.job_failures.labels(work.kind).inc()
        try:
            parked = await self._store.run(
                parked_jobs.return_job, work, error=error, wait=wait, park=park, priority=JOB
            )
        except LeaseLost:
            await self._on_lease_lost(work)
        except Exception as failure:  # noqa: BLE001 - the lease runs out, and then the job is taken up again
            log.warning("a job could not be handed back", error=str(failure))
        else:
            if parked:
                log.error("job parked", attempts=work.attempts, error=error)

    async def _on_lease_lost(self, work: Work) -> None:
        log.warning("lost the lease; another process has the job")
        handler = self._handlers.get(work.kind)
        if handler is None or (verb := handler.on_lease_lost) is None:
            return
        try:
            await self._store.run(verb, work, priority=JOB)
        except Exception as error:  # noqa: BLE001 - what it is for is a rarity; the job itself is in good hands
            log.warning("could not ask for it to be looked after", error=str(error))
