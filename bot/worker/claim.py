"""Claim due jobs, as many as there is room for, and hold each with a lease while it runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from models import jobs
from models.jobs import Urgency, Work
from models.statements import Sql
from models.store.outcome import Outcome

FEW = 3
"""So many deliveries in hand hold back no job: most of those only wait for Slack."""
HOLD = 0.25
"""Seconds that jobs are held back before a portion of them goes on beside the deliveries."""
PORTION = 8
"""How many jobs that is: 32 a second at least, about a thirtieth of the processor."""


class Throttle:
    """Decides what may be claimed while deliveries are in hand. Times: seconds by the event loop's clock."""

    def __init__(self, deliveries: Callable[[], int]) -> None:
        """`deliveries` says how many are in hand."""
        self._deliveries = deliveries
        self._held_since: float | None = None

    def limits(self, now: float, free: int) -> tuple[int, Urgency]:
        """How many jobs may be claimed where there is room for `free`, and down to which urgency."""
        if self.holds(now):
            return free, Urgency.GIVE
        return free if self._held_since is None else min(free, PORTION), Urgency.LATER

    def holds(self, now: float) -> bool:
        """Whether jobs that only tell and tidy are to wait."""
        if self._deliveries() <= FEW:
            self._held_since = None
            return False
        if self._held_since is None:
            self._held_since = now
        return now < self._held_since + HOLD

    def spend(self, now: float) -> None:
        """A portion was claimed: the next one has to wait as long, unless the deliveries are done."""
        if self._held_since is not None:
            self._held_since = now


class Claim:
    """What a worker can take on, for one commit (a `models.store.base.Offer`).

    Up to `limit` jobs of other kinds than `full_kinds` and not less urgent than `least`, held for as long as
    `lease`. With `release`, jobs whose lease ran out are put back first, but never `running`: the ids of
    those that this process has in hand. `on_end` is called once, when the commit is done or has failed.
    """

    def __init__(
        self,
        limit: int,
        *,
        full_kinds: Collection[str],
        least: Urgency,
        lease: timedelta,
        running: Collection[int],
        release: bool,
        on_end: "Callable[[Claim], None]",
    ) -> None:
        self._limit, self._full_kinds, self._lease = limit, full_kinds, lease
        self.least = least
        self._mine = running if release else None
        self._on_end = on_end
        self.committed = False
        """Whether it was claimed: what is below holds only then."""
        self.works: list[Work] = []
        self.next_due: datetime | None = None
        """When the next job is due that was not claimed."""

    def claim(self, sql: Sql, now: datetime) -> None:
        """Claim what is due at `now`, in the transaction of `sql`."""
        self.works = jobs.claim(
            sql, now, self._limit, self._full_kinds, self._lease, least=self.least, mine=self._mine
        )
        self.next_due, self.committed = jobs.next_run(sql), True

    def start(self) -> None:
        """The commit is done."""
        self._on_end(self)

    def withdraw(self) -> None:
        """The commit failed, or left no jobs."""
        self.committed, self.works = False, []
        self._on_end(self)


def commit_to_claim(out: Outcome) -> None:
    """Commit as if jobs had been left, so that what is due is claimed with it."""
    out.woke = True


def return_unstarted(out: Outcome, works: Collection[Work]) -> None:
    """Put back what was claimed and not begun, as if it had not been claimed."""
    for work in works:
        jobs.retry_or_park(out.sql, work, out.now, error="", wait=timedelta(0))


class JobLease:
    """A claimed job, with the time by the event loop's clock until which no other process can take it.

    A process that froze past its lease is woken in the middle of a run, while another process has the job.
    There the run ends, before it sends anything more.
    """

    def __init__(self, work: Work, until: float) -> None:
        self.work, self._until = work, until
        self._run_ends = float("inf")
        self._timeout: asyncio.Timeout | None = None
        self.expired = False
        """Whether the last run was ended because another process may have the job."""

    @asynccontextmanager
    async def time_limit(self, seconds: float) -> AsyncIterator[None]:
        """A run that may take so many seconds, and no longer than the lease.

        Raises:
            TimeoutError: The run takes longer.
        """
        self._run_ends = asyncio.get_running_loop().time() + seconds
        self._timeout = timeout = asyncio.timeout_at(min(self._run_ends, self._until))
        try:
            async with timeout:
                yield
        finally:
            # By when it was to end, and not by the clock: the lease may have been renewed by now.
            self.expired = timeout.expired() and (timeout.when() or 0) < self._run_ends
            self._timeout = None

    def renew(self, until: float) -> None:
        """The lease lasts until then. A time that has passed ends the run at once."""
        self._until = until
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(min(self._run_ends, until))
