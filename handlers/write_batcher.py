"""Merge what many deliveries want written: those that come while one commit is under way share the next."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from models.store.base import JOB, Store
from models.store.outcome import Outcome

log = structlog.get_logger("keyturn.merged")

MOST = 200
"""So many keys go into one commit: a click waits for no more."""


class Merged:
    """Writes by one verb, for many keys at once: for each the flag that any of its deliveries brought.

    Twice has to be as good as once, so that no delivery needs to be remembered.
    """

    def __init__(self, store: Store, verb: Callable[[Outcome, Mapping[str, bool]], object]) -> None:
        self._store, self._verb = store, verb
        self._wanted: dict[str, bool] = {}
        self._next: asyncio.Task[None] | None = None
        self._last: asyncio.Task[None] | None = None

    def want(self, key: str, *, flag: bool = False) -> "asyncio.Task[None]":
        """Have this written; the task ends when it is on disk. To wait for it, shield it: others do too."""
        self._wanted[key] = flag or self._wanted.get(key, False)
        if self._next is None:
            self._next = asyncio.create_task(self._write_after(self._last))
            self._next.add_done_callback(_log_failure)
        return self._next

    async def _write_after(self, last: "asyncio.Task[None] | None") -> None:
        if last is not None:
            await asyncio.wait([last])
        self._last, self._next = self._next, None
        wanted, self._wanted = list(self._wanted.items()), {}
        for start in range(0, len(wanted), MOST):
            await self._store.run(self._verb, dict(wanted[start : start + MOST]), priority=JOB)


def _log_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("could not be written", exc_info=error)
