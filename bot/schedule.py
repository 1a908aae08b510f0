"""The scheduler: wakes the sweep over what is due. It holds no truth: what is due stands in columns."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.metrics import Metrics
from models.jobs import Urgency
from models.lifecycle import due
from models.queries import health
from models.store.base import Store, Unavailable

log = structlog.stdlib.get_logger(__name__)

TICK = 1
"""Seconds between sweeps; an empty one reads an index for each kind of what can be due."""
TIDY = 3600
PROBE = 5
FREE = 5
"""Seconds between looks for processes that froze with something locked."""
COUNT = 15
"""Seconds between counts for /metrics."""
SHARE = 500
"""Grants are counted over an index of all of them: after a rest of so many times what the count took."""


class Scheduler:
    """Sweeps what is due, every second, and at start whatever was missed."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        before: Callable[[], Awaitable[None]] | None = None,
        probes: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """`before` is done before each sweep, `probes` every few seconds beside them."""
        self._store, self._metrics, self._before = store, metrics, before
        self._passed_over: set[str] = set()
        """What could not be done, so that it holds up nothing else."""
        self._one_at_a_time = asyncio.Lock()
        self._grants_again = 0.0
        """When the grants may be counted again, by the monotonic clock."""
        self._ticks = AsyncIOScheduler(timezone=UTC)
        ticks = [(self.catch_up, TICK), (self._tidy, TIDY), (self.count, COUNT), (self._free, FREE)]
        for work, seconds in [*ticks, *((probe, PROBE) for probe in probes)]:
            self.every(seconds, work)

    def every(self, seconds: int, work: Callable[[], Awaitable[None]]) -> None:
        """Do this too, at this interval; not at the start."""
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
            if self._before is not None:
                await self._before()
            while await self._sweep():
                pass

    async def _sweep(self) -> bool:
        try:
            with self._metrics.sweeps.time():
                return await self._store.write(lambda tx: due.sweep(tx, self._passed_over))
        except due.Broken as broken:
            log.exception("passed over for the next hour", what=broken.what)
            self._passed_over.add(broken.what)
            return True

    async def count(self) -> None:
        """Bring the numbers for /metrics up to date."""
        now, shown = self._store.clock.now(), self._metrics
        found = await self._store.read(lambda session: health.look(session, now))
        for state, number in found.jobs.items():
            shown.jobs.labels(state).set(number)
        self._show_waiting(found.waiting)
        shown.requests.set(found.pending_requests)
        shown.tasks.set(found.open_tasks)
        shown.reviews.set(found.open_reviews)
        shown.overdue_revokes.set(found.overdue_revokes)
        await self._count_grants()
        shown.counted_at.set_to_current_time()

    def _show_waiting(self, waiting: tuple[health.Waiting, ...]) -> None:
        self._metrics.due_jobs.clear()
        for one in waiting:
            self._metrics.due_jobs.labels(one.kind, one.urgency.name.lower()).set(one.number)
        for urgency in Urgency:
            oldest = max((one.oldest.total_seconds() for one in waiting if one.urgency is urgency), default=0)
            self._metrics.oldest_job.labels(urgency.name.lower()).set(oldest)

    async def _count_grants(self) -> None:
        began = time.monotonic()
        if began < self._grants_again:
            return
        for state, number in (await self._store.read(health.grants)).items():
            self._metrics.grants.labels(state).set(number)
        ended = time.monotonic()
        self._grants_again = ended + SHARE * (ended - began)

    async def _free(self) -> None:
        if ended := await self._store.cut_off_frozen():
            log.warning("ended what processes that froze had locked", transactions=ended)

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
        except asyncio.CancelledError:  # the scheduler was stopped; raised, it would be logged as an error
            log.debug("tick cut short", tick=work.__name__)
        except Exception:
            log.exception("tick failed", tick=work.__name__)

    return tick
