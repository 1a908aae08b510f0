"""Whether the database takes what is written: by what it took last, and where that is long ago by a trial.

A database that only reads (a full disk, a file without the permission, a standby) answers every question, so
asking it something tells nothing.
"""

import asyncio
import time

import structlog

from models.registry import settings
from models.store.base import Store, Unavailable

log = structlog.stdlib.get_logger(__name__)

QUIET = 10.0
"""After so many seconds without a commit that wrote something, a trial is made."""
SOON = 20.0
"""Seconds. One write that is refused is a connection that was cut; another one so soon is no accident."""
CALM = 5.0
"""So many seconds nothing may be refused before all is well again: on a disk that is nearly full what is
small still fits."""
PATIENCE = 10.0
"""Seconds that a trial may take."""


class Writable:
    """What one process knows of its database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken, self._refused = time.monotonic(), float("-inf")
        self.why = ""
        """Why nothing can be written, in a sentence; empty while it can."""
        store.on_records(lambda _: self._took())
        store.on_refusal(lambda error: self._refuse(str(error)))

    @property
    def now(self) -> bool:
        """Whether it takes what is written."""
        return not self.why

    async def probe(self) -> None:
        """Try, if there is a doubt: at most one small commit each time."""
        if self._refused > self._taken or time.monotonic() - self._taken > QUIET:
            await self._try()
        if self.why and time.monotonic() - self._refused > CALM:
            log.info("the database takes what is written again")
            self.why = ""

    async def _try(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._store.write(lambda out: settings.check_writable(out.sql))
        except Unavailable:  # `_refuse` has heard of it
            return
        except TimeoutError:
            self._refuse(f"The database has not taken anything for {PATIENCE:g} seconds.")
            return
        self._took()

    def _took(self) -> None:
        self._taken = time.monotonic()

    def _refuse(self, why: str) -> None:
        before, self._refused = self._refused, time.monotonic()
        if self._refused - before > SOON:
            return
        if not self.why:
            log.error("the database takes nothing that is written", why=why)
        self.why = why
