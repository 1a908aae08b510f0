"""How the work stands, in a few numbers for whoever operates it.

Each is counted by a small index over what is open, never over what is closed. Conditions are literal SQL
where an index has them: with bound values SQLite passes by it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.orm import Session

from models.jobs import Job, JobState, Urgency
from models.tables import reviews
from models.tables.grants import LIVE, UNSETTLED, Direction, Grant, Task
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import LIVE_GRANTS, GrantState

LATE = timedelta(minutes=1)
"""A grant that is over for longer than this, and not taken back, is overdue."""
PENDING = text("state = 'pending' AND expires_at > '1970-01-01'")
"""With a time, since SQLite would else count over the index of all requests."""


@dataclass(frozen=True)
class Waiting:
    """The due jobs of one kind and urgency, and for how long the oldest has waited."""

    kind: str
    urgency: Urgency
    number: int
    oldest: timedelta


@dataclass(frozen=True)
class Health:
    """What is there, what waits, and how many grants outlived their end."""

    jobs: dict[str, int]
    waiting: tuple[Waiting, ...]
    pending_requests: int
    open_tasks: int
    open_reviews: int
    overdue_revokes: int


def look(session: Session, now: datetime) -> Health:
    """Count what is open; it costs the same with a million grants."""
    return Health(
        jobs={state.value: _count(session, Job, text(f"state = '{state.value}'")) for state in JobState},
        waiting=_waiting(session, now),
        pending_requests=_count(session, Request, PENDING),
        open_tasks=_count(session, Task, text("state = 'open'")),
        open_reviews=_count(session, Review, reviews.OPEN),
        overdue_revokes=_overdue(session, now),
    )


def grants(session: Session) -> dict[str, int]:
    """The grants that are not over, by state. By an index alone, but as many entries as there are grants."""
    rows = session.execute(select(Grant.state, func.count()).where(LIVE).group_by(Grant.state))
    counted = dict(rows.all())
    return {state.value: counted.get(state, 0) for state in LIVE_GRANTS}


def _count(session: Session, table: type, where: TextClause) -> int:
    return session.scalar(select(func.count()).select_from(table).where(where)) or 0


def _waiting(session: Session, now: datetime) -> tuple[Waiting, ...]:
    rows = session.execute(
        select(Job.kind, Job.urgency, func.count(), func.min(Job.run_at))
        .where(text("state = 'ready'"), Job.run_at <= now)
        .group_by(Job.kind, Job.urgency)
    )
    return tuple(
        Waiting(kind, Urgency(urgency), number, now - oldest) for kind, urgency, number, oldest in rows
    )


def _overdue(session: Session, now: datetime) -> int:
    over = Grant.ends_at <= now - LATE
    revoking = select(func.count()).where(UNSETTLED, Grant.state == GrantState.REVOKING, over)
    failed = select(func.count()).where(text("state = 'failed'"), Grant.failing == Direction.TAKE, over)
    due = select(func.count()).where(Grant.due_at <= now - LATE, Grant.state == GrantState.ACTIVE)
    return sum(session.scalar(query) or 0 for query in (revoking, failed, due))
