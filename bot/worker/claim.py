"""Claiming jobs with a commit: what the worker can take on rides on the transaction that leaves jobs."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from models import jobs
from models.jobs import Work
from models.statements import Sql
from models.store.outcome import Outcome


class Claim:
    """What a worker can take on, for one commit (a `models.store.base.Offer`).

    Up to `limit` jobs of other kinds than `full_kinds`, held for as long as `lease`. With `release`, jobs
    whose lease ran out are put back first, but never `running`: the ids of those that this process has in
    hand. `on_end` is called once, when the commit is done or has failed.
    """

    def __init__(
        self,
        limit: int,
        *,
        full_kinds: Collection[str],
        lease: timedelta,
        running: Collection[int],
        release: bool,
        on_end: "Callable[[Claim], None]",
    ) -> None:
        self._limit, self._full_kinds, self._lease = limit, full_kinds, lease
        self._running, self._release, self._on_end = running, release, on_end
        self.committed = False
        """Whether it was claimed: what is below holds only then."""
        self.works: list[Work] = []
        self.next_due: datetime | None = None
        """When the next job is due that was not claimed."""

    def claim(self, sql: Sql, now: datetime) -> None:
        """Claim what is due at `now`, in the transaction of `sql`."""
        self.works = jobs.claim(
            sql, now, self._limit, self._full_kinds, self._lease, release=self._release, mine=self._running
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
