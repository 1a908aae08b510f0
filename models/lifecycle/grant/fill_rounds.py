"""Filling rounds: what one sweep finds to be done at a target is done together.

A round at a target (`models.lifecycle.grant.reconcile`) is one call to the target system and two commits,
however many grants are in it. The worker's jobs go before the next batch of a sweep, so a round that begins
with the first of many grants has few of them. While a sweep goes on, a round waits until it is full, until
the sweep is over, or for `WAIT`: whichever comes first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.jobs import Urgency
from models.lifecycle.grant.reconcile import ROUND_SIZE
from models.store.case import Case
from models.store.outcome import Outcome

WAIT = timedelta(seconds=1)
"""How long a round waits at most. It stands in the job, so that nothing else has to be remembered."""


@dataclass
class _Round:
    """A round that waits in this process."""

    begins: datetime
    target: str
    urgency: Urgency
    grants: int = 0


def delay_rounds(case: Case, outcomes: Iterable[Outcome]) -> None:
    """The sweep goes on: rounds that these outcomes (one for each grant) want wait, unless they are full."""
    waiting = _delayed_rounds(case)
    for outcome in outcomes:
        for key, job in outcome.jobs.items():
            if job.kind != "settle" or job.run_at > case.now:
                continue
            found = waiting.get(key)
            if found is None or found.begins <= case.now:  # none, or it has begun by itself
                target = str(job.payload["target"])
                found = waiting[key] = _Round(case.now + WAIT, target, job.urgency)
            found.grants += 1
            found.urgency = min(found.urgency, job.urgency)
            if found.grants >= ROUND_SIZE:
                del waiting[key]
            else:
                outcome.jobs[key] = replace(job, run_at=found.begins)


def start_rounds(case: Case, begin: Callable[[], Outcome]) -> Outcome | None:
    """The sweep is over: rounds that wait begin now. Returns the outcome that says so, if there are any."""
    waiting = _delayed_rounds(case)
    left = {key: found for key, found in waiting.items() if found.begins > case.now}
    waiting.clear()
    if not left:
        return None
    out = begin()
    for key, found in left.items():
        out.enqueue("settle", key, urgency=found.urgency, target=found.target)
    return out


def _delayed_rounds(case: Case) -> dict[str, _Round]:
    """Those of this process, by the key of their job. What is lost with a process begins after `WAIT`."""
    waiting: dict[str, _Round] = case.memory.setdefault(__name__, {})
    return waiting
