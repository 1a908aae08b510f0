"""What was committed to the audit trail, as numbers and as one line of the log for each commit."""

from collections import Counter
from collections.abc import Sequence

import structlog

from bot.metrics import Metrics
from models.audit import Fact
from models.store.base import Store

log = structlog.stdlib.get_logger(__name__)

MOST = 10
"""So many entries are named in one line; a sweep writes hundreds."""


def follow(store: Store, metrics: Metrics) -> None:
    """Count what this process records from now on, and log who did what to which request or grant."""

    def recorded(facts: Sequence[Fact]) -> None:
        for action, number in Counter(fact.action for fact in facts).items():
            metrics.recorded.labels(action).inc(number)
        named = [f"{fact.action} {fact.subject} by {fact.actor}" for fact in facts[:MOST]]
        log.info("recorded", entries=named, more=max(len(facts) - MOST, 0))

    store.on_records(recorded)
