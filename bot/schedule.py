"""The scheduler: wakes the sweep over what is due. It holds no truth: what is due stands in columns."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.metrics import Metrics
from models.lifecycle import due
from models.queries import health
from models.store import Store
from models.store.base import Unavailable

log = structlog.stdlib.get_logger(__name__)

TICK = 1
"""Seconds between sweeps; an empty one reads four indexes."""
TIDY = 3600
COUNT = 15
"""Seconds between counts for /metrics."""


class Scheduler:
    """Sweeps what is due, every second, and at start whatever was missed."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics
        self._passed_over: set[str] = set()
        """What could not be done, so that it holds up nothing else."""
        self._one_at_a_time = asyncio.Lock()
        self._ticks = AsyncIOScheduler(timezone=UTC)
        for work, seconds in ((self.catch_up, TICK), (self._tidy, TIDY), (self.count, COUNT)):
            self._ticks.add_job(
                _kept_going(work), "interval", seconds=seconds, coalesce=True, max_instances=1,
                misfire_grace_time=None,
            )  # fmt: skip

    async def start(self) -> None:
        """Do what was due while nobody ran, then keep at it."""
        await self.catch_up()
        self._ticks.start()

    def stop(self) -> None:
        """Tick no more. A sweep under way ends by itself: it is one transaction after the other."""
        if self._ticks.running:
            self._ticks.shutdown(wait=False)

    async def catch_up(self) -> None:
        """Do all that is due by the store's clock, a batch at a time, letting others write in between.

        A sweep under way is waited for: what it holds is not done yet, and another would skip it.
        """
        async with self._one_at_a_time:
            while await self._sweep():
                pass

    async def _sweep(self) -> bool:
        try:
            return await self._store.write(lambda tx: due.sweep(tx, self._passed_over))
        except due.Broken as broken:
            log.exception("passed over for the next hour", what=broken.what)
            self._passed_over.add(broken.what)
            return True

    async def count(self) -> None:
        """Bring the numbers for /metrics up to date."""
        now = self._store.clock.now()
        found = await self._store.read(lambda session: health.look(session, now))
        for state, number in found.jobs.items():
            self._metrics.jobs.labels(state).set(number)
        self._metrics.oldest_job.set(found.oldest_job.total_seconds())
        self._metrics.overdue_revokes.set(found.overdue_revokes)

    async def _tidy(self) -> None:
        self._passed_over.clear()
        await self._store.write(due.tidy)


def _kept_going(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A tick that failed is logged; the next one comes."""

    async def tick() -> None:
        try:
            await work()
        except Unavailable as error:
            log.warning("tick failed", tick=work.__name__, error=str(error))
        except Exception:
            log.exception("tick failed", tick=work.__name__)

    return tick
