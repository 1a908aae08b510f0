"""Fill rounds: what one sweep finds to do at a target goes into one round.

A round (`models.lifecycle.grant.reconcile`) is one call to the target system and two commits, however many
grants are in it. The worker's jobs run before the next batch of a sweep, so a round that starts with the
first of many grants has few of them. While a sweep goes on, a round is delayed until it is full, until the
sweep is over, or for `WAIT`: whichever comes first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.jobs import Urgency
from models.lifecycle.grant.reconcile import ROUND_SIZE
from models.store.case import Case
from models.store.outcome import Outcome

WAIT = timedelta(seconds=1)
"""The longest delay of a round. It stands in the job, so nothing else has to be remembered."""


@dataclass
class _Round:
    """A delayed round of this process."""

    begins: datetime
    target: str
    urgency: Urgency
    grants: int = 0


def delay_rounds(case: Case, outcomes: Iterable[Outcome]) -> None:
    """Delay the rounds that these outcomes enqueue (one for each grant), unless they are full."""
    delayed = _delayed_rounds(case)
    for outcome in outcomes:
        for key, job in outcome.jobs.items():
            if job.kind != "settle" or job.run_at > case.now:
                continue
            round_ = delayed.get(key)
            if round_ is None or round_.begins <= case.now:  # none, or it has begun by itself
                target = str(job.payload["target"])
                round_ = delayed[key] = _Round(case.now + WAIT, target, job.urgency)
            round_.grants += 1
            round_.urgency = min(round_.urgency, job.urgency)
            if round_.grants >= ROUND_SIZE:
                del delayed[key]
            else:
                outcome.jobs[key] = job._replace(run_at=round_.begins)


def start_rounds(case: Case, begin: Callable[[], Outcome]) -> Outcome | None:
    """Start the delayed rounds, since the sweep is over; returns the outcome that does, if there are any."""
    delayed = _delayed_rounds(case)
    left = {key: round_ for key, round_ in delayed.items() if round_.begins > case.now}
    delayed.clear()
    if not left:
        return None
    out = begin()
    for key, round_ in left.items():
        out.enqueue("settle", key, urgency=round_.urgency, target=round_.target)
    return out


def _delayed_rounds(case: Case) -> dict[str, _Round]:
    """Those of this process, by the key of their job. What is lost with a process begins after `WAIT`."""
    delayed: dict[str, _Round] = case.memory.setdefault(__name__, {})
    return delayed
