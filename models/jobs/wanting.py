"""Wanting work: it is written down in the transaction of the fact that causes it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import Json
from models.inserts import insert_into
from models.jobs.table import ONE_READY, Job, JobState, Urgency


@dataclass(frozen=True)
class Wanted:
    """Work to be written down."""

    kind: str
    key: str
    lane: str
    payload: Json
    urgency: Urgency
    run_at: datetime

    def merged(self, other: "Wanted") -> "Wanted":
        """One for two of the same key: the later one's payload, the earlier time, the higher urgency."""
        return replace(other, run_at=min(self.run_at, other.run_at), urgency=min(self.urgency, other.urgency))


def enqueue(session: Session, wanted: Iterable[Wanted], now: datetime) -> None:
    """Write jobs down. Where one of a key is ready already, the earlier time wins."""
    # By key, so that two transactions that want the same jobs wait for each other in one order only.
    rows = [
        vars(one) | {"state": JobState.READY, "attempts": 0, "error": "", "created_at": now}
        for one in sorted(wanted, key=lambda one: one.key)
    ]
    if not rows:
        return
    statement = insert_into(session, Job)
    new = statement.excluded
    # PostgreSQL locks the ready job even where the time stays: nobody runs it before this commit, without
    # seeing what it was wanted for.
    upsert = statement.on_conflict_do_update(
        **ONE_READY, set_={"run_at": new.run_at, "payload": new.payload}, where=Job.run_at > new.run_at
    )
    session.connection().execute(upsert, rows)
