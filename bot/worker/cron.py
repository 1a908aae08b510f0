"""Jobs by the calendar (APScheduler), rescheduled where the machine's clock was set.

APScheduler's next run is a moment of the machine's clock. Set back by three hours, that moment would be three
hours later than it should be, so the schedule is compared with the seconds that have passed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock.monotonic import monotonic_seconds
from bot.worker.ticker import attempt
from models.clock import Clock, SystemClock

TOLERANCE = timedelta(seconds=5)
"""By more, the machine's clock was set; a time service that slows it down or speeds it up needs hours."""


class Cron:
    """Runs jobs by the machine's clock, each once where several runs were missed, never one beside itself."""

    def __init__(
        self, machine: Clock | None = None, monotonic: Callable[[], float] = monotonic_seconds
    ) -> None:
        self._machine, self._monotonic = machine or SystemClock(), monotonic
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._zero = self._epoch()

    def add(self, trigger: Any, work: Callable[[], Awaitable[None]]) -> None:
        """Do this whenever a trigger of APScheduler's says so."""

        async def tick() -> None:
            # APScheduler would log it as an error that it cut a run short itself.
            with suppress(asyncio.CancelledError):
                await attempt(work)

        self._scheduler.add_job(tick, trigger)

    def every(self, interval: timedelta, work: Callable[[], Awaitable[None]]) -> None:
        """Do this at an interval; not at the start."""
        self.add(IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC), work)

    @property
    def jobs(self) -> list[Any]:
        """APScheduler's jobs."""
        return list(self._scheduler.get_jobs())

    def start(self) -> None:
        """Begin."""
        self._zero = self._epoch()
        self._scheduler.start()

    def stop(self) -> None:
        """Run nothing more; may be called at any time."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def reschedule(self) -> None:
        """Correct the next runs if the machine's clock was set since the last call, seconds ago."""
        zero = self._epoch()
        step = zero - self._zero
        if abs(step) < TOLERANCE:  # small ones add up until they are worth it
            return
        self._zero = zero
        now = self._machine.now()
        for job in self.jobs:
            job.modify(next_run_time=_next_run(job, step, now))  # which wakes APScheduler up

    def _epoch(self) -> datetime:
        """When the seconds began, by the machine's clock: it moves only where that is set."""
        now = self._machine.now()
        return now - timedelta(seconds=self._monotonic())


def _next_run(job: Any, step: timedelta, now: datetime) -> datetime | None:
    """When a job is to run after the machine's clock was set by `step`.

    At an interval it runs when it would have. By the calendar it runs at its next moment, and at once where
    the clock was set past it.
    """
    planned: datetime | None = job.next_run_time
    if planned is None:
        return None
    if isinstance(job.trigger, IntervalTrigger):
        # It may have run between the step and now, and would then be planned too far ahead.
        interval: timedelta = job.trigger.interval
        return min(planned + step, now + interval)
    if step < timedelta():
        following: datetime | None = job.trigger.get_next_fire_time(None, now)
        return following
    return planned
