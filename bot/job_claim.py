"""Claiming jobs with a commit: what the worker can take on now rides on the transaction that leaves jobs."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from models import jobs
from models.jobs import Work
from models.statements import Sql
from models.store.outcome import Outcome


class Claim:
    """What a worker can take on, for one commit (a `models.store.base.Offer`).

    Up to `free` jobs of other kinds than `without`, held for as long as `lease`. With `release`, what other
    processes let go of is put back first, but never `mine`: the ids of what this one has in hand. `over` is
    called once, when the commit is done or has failed.
    """

    def __init__(
        self,
        free: int,
        *,
        without: Collection[str],
        lease: timedelta,
        mine: Collection[int],
        release: bool,
        over: "Callable[[Claim], None]",
    ) -> None:
        self._free, self._without, self._lease = free, without, lease
        self._mine, self._release, self._over = mine, release, over
        self.made = False
        """Whether it was claimed: what is below holds only then."""
        self.works: list[Work] = []
        self.following: datetime | None = None
        """When the next job is due that was not claimed."""

    def claim(self, sql: Sql, now: datetime) -> None:
        """Claim what is due at `now`, in the transaction of `sql`."""
        self.works = jobs.claim(
            sql, now, self._free, self._without, self._lease, release=self._release, mine=self._mine
        )
        self.following, self.made = jobs.next_run(sql), True

    def start(self) -> None:
        """The commit is done."""
        self._over(self)

    def withdraw(self) -> None:
        """The commit failed, or left no jobs."""
        self.made, self.works = False, []
        self._over(self)


def look(out: Outcome) -> None:
    """Commit, so that what is due is claimed with it."""
    out.woke = True


def give_back(out: Outcome, works: Collection[Work]) -> None:
    """Put back what was claimed and not begun, as if it had not been claimed."""
    for work in works:
        jobs.retry_or_park(out.sql, work, out.now, error="", wait=timedelta(0))
