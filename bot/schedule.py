"""The scheduler: wakes the sweep over what is due. It holds no truth: what is due stands in columns.

What must never stop ticks by the seconds that pass (`bot.ticker`): the sweep, the probes, the counts, the
look for frozen processes. What goes by the hour or the day is planned by the calendar (`bot.cron`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.cron import Cron
from bot.metrics import Metrics
from bot.ticker import Ticker, attempt
from models.jobs import Urgency
from models.lifecycle import due
from models.queries import health
from models.store import units
from models.store.base import SWEEP, Store

log = structlog.stdlib.get_logger(__name__)

TICK = 1
"""Seconds between sweeps; an empty one reads an index for each kind of what can be due."""
SILENCE = 30.0
"""Seconds without a batch that ended, after which the sweep is taken to stand still: one is begun each
second, works for milliseconds, and waits at most so long for what another has locked (`STANDSTILL`)."""
TIDY = 3600
PROBE = 5
PLAN = 5
"""Seconds between looks whether the calendar has to be planned anew, since the machine's clock was set."""
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
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`before` is done before each sweep, `probes` every few seconds beside them.

        `passed` is the seconds by which it is told how long ago a sweep ended.
        """
        self._store, self._metrics, self._before = store, metrics, before
        self._passed_over: set[str] = set()
        """What could not be done, so that it holds up nothing else."""
        self._one_at_a_time = asyncio.Lock()
        self._grants_again = 0.0
        """When the grants may be counted again, by the monotonic clock."""
        self._passed, self._swept = passed, passed()
        metrics.last_sweep.set_function(self.since_sweep)
        self.cron = Cron()
        self.every(TIDY, self._tidy)
        ticks = [(self.catch_up, TICK), (self.count, COUNT), (self._free, FREE), (self.cron.look, PLAN)]
        self._tickers = [
            Ticker(seconds, work) for work, seconds in [*ticks, *((probe, PROBE) for probe in probes)]
        ]

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
        return self._passed() - self._swept

    @property
    def sweeping(self) -> bool:
        """Whether sweeps end."""
        return self.since_sweep() <= SILENCE

    async def catch_up(self) -> None:
        """Do all that is due by the store's clock, a batch at a time, letting others write in between.

        A sweep under way is waited for: what it holds is not done yet, and another would skip it.
        """
        async with self._one_at_a_time:
            if self._before is not None:
                await attempt(self._before)  # a look that failed stops no sweep
            while await self._sweep():
                pass

    async def _sweep(self) -> bool:
        """Do one batch of what is due; returns whether there may be more."""
        work = partial(due.sweep, skip=frozenset(self._passed_over))
        with self._metrics.sweeps.time():
            swept = await self._store.write_many(work, priority=SWEEP)
        self._swept = self._passed()
        for what, error in swept.broken:
            log.error("passed over for the next hour", what=what, exc_info=error)
            self._passed_over.add(what)
        return swept.more

    async def count(self) -> None:
        """Bring the numbers for /metrics up to date."""
        shown = self._metrics
        found = await self._store.read(health.read_health)
        for state, number in found.jobs.items():
            shown.jobs.labels(state).set(number)
        self._show_waiting(found.backlog)
        shown.requests.set(found.pending_requests)
        shown.tasks.set(found.open_tasks)
        shown.reviews.set(found.open_reviews)
        shown.overdue_revokes.set(found.overdue_revokes)
        await self._count_grants()
        shown.counted_at.set_to_current_time()

    def _show_waiting(self, waiting: tuple[health.JobBacklog, ...]) -> None:
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
        for state, number in (await self._store.read(health.count_grants)).items():
            self._metrics.grants.labels(state).set(number)
        ended = time.monotonic()
        self._grants_again = ended + SHARE * (ended - began)

    async def _free(self) -> None:
        if ended := await self._store.cut_off_frozen():
            log.warning("ended what processes that froze had locked", transactions=ended)

    async def _tidy(self) -> None:
        self._passed_over.clear()
        await self._store.write(units.forget, priority=SWEEP)
