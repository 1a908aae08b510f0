"""Ends that come true: the sweep, and the worker's rounds at a target system that obeys at once.

The worker leaves all other jobs where they are: cards are written down, and drawn in no measurement of this.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.connectors.base import Connector, ConnectorContext, Params
from bot.metrics import Metrics
from bot.worker.jobs.apply_access import ApplyAccessJob
from bot.worker.runner import Handler
from bot.worker.worker import Worker
from models.audit import AuditEvent
from models.lifecycle import due
from models.lifecycle.grant.reconcile import ConnectorResult, Done, TargetChange
from models.store.base import SWEEP, Store

OTHERS = {"card", "home", "tell", "note", "say", "mail"}


class Obliging(Connector):
    """A target system in which everything is so at once."""

    type = "bench"
    label = "Of a measurement"

    @classmethod
    def check(cls, params: Params) -> None:
        """Whatever they are, it takes them."""

    async def give(self, change: TargetChange) -> ConnectorResult:
        return Done()

    async def take(self, change: TargetChange) -> ConnectorResult:
        return Done()

    async def holds(self, change: TargetChange) -> bool | None:
        return None


class _Settling(Worker):
    """The worker, which claims what concerns target systems and nothing else."""

    def _room(self) -> tuple[int, set[str]]:
        free, full = super()._room()
        return free, full | OTHERS


class Ends:
    """Counts the grants of a store that have ended."""

    def __init__(self, store: Store) -> None:
        self._store, self._ended, self._news = store, 0, asyncio.Event()
        store.on_records(self._recorded)

    async def come_true(self, count: int) -> None:
        """Sweep what is due, as the scheduler does it; return when so many more grants are ended."""
        until = self._ended + count
        while (await self._store.write_many(due.sweep, priority=SWEEP)).more:
            pass
        while self._ended < until:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 60)
        assert self._ended == until, (self._ended, until)

    def _recorded(self, facts: Sequence[AuditEvent]) -> None:
        self._ended += sum(fact.action == "grant.ended" for fact in facts)
        self._news.set()


@asynccontextmanager
async def settling(store: Store) -> AsyncIterator[Ends]:
    """A worker on this store that brings targets to what the grants say."""
    nothing: Any = None
    tools = ConnectorContext(clock=store.clock, http=nothing, slack=nothing, bot_user_id=lambda: "")
    metrics = Metrics()
    settle = Handler(ApplyAccessJob(store, {Obliging.type: Obliging(tools)}, metrics).run, large=True)
    worker = _Settling(store, {"settle": settle}, metrics)
    ends = Ends(store)
    await worker.start()
    try:
        yield ends
    finally:
        await worker.stop()
