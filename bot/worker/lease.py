"""A job in hand and its lease: whose lease has run out must not go on with the job."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.jobs import Work


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
