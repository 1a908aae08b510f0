"""The job `settle`: brings the access at one target to what the grants say, by its connector."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.connectors.base import Connector, trouble_of
from bot.metrics import Metrics
from bot.worker.runner import Result
from models.jobs import Work
from models.lifecycle.grant import reconcile
from models.lifecycle.grant.reconcile import ConnectorFailure, Done, TargetChange
from models.store.base import JOB, Store
from models.tables.grants import Direction

log = structlog.stdlib.get_logger(__name__)

ROUND_TIMEOUT = 100
"""Seconds for one round at a connector."""

Outcomes = dict[int, tuple[Direction, reconcile.ConnectorResult]]


class ApplyAccessJob:
    """Gives and takes access."""

    def __init__(self, store: Store, connectors: Mapping[str, Connector], metrics: Metrics) -> None:
        self._store, self._connectors, self._metrics = store, connectors, metrics

    async def run(self, work: Work) -> Result:
        """Carry out one round; payload: {"target": …}. What fails is written to the grants."""
        target = str(work.payload["target"])
        changes = await self._store.write(
            lambda out: reconcile.begin_round(out, target), priority=JOB, large=True
        )
        outcomes = await self._outcomes(changes)
        return lambda out: reconcile.save_outcomes(out, target, outcomes)

    async def _outcomes(self, changes: list[TargetChange]) -> Outcomes:
        # What another grant still gives is let go without touching the target.
        outcomes = dict[int, reconcile.ConnectorResult](
            {each.grant_id: Done() for each in changes if each.held_otherwise}
        )
        to_apply = [change for change in changes if not change.held_otherwise]
        if to_apply:
            outcomes |= await self._apply(to_apply)
        missing = ConnectorFailure("The connector did not say what became of it.")
        return {
            change.grant_id: (change.direction, outcomes.get(change.grant_id, missing)) for change in changes
        }

    async def _apply(self, changes: list[TargetChange]) -> Mapping[int, reconcile.ConnectorResult]:
        kind = str(changes[0].connector.get("type"))
        outcomes = await self._call_connector(kind, changes)
        for change in changes:
            outcome = outcomes.get(change.grant_id)
            if isinstance(outcome, ConnectorFailure):
                self._metrics.connector_failures.labels(kind, change.direction.value).inc()
                log.warning("connector failed", grant=change.ref, connector=kind, error=outcome.error)
        return outcomes

    async def _call_connector(
        self, kind: str, changes: list[TargetChange]
    ) -> Mapping[int, reconcile.ConnectorResult]:
        connector = self._connectors.get(kind)
        if connector is None:
            unknown = ConnectorFailure(f"This Keyturn has no connector {kind!r}.", transient=False)
            return {change.grant_id: unknown for change in changes}
        try:
            async with asyncio.timeout(ROUND_TIMEOUT):
                with self._metrics.connector_times.labels(kind).time():
                    return await connector.apply(changes)
        except TimeoutError:
            trouble = ConnectorFailure(f"The target system did not answer within {ROUND_TIMEOUT} seconds.")
        except Exception as error:
            log.exception("connector broke", connector=kind)
            trouble = trouble_of(error)
        return {change.grant_id: trouble for change in changes}
