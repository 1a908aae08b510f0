"""Claiming jobs with a commit: what the worker can take on rides on the transaction that leaves jobs.

While many people wait for answers, jobs that only tell and tidy are held back (`Throttle`): their work takes
half of the processor from the answers. Access is given and taken as ever.
"""

from collections.abc import Callable, Collection
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
