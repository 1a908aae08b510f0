"""Batch writes that many deliveries need: those that come while one commit is under way share the next."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from models.store.base import JOB, Store
from models.store.outcome import Outcome

log = structlog.get_logger("keyturn.merged")

MAX_KEYS = 200
"""Keys in one commit: a click waits for no more."""


class WriteBatcher:
    """Runs one verb for many keys at once, each with a flag that is set if any of its deliveries set it.

    The verb has to be idempotent, so that no delivery needs to be remembered.
    """

    def __init__(self, store: Store, verb: Callable[[Outcome, Mapping[str, bool]], object]) -> None:
        self._store, self._verb = store, verb
        self._pending: dict[str, bool] = {}
        self._next: asyncio.Task[None] | None = None
        self._last: asyncio.Task[None] | None = None

    def add(self, key: str, *, flag: bool = False) -> "asyncio.Task[None]":
        """Add a key to the next batch; the task ends when it is on disk. Shield it to wait: others do too."""
        self._pending[key] = flag or self._pending.get(key, False)
        if self._next is None:
            self._next = asyncio.create_task(self._write_after(self._last))
            self._next.add_done_callback(_log_failure)
        return self._next

    async def _write_after(self, last: "asyncio.Task[None] | None") -> None:
        if last is not None:
            await asyncio.wait([last])
        self._last, self._next = self._next, None
        pending, self._pending = list(self._pending.items()), {}
        for start in range(0, len(pending), MAX_KEYS):
            await self._store.run(self._verb, dict(pending[start : start + MAX_KEYS]), priority=JOB)


def _log_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("could not be written", exc_info=error)
