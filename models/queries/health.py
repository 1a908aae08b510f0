"""How the work stands, in a few numbers for whoever operates it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.grants import UNSETTLED, Direction, Grant
from models.jobs import Job, JobState
from models.states import GrantState

LATE = timedelta(minutes=1)
"""A grant that is over for longer than this, and not taken back, is overdue."""


@dataclass(frozen=True)
class Health:
    """Jobs by state, the wait of the oldest that is due, and how many grants outlived their end."""

    jobs: dict[str, int]
    oldest_job: timedelta
    overdue_revokes: int


def look(session: Session, now: datetime) -> Health:
    """Count; the grants by their small indexes, so that it costs the same with a million of them."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    counted = dict(rows.all())
    oldest = session.scalar(
        select(func.min(Job.run_at)).where(Job.state == JobState.READY, Job.run_at <= now)
    )
    return Health(
        jobs={state.value: counted.get(state, 0) for state in JobState},
        oldest_job=now - oldest if oldest else timedelta(0),
        overdue_revokes=_overdue(session, now),
    )


def _overdue(session: Session, now: datetime) -> int:
    over = Grant.ends_at <= now - LATE
    revoking = select(func.count()).where(UNSETTLED, Grant.state == GrantState.REVOKING, over)
    failed = select(func.count()).where(
        Grant.state == GrantState.FAILED, Grant.failing == Direction.TAKE, over
    )
    due = select(func.count()).where(Grant.due_at <= now - LATE, Grant.state == GrantState.ACTIVE)
    return sum(session.scalar(query) or 0 for query in (revoking, failed, due))
