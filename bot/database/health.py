"""Whether the database takes writes: by the last write, and where that is long ago by a trial.

A database that only reads (a full disk, a file without the permission, a standby) answers every question, so
a read proves nothing.
"""

import asyncio
import time

import structlog

from models.registry import settings
from models.store.base import Store, Unavailable

log = structlog.stdlib.get_logger(__name__)

TRIAL_AFTER = 10.0
"""After so many seconds without a commit that wrote something, a trial is made."""
REPEAT_WITHIN = 20.0
"""Seconds. One write that is refused is a connection that was cut; another one so soon is no accident."""
RECOVERY = 5.0
"""So many seconds nothing may be refused before all is well again: on a disk that is nearly full what is
small still fits."""
TRIAL_TIMEOUT = 10.0
"""Seconds that a trial may take."""


class DatabaseHealth:
    """Whether this process can write to its database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written_at, self._refused_at = time.monotonic(), float("-inf")
        self.problem = ""
        """Why nothing can be written, in a sentence; empty while writes succeed."""
        store.on_records(lambda _: self._on_write())
        store.on_refusal(lambda error: self._on_refusal(str(error)))

    @property
    def writable(self) -> bool:
        """Whether writes succeed."""
        return not self.problem

    async def probe(self) -> None:
        """Try, if there is a doubt: at most one small commit each time."""
        if self._refused_at > self._written_at or time.monotonic() - self._written_at > TRIAL_AFTER:
            await self._try_write()
        if self.problem and time.monotonic() - self._refused_at > RECOVERY:
            log.info("the database takes what is written again")
            self.problem = ""

    async def _try_write(self) -> None:
        try:
            async with asyncio.timeout(TRIAL_TIMEOUT):
                await self._store.write(lambda out: settings.check_writable(out.sql))
        except Unavailable:  # `_on_refusal` was called
            return
        except TimeoutError:
            self._on_refusal(f"The database has not taken anything for {TRIAL_TIMEOUT:g} seconds.")
            return
        self._on_write()

    def _on_write(self) -> None:
        self._written_at = time.monotonic()

    def _on_refusal(self, why: str) -> None:
        before, self._refused_at = self._refused_at, time.monotonic()
        if self._refused_at - before > REPEAT_WITHIN:
            return
        if not self.problem:
            log.error("the database takes nothing that is written", why=why)
        self.problem = why
