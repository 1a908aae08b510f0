"""The scheduler: wakes the sweep over what is due. It holds no truth: what is due stands in columns.

What must never stop ticks by the seconds that pass (`bot.worker.ticker`): the sweep, the probes, the counts,
the look for frozen processes. What goes by the hour or the day follows the calendar (`bot.worker.cron`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.metrics import Metrics
from bot.worker.cron import Cron
from bot.worker.ticker import Ticker, attempt
from models.jobs import Urgency
from models.lifecycle import due
from models.queries import health
from models.store import units
from models.store.base import SWEEP, Store

log = structlog.stdlib.get_logger(__name__)

TICK = 1
"""Seconds between sweeps; an empty one reads an index for each kind of what can be due."""
MAX_SWEEP_GAP = 30.0
"""Seconds without a batch that ended, after which the sweep is taken to stand still: one is begun each
second, works for milliseconds, and waits at most so long for what another has locked (`STANDSTILL`)."""
TIDY = 3600
PROBE = 5
RESCHEDULE = 5
"""Seconds between checks whether the machine's clock was set, so that the calendar has to be corrected."""
END_FROZEN = 5
"""Seconds between looks for processes that froze with something locked."""
COUNT = 15
"""Seconds between counts for /metrics."""
GRANT_COUNT_REST = 500
"""Grants are counted over an index of all of them: after a rest of so many times what the count took."""


class Scheduler:
    """Sweeps what is due, every second, and at start whatever was missed."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        before_sweep: Callable[[], Awaitable[None]] | None = None,
        probes: Sequence[Callable[[], Awaitable[None]]] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`before_sweep` is done before each sweep, `probes` every few seconds beside them.

        `monotonic` measures how long ago a sweep ended, in seconds.
        """
        self._store, self._metrics, self._before_sweep = store, metrics, before_sweep
        self._skipped: set[str] = set()
        """What could not be done, so that it holds up nothing else."""
        self._sweep_lock = asyncio.Lock()
        self._next_grant_count = 0.0
        """When the grants may be counted again, by the monotonic clock."""
        self._monotonic, self._swept_at = monotonic, monotonic()
        metrics.last_sweep.set_function(self.since_sweep)
        self.cron = Cron()
        self.every(TIDY, self._tidy)
        ticks: list[tuple[float, Callable[[], Awaitable[object]]]] = [
            (TICK, self.catch_up),
            (COUNT, self.count),
            (END_FROZEN, self._end_frozen),
            (RESCHEDULE, self.cron.reschedule),
            *((PROBE, probe) for probe in probes),
        ]
        self._tickers = [Ticker(seconds, work) for seconds, work in ticks]

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do this too, at this interval, by the calendar; not at the start."""
        self.cron.every(timedelta(seconds=seconds), work)

    async def start(self) -> None:
        """Do what was due while nobody ran, then keep at it."""
        await self.catch_up()
        for ticker in self._tickers:
            ticker.start()
        self.cron.start()

    def stop(self) -> None:
        """Tick no more. A sweep under way ends by itself: it is one transaction after the other."""
        for ticker in self._tickers:
            ticker.stop()
        self.cron.stop()

    def since_sweep(self) -> float:
        """How many seconds ago a batch of a sweep ended; before the first, how long we have been there.

        Many that are due at once take long, and all is well while one batch ends after the other.
        """
        return self._monotonic() - self._swept_at

    @property
    def sweeping(self) -> bool:
        """Whether sweeps end."""
        return self.since_sweep() <= MAX_SWEEP_GAP

    async def catch_up(self) -> None:
        """Do all that is due by the store's clock, a batch at a time, letting others write in between.

        A sweep under way is waited for: what it holds is not done yet, and another would skip it.
        """
        async with self._sweep_lock:
            if self._before_sweep is not None:
                await attempt(self._before_sweep)  # one that failed stops no sweep
            while await self._sweep():
                pass

    async def _sweep(self) -> bool:
        """Do one batch of what is due; returns whether there may be more."""
        work = partial(due.sweep, skip=frozenset(self._skipped))
        with self._metrics.sweeps.time():
            swept = await self._store.write_many(work, priority=SWEEP)
        self._swept_at = self._monotonic()
        for what, error in swept.broken:
            log.error("passed over for the next hour", what=what, exc_info=error)
            self._skipped.add(what)
        return swept.more

    async def count(self) -> None:
        """Bring the numbers for /metrics up to date."""
        metrics, counts = self._metrics, await self._store.read(health.read_health)
        for state, number in counts.jobs.items():
            metrics.jobs.labels(state).set(number)
        self._show_waiting(counts.backlog)
        metrics.requests.set(counts.pending_requests)
        metrics.tasks.set(counts.open_tasks)
        metrics.reviews.set(counts.open_reviews)
        metrics.overdue_revokes.set(counts.overdue_revokes)
        await self._count_grants()
        metrics.counted_at.set_to_current_time()

    def _show_waiting(self, waiting: tuple[health.JobBacklog, ...]) -> None:
        self._metrics.due_jobs.clear()
        for group in waiting:
            self._metrics.due_jobs.labels(group.kind, group.urgency.name.lower()).set(group.number)
        for urgency in Urgency:
            ages = (group.oldest.total_seconds() for group in waiting if group.urgency is urgency)
            oldest = max(ages, default=0)
            self._metrics.oldest_job.labels(urgency.name.lower()).set(oldest)

    async def _count_grants(self) -> None:
        began = time.monotonic()
        if began < self._next_grant_count:
            return
        for state, number in (await self._store.read(health.count_grants)).items():
            self._metrics.grants.labels(state).set(number)
        ended = time.monotonic()
        self._next_grant_count = ended + GRANT_COUNT_REST * (ended - began)

    async def _end_frozen(self) -> None:
        if ended := await self._store.cut_off_frozen():
            log.warning("ended what processes that froze had locked", transactions=ended)

    async def _tidy(self) -> None:
        self._skipped.clear()
        await self._store.write(units.forget, priority=SWEEP)
