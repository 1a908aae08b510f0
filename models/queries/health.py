"""Measure the state of the work, in a few numbers for operators.

Each is counted by a small index over what is open, never over what is closed. Conditions are literal SQL
where an index has them: with bound values SQLite does not use it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, text

from models.store.case import Case
from models.tables import reviews
from models.tables.base import Base
from models.tables.grants import LIVE, UNSETTLED, Direction, Grant, Task
from models.tables.jobs import Job, JobState, Urgency
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import LIVE_GRANTS, GrantState

LATE = timedelta(minutes=1)
"""A grant that is over for longer than this, and not revoked, is overdue."""


def _number(table: type[Base], *where: Any) -> Select[int]:
    return select(func.count()).select_from(table).where(*where)


_JOBS = {state.value: _number(Job, text(f"state = '{state.value}'")) for state in JobState}
_WAITING = (
    select(Job.kind, Job.urgency, func.count(), func.min(Job.run_at))
    .where(text("state = 'ready'"), Job.run_at <= bindparam("now"))
    .group_by(Job.kind, Job.urgency)
)
# With a time, since SQLite would else count over the index of all requests.
_REQUESTS = _number(Request, text("state = 'pending' AND expires_at > '1970-01-01'"))
_TASKS = _number(Task, text("state = 'open'"))
_REVIEWS = _number(Review, reviews.OPEN)
_OVERDUE = (
    _number(Grant, UNSETTLED, Grant.state == GrantState.REVOKING, Grant.ends_at <= bindparam("late")),
    _number(
        Grant, text("state = 'failed'"), Grant.failing == Direction.TAKE, Grant.ends_at <= bindparam("late")
    ),
    _number(Grant, Grant.due_at <= bindparam("late"), Grant.state == GrantState.ACTIVE),
)
_GRANTS = select(Grant.state, func.count()).where(LIVE).group_by(Grant.state)


@dataclass(frozen=True)
class JobBacklog:
    """The due jobs of one kind and urgency, and how long the oldest has waited."""

    kind: str
    urgency: Urgency
    number: int
    oldest: timedelta


@dataclass(frozen=True)
class Health:
    """The numbers of jobs and open things, and of grants that outlived their end."""

    jobs: dict[str, int]
    backlog: tuple[JobBacklog, ...]
    pending_requests: int
    open_tasks: int
    open_reviews: int
    overdue_revokes: int


def read_health(case: Case) -> Health:
    """Count what is open; it costs the same with a million grants."""
    late = case.now - LATE
    return Health(
        jobs={state: _count(case, statement) for state, statement in _JOBS.items()},
        backlog=_backlog(case),
        pending_requests=_count(case, _REQUESTS),
        open_tasks=_count(case, _TASKS),
        open_reviews=_count(case, _REVIEWS),
        overdue_revokes=sum(_count(case, statement, late=late) for statement in _OVERDUE),
    )


def count_grants(case: Case) -> dict[str, int]:
    """Count the grants that are not over, by state. It reads an index only, but one entry for each grant."""
    counted = dict(case.read(_GRANTS))
    return {state.value: counted.get(state, 0) for state in LIVE_GRANTS}


def _count(case: Case, statement: Select[int], **values: Any) -> int:
    (number,) = case.read(statement, **values)
    return int(number)


def _backlog(case: Case) -> tuple[JobBacklog, ...]:
    return tuple(
        JobBacklog(kind, Urgency(urgency), number, case.now - oldest)
        for kind, urgency, number, oldest in case.read(_WAITING, now=case.now)
    )
