"""A job in hand, and for how long: who holds it no longer must not go on with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.jobs import Work


class Hold:
    """A claimed job, with the time by the event loop's clock until which nobody else can have taken it.

    A process that froze past its lease is woken in the middle of a run, which another process has taken up
    meanwhile. There the run ends, before it sends anything more.
    """

    def __init__(self, work: Work, until: float) -> None:
        self.work, self._until = work, until
        self._run_ends = float("inf")
        self._timeout: asyncio.Timeout | None = None
        self.over = False
        """Whether the last run was ended because somebody else may have the job."""

    @asynccontextmanager
    async def within(self, patience: float) -> AsyncIterator[None]:
        """A run that may take so many seconds, and no longer than the job is held. Raises TimeoutError."""
        self._run_ends = asyncio.get_running_loop().time() + patience
        self._timeout = timeout = asyncio.timeout_at(min(self._run_ends, self._until))
        try:
            async with timeout:
                yield
        finally:
            # By when it was to end, and not by the clock: it may be held again by now.
            self.over = timeout.expired() and (timeout.when() or 0) < self._run_ends
            self._timeout = None

    def renewed(self, until: float) -> None:
        """It is held until then. A time that has passed ends the run at once."""
        self._until = until
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(min(self._run_ends, until))
