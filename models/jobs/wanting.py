"""Wanting work: it is written down in the transaction of the fact that causes it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import case, or_
from sqlalchemy.orm import Session

from models.inserts import insert_on
from models.jobs.table import ONE_READY, Job, JobState, Wanted, later
from models.straight import straight


def enqueue(session: Session, wanted: Iterable[Wanted], now: datetime) -> None:
    """Write jobs down. Where one of a key is ready already, the earlier time wins (`not_before` apart).

    And so does the higher urgency.
    """
    # By key, so that two transactions that want the same jobs wait for each other in one order only.
    rows = [
        vars(one)
        | {"run_at": max(filter(None, (one.run_at, one.not_before)))}
        | {"state": JobState.READY, "attempts": 0, "error": "", "created_at": now}
        for one in sorted(wanted, key=lambda one: one.key)
    ]
    if not rows:
        return
    straight(session, _upsert(session.get_bind().dialect.name), rows)


@cache
def _upsert(dialect: str) -> Any:
    statement = insert_on(dialect, Job)
    new = statement.excluded
    told = later(Job.not_before, new.not_before)
    urgent = case((Job.urgency < new.urgency, Job.urgency), else_=new.urgency)
    soonest = case((Job.run_at < new.run_at, Job.run_at), else_=new.run_at)
    # PostgreSQL locks the ready job even where the time stays: nobody runs it before this commit, without
    # seeing what it was wanted for.
    return statement.on_conflict_do_update(
        **ONE_READY,
        set_={"run_at": later(soonest, told), "not_before": told, "payload": new.payload, "urgency": urgent},
        where=or_(Job.run_at > new.run_at, Job.urgency > new.urgency, new.not_before.is_not(None)),
    )
